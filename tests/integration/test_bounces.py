"""Reports that letters reached nobody: the next address is tried, and who is left without is told."""

import aiosmtplib
import pytest

from approvals.audit import verify
from approvals.database import Database
from approvals.deputy.deputies import appoint
from approvals.late.stuck import flag_stuck_letters
from approvals.outbox import fail
from approvals.transaction import Transaction
from models.deputy import DeputyEntry
from models.event import EventKind
from models.files.directory_file import Entry
from models.letter import Letter
from models.settings import Settings
from models.states import LetterState, MailState
from models.undelivered import Undelivered
from notifications.sending.bounce_address import bounce_address
from tests.integration.mail_fixtures import judged, reply_address, reply_to, send
from tests.support.desk import Desk
from tests.support.machine_mail import away, report

COUNTY = "@county:330110"
OTHER = "yuhang2@zj.example"

pytestmark = pytest.mark.usefixtures("receiver")


async def know_another_address(desk: Desk) -> None:
    entry = Entry(unit=COUNTY, name="余杭区", email="330110@zj.example", other_emails=[OTHER])  # type: ignore[list-item]
    await desk.import_directory([entry])


async def test_the_next_address_gets_the_same_letter_and_a_reply_from_it_decides(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    await know_another_address(desk)
    desk.clock.tick(minutes=1)
    await send(settings, report(letter, settings), bounce_address(settings, letter.id), sender="")
    (mail,) = await judged(db)
    assert (mail.state, mail.why) == (MailState.BOUNCE, "given up: 5.1.1 smtp; 550 5.1.1 User unknown")
    again, first = await desk.letters("ask", application_id=desk.app_id)
    assert (first.state, first.last_error) == (LetterState.BOUNCED, "5.1.1 smtp; 550 5.1.1 User unknown")
    assert (again.address, again.facts, again.state) == (OTHER, first.facts, LetterState.QUEUED)
    (event,) = await desk.events(EventKind.LETTER_BOUNCED)
    assert (event.payload["address"], event.payload["next"]) == ("330110@zj.example", OTHER)
    assert await desk.letters("undelivered") == []
    await send(settings, reply_to(again, settings, "同意\n"))
    assert (await judged(db, 2))[1].state is MailState.DECIDED
    assert await desk.verify() is None


async def test_where_no_address_is_left_the_task_is_flagged_and_the_operator_told(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    await send(settings, report(letter, settings), bounce_address(settings, letter.id), sender="")
    await judged(db)
    task = (await desk.standing()).stages[0].tasks[0]
    assert task.undelivered_at == desk.clock()
    (told,) = await desk.letters("undelivered")
    assert (told.address, told.facts["who"]) == (desk.office.operator_email, "330110@zj.example")
    desk.clock.tick(minutes=1)
    new = Entry(unit=COUNTY, name="余杭区收文", email="office@zj.example")
    await desk.import_directory([new])
    assert [one.address for one in await desk.letters("ask")] == ["office@zj.example", "330110@zj.example"]
    assert (await desk.standing()).stages[0].tasks[0].undelivered_at is None
    assert await desk.verify() is None


async def test_a_delay_is_noted_and_nothing_else_and_a_second_report_changes_nothing(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    delayed = report(letter, settings, action="delayed", status="4.2.2")
    to = bounce_address(settings, letter.id)
    await send(settings, delayed, to, sender="")
    assert (await judged(db))[0].why.startswith("not final: 4.2.2")
    assert await desk.events(EventKind.LETTER_BOUNCED) == []
    for number in range(2):
        await send(settings, report(letter, settings).replace(b"<report-", b"<%d-" % number), to, sender="")
        desk.clock.tick(minutes=11)
    assert {mail.state for mail in await judged(db, 3)} == {MailState.BOUNCE}
    assert len(await desk.events(EventKind.LETTER_BOUNCED)) == 1


async def test_nobody_can_report_on_letters_of_others(letter: Letter, settings: Settings) -> None:
    local, _, domain = bounce_address(settings, letter.id).partition("@")
    for forged in (f"{local[:-1]}{'a' if local[-1] != 'a' else 'b'}@{domain}", bounce_address(settings, "0" * 32)):
        with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as refused:
            await send(settings, report(letter, settings), forged, sender="")
        assert refused.value.recipients[0].code == 550


async def test_an_altered_report_is_found_by_the_audit(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    await send(settings, report(letter, settings), bounce_address(settings, letter.id), sender="")
    (mail,) = await judged(db)
    second = (await desk.letters("submitted"))[0]

    def forge(tx: Transaction) -> None:
        tx.insert(Undelivered, letter_id=second.id, mail_id=mail.id, address="x@y.example", reported_at=desk.clock())

    await db.write(forge)
    broken = await db.read(verify, desk.app_id)
    assert broken is not None
    assert "on one side only" in broken.why


@pytest.mark.parametrize("door", ["reply", "bounce"])
async def test_an_absence_tells_operator_and_deputy_once_a_day_and_decides_nothing(
    door: str, letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    today = desk.clock().date()
    stands_in = DeputyEntry(letter.address, "yi@zj.example", today, today.replace(day=30), "王五", "乙")
    await db.write(appoint, desk.office, stands_in, desk.clock.tick())
    to = reply_address(letter, settings) if door == "reply" else bounce_address(settings, letter.id)
    for number in range(2):
        message = away(letter, to, f"自动回复：外出 {number}")
        message.replace_header("Message-ID", f"<{number}@zj.example>")
        await send(settings, message)
        desk.clock.tick(minutes=11)
    assert {mail.state for mail in await judged(db, 2)} == {MailState.IGNORED}
    told = {one.address: one for one in await desk.letters("out_of_office")}
    assert set(told) == {desk.office.operator_email, "yi@zj.example"}
    assert told["yi@zj.example"].facts["link_nonce"] != letter.facts["link_nonce"]
    (event,) = await desk.events(EventKind.OUT_OF_OFFICE)
    assert event.payload["deputies"] == ["yi@zj.example"]
    assert await desk.events(EventKind.DECIDED) == []
    assert await desk.verify() is None


async def test_our_own_letter_that_comes_back_is_ignored(
    letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    ours = f"<{letter.message_id}>"
    await send(settings, reply_to(letter, settings, "同意\n", Message_ID=ours))
    assert (await judged(db))[0].why == "automatic: our own letter"


async def test_a_letter_that_is_refused_at_once_goes_to_the_next_address_too(
    letter: Letter, db: Database, desk: Desk
) -> None:
    await know_another_address(desk)
    for error in ("cannot be rendered: KeyError", "550 5.1.1 no such user"):
        await db.write(fail, letter.id, error)
        await db.write(flag_stuck_letters, desk.office, desk.clock.tick())
        await db.write(queued_again, letter.id)
    again, first = await desk.letters("ask", application_id=desk.app_id)
    assert (first.address, again.address) == (letter.address, OTHER)
    (event,) = await desk.events(EventKind.LETTER_BOUNCED)
    assert event.payload["next"] == OTHER
    assert await desk.letters("undelivered") == []
    assert await desk.verify() is None


def queued_again(tx: Transaction, letter_id: str) -> None:
    """Send a letter again that had failed, as an operator may."""
    letter = tx.get_one(Letter, letter_id)
    letter.state, letter.flagged = LetterState.QUEUED, False
