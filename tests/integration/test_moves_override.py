"""Override: an operator decides in place of a unit; above the policy's sum a second one must consent."""

import asyncio
import dataclasses
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from approvals.answer import Answer, Decided
from approvals.database import Database
from approvals.decide import decide
from approvals.moves import override
from approvals.moves.mover import Moved, NoSuchTask, ReasonMissing
from approvals.moves.suspend import suspend_by_operator
from approvals.transaction import Transaction
from cli.case_json import to_json
from flows.dossier import dossier
from models.columns import new_id
from models.errors import AlreadyDecided, OwnApplication, Recused, StageClosed
from models.event import EventKind
from models.officer import Officer
from models.operators import UnknownOperator, read_operators
from models.override import (
    AlreadyProposed,
    NoReportByOperator,
    NoSecondOperator,
    Override,
    OverrideState,
    SamePerson,
    UnknownOverride,
)
from models.settings import Settings
from models.states import ApplicationState, Channel, Outcome, StageState
from tests.support.desk import Desk, error_of

#: Where no table's guard is at stake.
one_database = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)

COUNTY, CITY = "@county:330110", "@city:330100"
OPERATORS = "甲运行 <jia@ops.example>, 乙运行 <yi@ops.example>"
#: Below the sum above which a second operator consents.
SMALL = {"province": "500,000", "city": "300,000", "county": "100,000"}


@pytest.fixture
def ops(desk: Desk) -> Desk:
    """The office with three operators: whoever has its address, 甲运行 and 乙运行."""
    known = read_operators(OPERATORS, desk.office.operator_email)
    desk.office = dataclasses.replace(desk.office, operators=known)
    return desk


async def overridden(
    desk: Desk, unit: str = "", outcome: Outcome = Outcome.APPROVE, reason: str = "单位撤并", who: str = "甲运行"
) -> Moved:
    assert desk.app is not None
    args = (desk.office, desk.app.number, unit, outcome, reason, who, desk.clock.tick())
    return await desk.db.write(override.propose_or_override, *args)


async def proposal(desk: Desk) -> Override:
    (one,) = await desk.db.read(override.open_proposals)
    return one


async def test_a_small_sum_is_decided_at_once_and_marked_wherever_it_is_shown(ops: Desk) -> None:
    await ops.submit(amounts=SMALL)
    (old,) = await ops.tokens_of(COUNTY)
    assert isinstance(await overridden(ops, "余杭区人民政府"), Moved)
    standing = await ops.standing()
    (task,) = standing.stages[0].tasks
    assert (standing.position, task.channel, task.officer, task.address) == (1, Channel.OPERATOR, "甲运行", "")
    assert (task.mark("zh"), task.mark("en")) == ("运行人员代定", "operator's override")
    assert "运行人员代定" in dossier(standing)
    assert to_json(standing)["stages"][0]["tasks"][0]["override"] is True
    (ask,) = await ops.asked(CITY)
    assert ask.facts["overrides"][0] | {"unit": ""} == {
        "unit": "",
        "act": "recommend",
        "outcome": "approve",
        "by": "甲运行",
        "reason": "单位撤并",
    }
    (told,) = await ops.letters("overridden")
    assert told.address == "330110@zj.example"
    assert isinstance(error_of(await ops.present(old, channel=Channel.LINK)), AlreadyDecided)
    assert await ops.verify() is None


async def test_above_the_sum_another_operator_consents_before_it_takes_effect(ops: Desk) -> None:
    await ops.submit()
    await overridden(ops)
    assert (await ops.standing()).position == 0
    assert sorted(x.address for x in await ops.letters("override_proposed")) == [
        "operator@liandong.example",
        "yi@ops.example",
    ]
    one = await proposal(ops)
    with pytest.raises(AlreadyProposed):
        await overridden(ops, who="乙运行")
    with pytest.raises(SamePerson):
        await ops.db.write(override.consent, ops.office, one.id, "JIA@ops.example", ops.clock.tick())
    with pytest.raises(UnknownOperator):
        await ops.db.write(override.consent, ops.office, one.id, "丙", ops.clock.tick())
    await ops.db.write(override.consent, ops.office, one.id, "乙运行", ops.clock.tick())
    (letter,) = await ops.letters("override_consented")
    assert (letter.address, letter.facts["consented_by"]) == ("jia@ops.example", "乙运行")
    standing = await ops.standing()
    assert standing.position == 1
    taken = standing.stages[0].moves[-1]
    assert taken.sentence("zh") == "运行人员代定：余杭区人民政府（运行人员 甲运行，乙运行 同意）“单位撤并”"
    with pytest.raises(UnknownOverride):
        await ops.db.write(override.consent, ops.office, one.id, "乙运行", ops.clock.tick())
    assert await ops.verify() is None


async def test_a_declined_override_decides_nothing(ops: Desk) -> None:
    await ops.submit()
    await overridden(ops, outcome=Outcome.REFUSE)
    one = await proposal(ops)
    await ops.db.write(override.decline, ops.office, one.id, "乙运行", ops.clock.tick())
    (told,) = await ops.letters("override_declined")
    assert told.address == "jia@ops.example"
    assert await ops.db.read(override.open_proposals) == []
    assert isinstance(await ops.answer(COUNTY), Decided)
    assert len(await ops.events(EventKind.OVERRIDE_DECLINED)) == 1
    assert await ops.verify() is None


@one_database
async def test_where_the_unit_answers_first_the_consent_is_too_late(ops: Desk) -> None:
    await ops.submit()
    await overridden(ops)
    one = await proposal(ops)
    await ops.answer(COUNTY)
    with pytest.raises(AlreadyDecided):
        await ops.db.write(override.consent, ops.office, one.id, "乙运行", ops.clock.tick())
    await ops.submit(project__title="另一项")
    await ops.approve_until("fgw")
    await overridden(ops, "fgw")
    (another,) = [x for x in await ops.db.read(override.open_proposals) if x.id != one.id]
    await ops.answer("czt", Outcome.REFUSE, "不符合")
    with pytest.raises(StageClosed):
        await ops.db.write(override.consent, ops.office, another.id, "乙运行", ops.clock.tick())


@one_database
async def test_no_operator_decides_on_their_own_application_nor_one_who_has_recused(ops: Desk) -> None:
    await ops.submit(applicant__email="JIA+claims@ops.example")
    with pytest.raises(OwnApplication):
        await overridden(ops)
    await overridden(ops, who="乙运行")
    one = await proposal(ops)
    with pytest.raises(OwnApplication):
        await ops.db.write(override.consent, ops.office, one.id, "甲运行", ops.clock.tick())
    assert {x.address for x in await ops.letters("override_proposed")} == {"operator@liandong.example"}

    def is_officer_too(tx: Transaction) -> None:
        tx.exec(select(Officer).where(Officer.unit == COUNTY)).one().email = "yi@ops.example"

    await ops.db.write(is_officer_too)
    await ops.submit(project__title="另一项", amounts=SMALL)
    await ops.answer(COUNTY, Outcome.RECUSE, "亲属")
    with pytest.raises(Recused):
        await overridden(ops, who="乙运行")


@one_database
async def test_an_override_says_why_names_who_is_asked_and_needs_a_second_operator(ops: Desk) -> None:
    await ops.submit()
    with pytest.raises(ReasonMissing):
        await overridden(ops, reason=" ")
    with pytest.raises(NoSuchTask):
        await overridden(ops, "czt")
    ops.office = dataclasses.replace(ops.office, operators=())
    with pytest.raises(NoSecondOperator):
        await overridden(ops, who="operator")


@one_database
async def test_it_works_while_the_stage_is_suspended(ops: Desk) -> None:
    app = await ops.submit(amounts=SMALL)
    await ops.db.write(suspend_by_operator, ops.office, app.number, "甲运行", "核查", ops.clock.tick())
    await overridden(ops, outcome=Outcome.REFUSE)
    standing = await ops.standing()
    assert standing.state is ApplicationState.REFUSED
    assert (standing.stages[0].state, standing.stages[0].suspended_at) == (StageState.CLOSED, None)
    assert await ops.verify() is None


async def test_an_altered_override_is_found(ops: Desk) -> None:
    await ops.submit(amounts=SMALL)
    await overridden(ops)

    def alter(tx: Transaction) -> None:
        tx.exec(select(Override)).one().reason = "另一理由"

    await ops.db.write(alter)
    broken = await ops.verify()
    assert broken is not None
    assert "override" in broken.why


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"state": OverrideState.DECLINED, "consenter": "jia@ops.example"},
        {"state": OverrideState.TAKEN},
        {"state": OverrideState.DECLINED, "reason": ""},
    ],
)
async def test_the_database_keeps_the_rules_too(ops: Desk, changes: dict[str, Any]) -> None:
    await ops.submit()
    await overridden(ops)

    def insert(tx: Transaction) -> None:
        row = tx.exec(select(Override)).one().model_dump()
        tx.add(Override(**(row | {"id": new_id(), "closed_at": ops.clock() if changes else None} | changes)))

    with pytest.raises(IntegrityError):
        await ops.db.write(insert)


@one_database
async def test_nobody_reports_for_a_unit(duty_desk: Desk) -> None:
    duty_desk.office = dataclasses.replace(
        duty_desk.office, operators=read_operators(OPERATORS, duty_desk.office.operator_email)
    )
    await duty_desk.open_duty(24, "scenarios")
    unit = (await duty_desk.standing()).stages[0].tasks[0].unit
    with pytest.raises(NoReportByOperator):
        await overridden(duty_desk, unit)


async def test_an_override_while_the_unit_answers_counts_once(ops: Desk, settings: Settings) -> None:
    other = Database(settings)
    for n in range(8):
        app = await ops.submit(project__title=f"项目 {n}", amounts=SMALL)
        (token,) = await ops.tokens_of(COUNTY, Channel.REPLY)
        now, says = ops.clock.tick(), Answer(Outcome.REFUSE, "不符合")
        args = (ops.office, app.number, "", Outcome.APPROVE, "代定", "甲运行", now)
        works = [
            ops.db.write(override.propose_or_override, *args),
            other.write(decide, ops.office, token, says, Channel.REPLY, now),
        ]
        done = await asyncio.gather(*(works if n % 2 else reversed(works)), return_exceptions=True)
        counted = [one for one in done if isinstance(one, Moved | Decided)]
        assert len(counted) == 1, done
        assert len(await ops.events(EventKind.DECIDED)) == 1
        assert await ops.verify() is None
    await other.close()
