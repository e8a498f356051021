"""What the doctor says of who may decide by reply."""

from pathlib import Path
from typing import Any

import pytest

from cli.doctor_mail import senders
from models.settings import Settings
from notifications.authentic.practice_key import FILE
from tests.support.other_servers import key, name_server


async def said(home: Path, **more: Any) -> list[tuple[str, str]]:
    """Return mark and English sentence of each finding."""
    return [(one.mark[0], one.en) for one in await senders(Settings(home=home, **more))]


async def test_the_practice_mailbox_needs_no_name_server(tmp_path: Path) -> None:
    assert await said(tmp_path) == [("✓", "believes the practice mailbox")]


async def test_replies_that_need_no_proof_are_to_be_put_right(tmp_path: Path) -> None:
    ((mark, sentence),) = await said(tmp_path, replies_must_be_authentic=False)
    assert (mark, "anybody" in sentence) == ("✗", True)


@pytest.mark.parametrize(
    ("host", "peers", "mark"), [("127.0.0.1", "", "✓"), ("0.0.0.0", "", "✗"), ("0.0.0.0", "10.0.0.2", "✓")]
)
async def test_a_header_is_believed_where_nobody_else_can_write_it(
    tmp_path: Path, host: str, peers: str, mark: str
) -> None:
    more = {"authserv_id": "mx.example", "practice_mailbox": False, "dns_server": "none"}
    found, _ = await said(tmp_path, receiver_host=host, receiver_peers=peers, **more)
    assert found[0] == mark


async def test_a_practice_key_that_is_left_over_or_still_counts_is_pointed_out(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(key())
    left, _ = await said(tmp_path, practice_mailbox=False, dns_server="none")
    assert left[0] == "!"
    counts, *_ = await said(tmp_path, smtp_host="mail.example", dns_server="none")
    assert (counts[0], "still counts" in counts[1]) == ("!", True)


async def test_a_name_server_that_is_silent_is_pointed_out(tmp_path: Path) -> None:
    (tmp_path / "dkim-keys.txt").write_text("a._domainkey.zj.example v=DKIM1; p=x\n")
    with name_server() as names:
        fine = await said(tmp_path, practice_mailbox=False, dns_server=names.address)
        names.broken.add("_dmarc.example.com")
        silent = await said(tmp_path, practice_mailbox=False, dns_server=names.address)
    assert fine == [("✓", "a name server answers; 1 keys on file")]
    assert silent[0][0] == "!"
