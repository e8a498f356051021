"""`liandong deputy`, as a user runs it."""

import json
from pathlib import Path

from models.calendar import office_date
from portal.app import utc_now
from tests.support.command import SAMPLES, Command


def test_a_deputy_is_added_listed_and_revoked(tmp_path: Path) -> None:
    today = office_date(utc_now()).isoformat()
    term = ["--from", today, "--until", today]
    liandong = Command(tmp_path / "home")
    _, added, unnamed, twice, listed, shown = liandong.each(
        ["directory", "import", SAMPLES / "directory.csv"],
        ["deputy", "add", "czt@zj.example", "yi@zj.example", *term, "--name", "乙", "--by", "王五"],
        ["deputy", "add", "fgw@zj.example", "bing@zj.example", *term],
        ["deputy", "add", "czt@zj.example", "bing@zj.example", *term, "--name", "丙"],
        ["deputy", "list", "--json"],
        ["deputy", "list"],
    )
    assert added.out.startswith("已登记代理 Recorded: ")
    assert "Give the deputy's name." in unnamed.error
    assert "has a deputy for some of that time" in twice.error
    (one,) = json.loads(listed.out)
    assert (one["unit"], one["deputy"]["name"], one["state"], one["recorded_by"]) == ("czt", "乙", "in force", "王五")
    assert "生效中" in shown.out
    wrong, revoked, none = liandong.each(
        ["deputy", "revoke", "zzzz"], ["deputy", "revoke", one["id"][:8], "--by", "王五"], ["deputy", "list"]
    )
    assert "There is no such deputyship" in wrong.error
    assert revoked.out.strip() == f"已撤销代理 Revoked: {one['id'][:8]}"
    assert none.out.strip() == "没有代理 There are no deputies."
