"""Stages that nobody answers: reminders, whoever stands above, and what the clock does at the end."""

from pathlib import Path

import pytest
from sqlmodel import select

from approvals.answer import Decided
from approvals.late import reminders
from approvals.transaction import Transaction
from models.calendar import office_time
from models.event import EventKind
from models.letter import Letter
from models.stage import Stage
from models.states import ApplicationState, Channel, Outcome, StageState
from tests.support.desk import Desk, address_of, hangzhou_directory
from tests.support.invariants import holds
from tests.support.late import late_desk, sweep, sweep_on

COUNTY, CITY = "@county:330110", "@city:330100"


@pytest.fixture
def late(desk: Desk, tmp_path: Path) -> Desk:
    """The office under rules for late stages (``tests.support.late.LATE``); it is Monday 23 November 2026."""
    return late_desk(desk, tmp_path)


async def kinds(desk: Desk) -> list[EventKind]:
    return [event.kind for event in await desk.events()]


def to(letters: list[Letter]) -> list[str]:
    return sorted(letter.address for letter in letters)


async def test_a_stage_is_reminded_before_its_date_then_escalated_then_asked_of_the_unit_above(late: Desk) -> None:
    await late.submit()  # five working days: due on Monday 30 November
    assert await sweep_on(late, "2026-11-26") == []
    assert len(await sweep_on(late, "2026-11-27")) == 1
    (early,) = await late.asked(COUNTY, "remind")
    assert early.facts["early"]
    assert await late.letters("late") == []
    assert await sweep(late) == []
    for day in ("2026-11-30", "2026-12-02"):
        assert len(await sweep_on(late, day)) == 1
    assert len(await late.letters("late")) == 2
    assert len(await sweep_on(late, "2026-12-03")) == 1
    assert to(await late.letters("escalated")) == sorted([address_of(CITY), late.office.operator_email])
    assert len(await sweep_on(late, "2026-12-04")) == 1
    assert len(await sweep_on(late, "2026-12-08")) == 1
    (asked,) = await late.asked(CITY)
    assert asked.facts["passed_on"]
    assert asked.facts["instead"]["zh"] == "杭州市人民政府"
    (stage,) = (await late.standing()).stages
    assert office_time(stage.due_at) == "2026-12-15 18:00"
    assert stage.tasks[0].instead == CITY
    assert [kind for kind in await kinds(late) if kind not in (EventKind.SUBMITTED, EventKind.STAGE_OPENED)] == [
        *[EventKind.REMINDED] * 3,
        EventKind.ESCALATED,
        EventKind.REMINDED,
        EventKind.DEADLINE_MOVED,
        EventKind.ASKED_ABOVE,
    ]
    await holds(late)


async def passed_on(desk: Desk) -> None:
    """Let the county's stage be passed on to the city."""
    await desk.submit()
    for day in ("2026-11-30", "2026-12-01", "2026-12-08"):
        await sweep_on(desk, day)
    assert (await desk.standing()).stages[0].tasks[0].instead == CITY


@pytest.mark.parametrize("unit", [CITY, COUNTY])
async def test_after_it_was_passed_on_the_first_answer_counts_whoever_gives_it(late: Desk, unit: str) -> None:
    await passed_on(late)
    assert isinstance(await late.answer(unit), Decided)
    (task,) = (await late.standing()).stages[0].tasks
    assert (task.unit, task.instead, task.address) == (COUNTY, CITY if unit == CITY else "", address_of(unit))
    assert (await late.standing()).position == 1
    await holds(late)


async def test_whoever_was_asked_instead_is_reminded_and_nobody_further_up_is_forgotten(late: Desk) -> None:
    await passed_on(late)
    assert len(await sweep_on(late, "2026-12-15")) == 1
    (reminder,) = await late.asked(CITY, "remind")
    assert reminder.facts["passed_on"]
    for day in ("2026-12-18", "2026-12-23"):
        await sweep_on(late, day)
    (stage,) = (await late.standing()).stages
    assert stage.tasks[0].instead == "kjt", "the lead stands above the city"
    for day in ("2026-12-30", "2027-01-04", "2027-01-11", "2027-01-20"):
        await sweep_on(late, day)
    assert (await kinds(late)).count(EventKind.LEFT_WAITING) == 1, "nobody stands above the lead"
    assert (await late.standing()).stages[0].state is StageState.OPEN
    await holds(late)


async def at_formal_check(desk: Desk) -> None:
    await desk.submit()
    for unit in (COUNTY, CITY):
        assert isinstance(await desk.answer(unit), Decided)


async def test_a_check_passes_by_itself_only_after_a_reminder_and_says_so_everywhere(late: Desk) -> None:
    await at_formal_check(late)
    (asked,) = await late.asked("kjt")
    assert asked.facts["late"]["end"] == {"at": "2026-12-07T10:00:00.000000+00:00", "does": "pass"}
    assert len(await sweep_on(late, "2026-12-09")) == 1
    assert (await late.standing()).position == 2, "the sweep came late: first it reminds"
    (reminder,) = await late.asked("kjt", "remind")
    assert reminder.facts["late"]["end"]["at"] == "2026-12-10T10:00:00.000000+00:00"
    assert len(await sweep_on(late, "2026-12-10")) == 1
    standing = await late.standing()
    (task,) = standing.stages[2].tasks
    assert (standing.position, task.outcome, task.channel) == (3, Outcome.APPROVE, Channel.AUTOMATIC)
    assert task.opinion.startswith("逾期自动记录：2026-11-30 18:00 前未答复")
    assert to(await late.letters("automatic")) == sorted([address_of("kjt"), late.office.operator_email])
    *_, decided = await late.events(EventKind.DECIDED)
    assert (decided.payload["by"], decided.payload["channel"]) == ("sweep", "automatic")
    await holds(late)


async def test_cosigners_who_do_not_answer_are_recorded_as_a_refusal(late: Desk) -> None:
    await at_formal_check(late)
    await late.answer("kjt")
    await late.answer("fgw")
    for day in ("2026-12-02", "2026-12-03", "2026-12-09"):
        await sweep_on(late, day)
    assert to(await late.letters("escalated")) == [late.office.operator_email]
    standing = await late.standing()
    assert standing.state is ApplicationState.REFUSED
    assert {t.unit: t.channel for t in standing.stages[3].tasks} == {"fgw": Channel.REPLY, "czt": Channel.AUTOMATIC}
    await holds(late)


async def test_nothing_is_recorded_for_a_unit_that_nobody_was_asked_about(empty_desk: Desk, tmp_path: Path) -> None:
    desk = late_desk(
        empty_desk, tmp_path, {"formal_check": {"remind_every": 2, "at_end": {"after": 5, "does": "pass"}}}
    )
    await desk.import_directory([entry for entry in hangzhou_directory() if entry.unit != "kjt"])
    await at_formal_check(desk)
    for day in ("2026-11-30", "2026-12-07", "2026-12-08"):
        await sweep_on(desk, day)
    assert (await desk.standing()).stages[2].state is StageState.OPEN
    (left,) = await desk.events(EventKind.LEFT_WAITING)
    assert left.payload["unit"] == "kjt"
    await holds(desk)


async def test_a_second_look_at_the_same_moment_does_nothing(late: Desk) -> None:
    await at_formal_check(late)
    await sweep_on(late, "2026-11-30")
    late.clock.tick(days=7)
    (stage,) = await late.db.read(reminders.overdue, late.clock())
    looks = [await late.db.write(reminders.look_at, late.office, stage, late.clock()) for _ in range(2)]
    assert looks == [True, False]
    assert len(await late.events(EventKind.DECIDED)) == 3


async def test_a_clock_that_stands_still_is_left_alone(late: Desk) -> None:
    await late.submit()

    def suspend(tx: Transaction) -> str:
        stage = tx.exec(select(Stage)).one()
        stage.suspended_at = late.clock()
        return stage.id

    stage = await late.db.write(suspend)
    assert await sweep_on(late, "2026-12-30") == []
    assert not await late.db.write(reminders.look_at, late.office, stage, late.clock())
