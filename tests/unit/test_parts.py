"""Parts that run in processes of their own."""

import subprocess
import sys

import pytest
from pydantic import SecretStr

from cli.up import _more_senders, _wanted, environment
from models.settings import Settings


@pytest.mark.parametrize("part", ["notifications.sending.sender", "notifications.receiving.receiver"])
def test_a_part_in_a_process_of_its_own_knows_every_table(part: str) -> None:
    code = f"import {part}; from sqlmodel import SQLModel; assert len(SQLModel.metadata.sorted_tables) > 10"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_a_mailbox_is_read_only_where_one_is_set_and_its_password_reaches_the_part_alone() -> None:
    plain = Settings()
    set_up = Settings(imap_host="imap.example", imap_password=SecretStr("secret of the mailbox"))
    assert [_wanted("imap", one) for one in (plain, set_up)] == [False, True]
    assert environment(set_up)["LIANDONG_IMAP_PASSWORD"] == "secret of the mailbox"
    assert "secret of the mailbox" not in repr(set_up)
    assert "LIANDONG_DKIM_KEYS" not in environment(plain), "what is not set is not said"


def test_there_are_as_many_senders_as_the_settings_say_each_with_a_log_and_a_port_of_its_own() -> None:
    assert _more_senders(Settings()) == {}
    more = _more_senders(Settings(senders=3, sender_metrics_port=9000))
    assert {name: part.name for name, part in more.items()} == {"sender-2": "sender", "sender-3": "sender"}
    assert [part.log.name for part in more.values()] == ["sender-2.log", "sender-3.log"]
    assert [part._env["LIANDONG_SENDER_METRICS_PORT"] for part in more.values()] == ["9001", "9002"]
