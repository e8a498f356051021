"""Letters about moves and deputies: every kind, in both languages, from what the verbs themselves queued."""

import dataclasses
import datetime as dt

import pytest

from approvals.deputy.deputies import appoint, revoke
from approvals.moves import override
from approvals.moves.copy import copy
from approvals.moves.lend import lend, recall
from approvals.moves.mover import Moved, move_by_operator
from approvals.moves.suspend import long_suspended, resume, suspend_by_operator, tell_suspended
from approvals.moves.urge import urge_by_operator
from approvals.transaction import Transaction
from models.deputy import DeputyEntry
from models.operators import read_operators
from models.settings import Settings
from models.states import Outcome
from notifications.rendering.render import render
from tests.support.desk import Desk
from tests.unit.test_letters import LANGUAGES, OF_MOVES, bodies, looks_right, parsed

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
OPERATORS = "王五 <wang@ops.example>, 赵六 <zhao@ops.example>"


@pytest.fixture
def ops(desk: Desk) -> Desk:
    """The office with several operators."""
    known = read_operators(OPERATORS, desk.office.operator_email)
    desk.office = dataclasses.replace(desk.office, operators=known)
    return desk


async def stand_still(desk: Desk, number: str) -> None:
    """Let an application be suspended for so long that the operator is told, and go on."""
    await desk.db.write(suspend_by_operator, desk.office, number, "王五", "核查\n材料", desk.clock.tick())
    desk.clock.tick(days=8)
    (stage,) = await desk.db.read(long_suspended, desk.clock())
    await desk.db.write(tell_suspended, desk.office, stage, desk.clock())
    await desk.db.write(resume, desk.office, number, "王五", "已核查", desk.clock.tick())


async def live_through_every_move(desk: Desk) -> None:
    """Let an application be copied, urged, suspended, resumed and overridden, and an officer have a deputy."""
    app = await desk.submit()
    today = dt.date(2026, 11, 23)
    stands_in = DeputyEntry("330110@zj.example", "yi@zj.example", today, today + dt.timedelta(days=30), "王五", "乙")
    made = await desk.db.write(appoint, desk.office, stands_in, desk.clock.tick())
    await desk.db.write(urge_by_operator, desk.office, app.number, "王五", "请尽快", desk.clock.tick())

    def move(tx: Transaction) -> Moved:
        now = desk.clock()
        return move_by_operator(
            tx, app.number, "", "王五", lambda mover: copy(tx, desk.office, mover, "czt", "请阅", now)
        )

    await desk.db.write(move)
    await stand_still(desk, app.number)
    await desk.move_as_operator("", lend, "jxt", "请核实")
    await desk.move_as_operator("@county:330110", recall, "已核实")
    for answer in (override.decline, override.consent):
        args = (desk.office, app.number, "", Outcome.APPROVE, "单位撤并", "王五", desk.clock.tick())
        await desk.db.write(override.propose_or_override, *args)
        (proposal,) = await desk.db.read(override.open_proposals)
        await desk.db.write(answer, desk.office, proposal.id, "赵六", desk.clock.tick())
    await desk.db.write(revoke, desk.office, made.id, "王五", desk.clock.tick())


async def test_every_kind_about_a_move_renders_in_both_languages(ops: Desk, settings: Settings) -> None:
    await live_through_every_move(ops)
    letters = [letter for letter in await ops.letters() if letter.kind in OF_MOVES or letter.kind == "ask"]
    assert {letter.kind for letter in letters} == OF_MOVES | {"ask"}
    for letter in letters:
        for letter.language in LANGUAGES:
            raw = render(letter, settings)
            looks_right(raw, letter)
            if "opinion" in letter.facts:
                assert letter.facts["opinion"].partition("\n")[0] in bodies(raw)[0]


async def test_letters_say_who_asks_who_stands_in_and_what_an_operator_decided(ops: Desk, settings: Settings) -> None:
    await live_through_every_move(ops)
    (urged, *_) = await ops.letters("urge", address="330110@zj.example")
    assert str(parsed(render(urged, settings))["Subject"]).startswith("催办（运行人员 王五）")
    assert "同时发给代理人：乙" in bodies(render(urged, settings))[0]
    (deputy,) = await ops.letters("urge", address="yi@zj.example")
    assert "您代理：余杭区人民政府" in bodies(render(deputy, settings))[0]
    (asked,) = await ops.asked("@city:330100")
    assert "运行人员代定：余杭区人民政府：同意（运行人员 王五）“单位撤并”" in bodies(render(asked, settings))[0]
    (away, *_) = await ops.letters("lent_away", address="330110@zj.example")
    assert "已就项目“万卡集群训练框架”的“县级推荐”委派省经信厅提出意见：“请核实”" in bodies(render(away, settings))[0]
    (told, *_) = await ops.letters("overridden")
    assert "经运行人员赵六同意" in bodies(render(told, settings))[0]
    (consent, *_) = await ops.letters("override_proposed", address="zhao@ops.example")
    assert f"liandong task consent {consent.facts['override']}" in bodies(render(consent, settings))[0]
    (read,) = await ops.letters("copied")
    assert "/r/" in bodies(render(read, settings))[0]
    assert "/d/" not in bodies(render(read, settings))[0]


async def test_a_duty_is_urged_suspended_and_resumed_in_words_of_its_own(duty_desk: Desk, settings: Settings) -> None:
    app = await duty_desk.open_duty(24, "scenarios")
    await duty_desk.db.write(urge_by_operator, duty_desk.office, app.number, "王五", "", duty_desk.clock.tick())
    await stand_still(duty_desk, app.number)
    for kind in ("urge", "suspended", "resumed", "still_suspended"):
        found = await duty_desk.letters(kind)
        assert found
        for letter in found:
            for letter.language in LANGUAGES:
                looks_right(render(letter, settings), letter)
                for wrong in ("申请人", "the application", "项目“"):
                    assert wrong not in bodies(render(letter, settings))[0], (kind, letter.language)
