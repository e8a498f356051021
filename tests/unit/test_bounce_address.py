"""The return path of a letter names it, and nobody else can make one."""

from pathlib import Path
from uuid import uuid4

import pytest

from models.settings import Settings
from notifications.sending.bounce_address import bounce_address, letter_of


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


def test_the_return_path_names_its_letter_in_any_case(settings: Settings) -> None:
    letter_id = uuid4().hex
    address = bounce_address(settings, letter_id)
    assert len(address.partition("@")[0]) <= 64
    assert letter_of(settings, address) == letter_id
    assert letter_of(settings, address.upper()) == letter_id


def test_a_return_path_that_we_did_not_make_names_no_letter(settings: Settings) -> None:
    address = bounce_address(settings, uuid4().hex)
    other = "a" if address[40] != "a" else "b"
    for made_up in (
        address.replace("bounce+", "bounce+0", 1),
        address[:40] + other + address[41:],
        address.replace("@liandong.example", "@elsewhere.example"),
        "bounce+@liandong.example",
        "",
    ):
        assert letter_of(settings, made_up) is None
