"""`liandong notice` as an operator runs it."""

import json
from pathlib import Path

import pytest

from models.event import EventKind
from models.hashing import sha256
from tests.support.command import Command
from tests.support.desk import Desk
from tests.support.notices import FOLDER, noticed_city, object_to, on_view


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_notices_are_listed_shown_saved_and_objected_to_on_paper(empty_desk: Desk, tmp_path: Path) -> None:
    city = await noticed_city(empty_desk)
    number = await on_view(city)
    await object_to(city)  # the clock stands, so that the day on which this test runs does not matter
    liandong = Command(tmp_path / "home")
    liandong.env["LIANDONG_POLICIES"] = str(FOLDER)
    (paper := tmp_path / "来信.pdf").write_bytes(b"%PDF-1.7")
    said = ["--name", "孙八", "--contact", "0571-8765 4321", "--text", "车间并未建成。"]
    listed, taken, wrong, shown, fields, unknown, one, overview = liandong.each(
        ["notice", "list"],
        ["notice", "object", number, *said, "--file", paper],
        ["notice", "object", number, *said, "--file", tmp_path / "missing.pdf"],
        ["notice", "show", number, "--save", tmp_path / "saved"],
        ["notice", "show", number, "--json"],
        ["notice", "show", "SC04-2026-09999"],
        ["status", number],
        ["status"],
    )
    assert (listed.code, number in listed.out, "收到异议" in listed.out) == (0, True, True)
    assert (taken.code, "异议 2" in taken.out) == (0, True), taken.error
    assert (wrong.code, "missing.pdf" in wrong.error) == (1, True)
    assert all(words in shown.out for words in ("孙八", "车间并未建成。", "书面 paper", "待答复"))
    state = json.loads(fields.out)
    assert [one["channel"] for one in state["objections"]] == ["page", "paper"]
    assert sha256((tmp_path / "saved" / f"{number}.html").read_bytes()) == state["html_sha256"]
    assert (tmp_path / "saved" / f"{number}-2-1-来信.pdf").read_bytes() == b"%PDF-1.7"
    assert (unknown.code, "There is no public notice" in unknown.error) == (1, True)
    assert (one.code, "公示" in one.out, overview.code, number in overview.out) == (0, True, 0, True)
    made = (await city.events(EventKind.OBJECTION_MADE))[-1]
    assert made.payload["by"].startswith("operator:")
    assert await city.verify() is None
