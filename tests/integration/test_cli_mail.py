"""`liandong mail`, as a user runs it: judge without a database, ingest, list, show."""

import asyncio
import datetime as dt
import json
from pathlib import Path

import pytest

from approvals.database import Database
from models.letter import Letter
from models.settings import Settings
from models.states import MailState
from tests.integration.mail_fixtures import as_sent, reply_to, stored
from tests.support.clock import Clock
from tests.support.command import Command, Said
from tests.support.desk import Desk

OFFICER, SECRET, OURS = "a@kjt.zj.example", "reply+abc@l.example", "mx.l.example"
SUPPOSED: list[str | Path] = ["--officer", OFFICER, "--reply-to", SECRET, "--authserv-id", OURS]
PASS = f"Authentication-Results: {OURS}; dmarc=pass header.from=kjt.zj.example\r\n"
BOUNCE = (
    "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example\r\nContent-Type: multipart/report; boundary=b\r\n\r\n--b\r\n"
    "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\n"
    "Final-Recipient: rfc822; a@kjt.zj.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"
)


@pytest.fixture
def clock() -> Clock:
    """The clock on the wall: commands look at no other."""
    return Clock(dt.datetime.now(dt.UTC))


def message(text: str, sender: str = OFFICER, to: str = SECRET, top: str = PASS) -> bytes:
    head = f"{top}From: {sender}\r\nTo: {to}\r\nSubject: x\r\nContent-Type: text/plain; charset=utf-8\r\n"
    return f"{head}\r\n{text}\r\n".encode()


FILES: dict[str, tuple[bytes, str, str]] = {
    "yes": (message("同意\n很好"), "approve", "approve"),
    "no": (message("不同意\n预算不实"), "refuse", "refuse"),
    "back": (message("退回\n补材料"), "return", "return"),
    "over": (message("转办 财政厅\n请其办理"), "ask", "hand over"),
    "both": (message("同意\n不同意"), "ask", ""),
    "sum": (message("同意\n按500万元核定"), "ask", "approve"),
    "nothing": (message("> 同意"), "ask", ""),
    "robot": (message("同意", top=f"{PASS}Auto-Submitted: auto-replied\r\n"), "ignore", ""),
    "bounce": (BOUNCE.encode(), "bounce", ""),
    "empty": (b"", "ignore", ""),
    "unproven": (message("同意", top=""), "forged", "approve"),
    "stranger": (message("同意", sender="x@evil.example"), "forged", "approve"),
    "elsewhere": (message("同意", to="reply+other@l.example"), "forged", "approve"),
    "broken": (b"\xff\x00\r\r\n:\n" * 50, "forged", ""),
}


def test_messages_are_judged_without_a_database_one_object_a_line(tmp_path: Path) -> None:
    for name, (raw, _, _) in FILES.items():
        (tmp_path / f"{name}.eml").write_bytes(raw)
    liandong = Command(tmp_path / "home")
    paths = [tmp_path / f"{name}.eml" for name in FILES]
    json_, table, one = liandong.each(
        ["mail", "judge", *paths, "--json", *SUPPOSED],
        ["mail", "judge", *paths, tmp_path / "missing.eml", *SUPPOSED],
        ["mail", "judge", paths[0], "--officer", OFFICER],
    )
    lines = [json.loads(line) for line in json_.out.splitlines()]
    assert json_.code == 0
    assert [line["file"] for line in lines] == [str(path) for path in paths]
    assert all(list(line) == ["file", "verdict", "command", "opinion", "checks", "why"] for line in lines)
    said = {name: (line["verdict"], line["command"]) for name, line in zip(FILES, lines, strict=True)}
    assert said == {name: (verdict, command) for name, (_, verdict, command) in FILES.items()}
    assert all(set(check) == {"name", "result", "why"} for line in lines for check in line["checks"])
    assert (lines[0]["opinion"], lines[1]["opinion"]) == ("很好", "预算不实")
    assert not (tmp_path / "home" / "liandong.db").exists()
    assert (table.code, one.code) == (1, 1)
    assert "there is no such file" in table.out
    assert "Give both --officer and --reply-to" in one.error


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_a_message_in_a_file_is_ingested_once_listed_and_shown(
    letter: Letter, settings: Settings, db: Database, desk: Desk, tmp_path: Path
) -> None:
    good, forged, other = tmp_path / "good.eml", tmp_path / "forged.eml", tmp_path / "other.eml"
    good.write_bytes(as_sent(settings, reply_to(letter, settings, "同意\n很好")))
    forged.write_bytes(reply_to(letter, settings, "同意\n伪造").as_bytes())
    other.write_bytes(b"From: a@b.example\nTo: c@d.example\n\nx\n")
    liandong = Command(settings.home)

    def first() -> list[Said]:
        return liandong.each(
            ["mail", "judge", good, forged, other, "--json"],
            *(["mail", "ingest", file] for file in (forged, other, good, good)),
            ["mail", "list", "--state", "parked"],
            ["mail", "list", "--json"],
        )

    judged, parked, lost, done, again, listed, everything = await asyncio.to_thread(first)
    assert [json.loads(line)["verdict"] for line in judged.out.splitlines()] == ["approve", "forged", "forged"]
    assert "Stored and judged: parked. not authenticated" in parked.out
    assert (lost.code, "no address of ours" in lost.out) == (1, True)
    assert "Stored and judged: decided" in done.out
    assert "It is here already" in again.out
    assert "parked" in listed.out
    ids = [one["id"] for one in json.loads(everything.out)]
    shown, none, wrong = await asyncio.to_thread(
        liandong.each, ["mail", "show", ids[-1][:8]], ["mail", "show", "zzz"], ["mail", "list", "--state", "lost"]
    )
    assert "dkim=none" in shown.out
    assert "伪造" in shown.out
    assert "0 messages have an id" in none.error
    assert "There is no state" in wrong.error
    assert [mail.state for mail in await stored(db)] == [MailState.PARKED, MailState.DECIDED]
    assert (await desk.standing()).position == 1
