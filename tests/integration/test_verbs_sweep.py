"""What the sweep does: reminders of late stages, letters that stick, wake-ups."""

import datetime as dt

from sqlmodel import col, select

from approvals import waking
from approvals.late import reminders, stuck
from approvals.resubmit import withdraw
from approvals.transaction import Transaction
from models.event import EventKind
from models.letter import Letter
from models.states import Channel, LetterState
from tests.support.desk import Desk, error_of

COUNTY = "@county:330110"


async def remind(desk: Desk) -> list[bool]:
    late = await desk.db.read(reminders.overdue, desk.clock())
    return [await desk.db.write(reminders.look_at, desk.office, stage, desk.clock()) for stage in late]


async def test_nobody_is_reminded_before_the_date(desk: Desk) -> None:
    await desk.submit()
    desk.clock.tick(days=7)
    assert await remind(desk) == []


async def test_a_late_unit_is_reminded_with_a_letter_that_can_be_answered(desk: Desk) -> None:
    await desk.submit()
    desk.clock.tick(days=8)
    assert await remind(desk) == [True]
    assert await remind(desk) == []
    (reminder,) = await desk.asked(COUNTY, "remind")
    (late,) = await desk.letters("late")
    assert late.address == desk.office.operator_email
    assert (await desk.standing()).position == 0
    await desk.present(desk.token_in(reminder, Channel.REPLY))
    assert (await desk.standing()).position == 1
    assert await desk.verify() is None


async def test_the_first_letter_still_works_after_a_reminder_but_only_one_of_them_counts(desk: Desk) -> None:
    await desk.submit()
    desk.clock.tick(days=8)
    await remind(desk)
    newest, first = await desk.tokens_of(COUNTY, Channel.REPLY)
    await desk.present(first)
    assert type(error_of(await desk.present(newest))).__name__ == "AlreadyDecided"


async def test_reminders_go_on_every_two_working_days_until_somebody_answers(desk: Desk) -> None:
    await desk.submit()
    for _ in range(3):
        desk.clock.tick(days=8)
        assert await remind(desk) == [True]
    assert len(await desk.events(EventKind.REMINDED)) == 3
    await desk.answer(COUNTY)
    desk.clock.tick(days=3)
    assert await remind(desk) == []


async def test_only_the_cosigner_that_is_silent_is_reminded(desk: Desk) -> None:
    await desk.submit()
    await desk.approve_until("fgw")
    await desk.answer("czt")
    desk.clock.tick(days=30)
    await remind(desk)
    assert await desk.asked("czt", "remind") == []
    assert len(await desk.asked("fgw", "remind")) == 1


async def change_letters(desk: Desk, state: LetterState, error: str | None, kind: str) -> None:
    def change(tx: Transaction) -> None:
        for letter in tx.exec(select(Letter).where(Letter.kind == kind)):
            letter.state, letter.last_error = state, error

    await desk.db.write(change)


async def test_a_letter_that_was_refused_is_told_to_the_operator_once_and_is_on_the_chain(desk: Desk) -> None:
    await desk.submit()
    await change_letters(desk, LetterState.FAILED, "550 no such mailbox", "ask")
    assert await desk.db.write(stuck.flag_stuck_letters, desk.office, desk.clock.tick()) == 1
    assert await desk.db.write(stuck.flag_stuck_letters, desk.office, desk.clock.tick()) == 0
    (event,) = await desk.events(EventKind.LETTER_FAILED)
    assert event.payload["why"] == "550 no such mailbox"
    (told,) = await desk.letters("stuck")
    assert [row["to"] for row in told.facts["letters"]] == ["330110@zj.example"]
    assert await desk.verify() is None


async def test_a_letter_that_waits_for_an_hour_sticks(desk: Desk) -> None:
    await desk.submit()
    desk.clock.tick(minutes=59)
    assert await desk.db.write(stuck.flag_stuck_letters, desk.office, desk.clock()) == 0
    desk.clock.tick(minutes=1)
    assert await desk.db.write(stuck.flag_stuck_letters, desk.office, desk.clock()) == 2
    desk.clock.tick(hours=2)
    # The letter to the operator sticks as well: that is no reason to write another.
    assert await desk.db.write(stuck.flag_stuck_letters, desk.office, desk.clock()) == 1
    assert len(await desk.letters("stuck")) == 1


async def test_every_change_wakes_the_run_until_it_is_shown(desk: Desk) -> None:
    app = await desk.submit()
    (wake,) = await desk.db.read(waking.due, desk.clock())
    assert (wake.application_id, wake.run_id, wake.version) == (app.id, None, 1)
    await desk.db.write(waking.adopt_run, app.id, "run", desk.clock())
    await desk.db.write(waking.mark_shown, app.id, wake.version, "run")
    assert await desk.db.read(waking.due, desk.clock()) == []
    await desk.answer(COUNTY)
    assert [w.run_id for w in await desk.db.read(waking.due, desk.clock())] == ["run"]
    await desk.db.write(waking.defer, app.id, desk.clock() + dt.timedelta(minutes=1))
    assert await desk.db.read(waking.due, desk.clock()) == []
    await desk.db.write(waking.mark_shown, app.id, 2, "another run")
    desk.clock.tick(minutes=1)
    assert len(await desk.db.read(waking.due, desk.clock())) == 1


async def test_an_ended_application_is_not_swept_any_more(desk: Desk) -> None:
    await desk.submit()
    assert len(await desk.db.read(waking.live)) == 1
    await desk.withdraw()
    assert await desk.db.read(waking.live) == []


async def test_letters_know_their_application(desk: Desk) -> None:
    app = await desk.submit()

    def query(tx: Transaction) -> int:
        return len(tx.exec(select(Letter).where(col(Letter.application_id) == app.id)).all())

    assert await desk.db.read(query) == 2


async def test_a_run_that_has_shown_the_end_is_not_forgotten_by_whoever_looked_too_early(desk: Desk) -> None:
    """Two wakers: one wakes the run, the other finds it completed and would make a second."""
    app = await desk.submit()
    await desk.db.write(waking.adopt_run, app.id, "run", desk.clock())
    await desk.db.write(withdraw, desk.office, app.number, "不再需要", desk.clock.tick())
    (early,) = await desk.db.read(waking.due, desk.clock())
    await desk.db.write(waking.mark_shown, app.id, early.version, "run")
    assert not await desk.db.write(waking.forget_run, app.id, "run", desk.clock())
    assert (await desk.standing()).run_id == "run"


async def test_a_run_that_is_gone_is_forgotten_once(desk: Desk) -> None:
    app = await desk.submit()
    await desk.db.write(waking.adopt_run, app.id, "run", desk.clock())
    assert await desk.db.write(waking.forget_run, app.id, "run", desk.clock())
    assert not await desk.db.write(waking.forget_run, app.id, "run", desk.clock())
