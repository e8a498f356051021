"""Files of a reply: kept with what it did, told of where they are not, held against the chain."""

import asyncio
import hashlib
from pathlib import Path

import pytest
from sqlmodel import text

from approvals.database import Database
from approvals.post.attachments import content_of, of_application
from approvals.transaction import Transaction
from models.attachment import UnknownAttachment
from models.event import EventKind
from models.letter import Letter
from models.settings import Settings
from models.states import MailState
from tests.integration.mail_fixtures import judged, reply_to, send
from tests.support.command import Command
from tests.support.desk import Desk

pytestmark = pytest.mark.usefixtures("receiver")
PDF = b"%PDF-1.7 never opened"


async def test_files_are_kept_with_the_decision_once_and_what_is_not_kept_is_said(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    message = reply_to(letter, settings, "同意\n材料齐全。")
    for name in ("意见.pdf", "../../same.pdf"):
        message.add_attachment(PDF, maintype="application", subtype="pdf", filename=name)
    message.add_attachment(b"MZ", maintype="application", subtype="octet-stream", filename="run.exe")
    await send(settings, message)
    assert (await judged(db))[0].state is MailState.DECIDED
    kept = await db.read(of_application, desk.app_id)
    assert [(one.name, one.size, one.sha256) for one in kept] == [
        (name, len(PDF), hashlib.sha256(PDF).hexdigest()) for name in ("意见.pdf", "same.pdf")
    ]
    (decided,) = await desk.events(EventKind.DECIDED)
    assert {one.decision_id for one in kept} == {decided.payload["decision"]}
    (event,) = await desk.events(EventKind.ATTACHMENTS_KEPT)
    assert [file["sha256"] for file in event.payload["files"]] == [one.sha256 for one in kept]
    (told,) = await desk.letters("files_not_kept")
    assert [one["name"] for one in told.facts["left_out"]] == ["run.exe"]
    assert (await db.read(content_of, kept[0].id[:8]))[1] == PDF
    with pytest.raises(UnknownAttachment):
        await db.read(content_of, "zzzz")
    assert await desk.verify() is None


async def test_a_reply_that_decides_nothing_keeps_nothing(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    message = reply_to(letter, settings, "再想想\n")
    message.add_attachment(PDF, maintype="application", subtype="pdf", filename="a.pdf")
    await send(settings, message)
    assert (await judged(db))[0].state is MailState.ASKED_AGAIN
    assert await db.read(of_application, desk.app_id) == []


async def test_an_altered_file_is_found_by_the_audit(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    message = reply_to(letter, settings, "同意\n")
    message.add_attachment(PDF, maintype="application", subtype="pdf", filename="a.pdf")
    await send(settings, message)
    await judged(db)

    def alter(tx: Transaction) -> None:
        if db.is_sqlite:
            tx.execute(text("DROP TRIGGER attachment_content_no_update"))
        else:
            tx.execute(text("DROP TRIGGER attachment_content_append_only ON attachment_content"))
        tx.execute(text("UPDATE attachment_content SET content = :c"), {"c": b"something else"})

    await db.write(alter)
    broken = await desk.verify()
    assert broken is not None
    assert "content of the file" in broken.why


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_an_operator_sees_files_in_status_and_takes_one_out(
    letter: Letter, settings: Settings, db: Database, desk: Desk, tmp_path: Path
) -> None:
    message = reply_to(letter, settings, "同意\n")
    message.add_attachment(PDF, maintype="application", subtype="pdf", filename="意见.pdf")
    await send(settings, message)
    await judged(db)
    (kept,) = await db.read(of_application, desk.app_id)
    assert desk.app is not None
    liandong, out = Command(settings.home), tmp_path / "out.pdf"
    status, taken, again = await asyncio.to_thread(
        liandong.each,
        ["status", desk.app.number],
        ["mail", "attachment", kept.id[:8], "-o", out],
        ["mail", "attachment", kept.id[:8], "-o", out],
    )
    for shown in ("意见.pdf", kept.id[:8], kept.sha256[:16], f"{len(PDF)} B"):
        assert shown in "".join(status.out.split()) or shown in status.out
    assert (taken.code, again.code) == (0, 1)
    assert kept.sha256 in taken.out
    assert out.read_bytes() == PDF
