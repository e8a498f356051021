"""Every kind of move on a real run's page in Prefect: what was done to the case is there as it happened, by its name.

One installation for all of it. Moves are made by the verbs, as pages, replies and commands make them.
"""

import datetime as dt
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlmodel import col, select, update

from approvals.answer import Answer, Decided
from approvals.decide import decide
from approvals.money import releases
from approvals.money.releases import ReleaseOpening
from approvals.moves import override
from approvals.moves.urge import urge_by_operator
from approvals.moves.wish import Wanted, Wish, by_operator
from approvals.notice import notices
from approvals.notice.objections import Said, object_to
from approvals.office import Office
from approvals.panel.experts import import_experts
from approvals.transaction import Transaction
from models.application import Application
from models.objection import ObjectionChannel
from models.secrets import derive_token
from models.settings import Settings
from models.stage import Stage
from models.states import ApplicationState, Channel, Outcome, Purpose, TaskState
from models.task import Task
from models.token import Token
from tests.acceptance.test_the_chain import settings_for, small_consortium
from tests.support.altered import with_road
from tests.support.installation import Installation, installation
from tests.support.panel import expert

pytestmark = [pytest.mark.acceptance, pytest.mark.asyncio(loop_scope="module")]

COUNTY, CITY = "@county:330110", "@city:330100"
#: The longest road there is, with a panel of three and a public notice.
STAGES = "county_recommendation city_recommendation formal_check expert_review cosignature determination public_notice"
ROAD = f"[{', '.join(STAGES.split())}]"
CHANGES = (
    ("  provincial_reviewed:\n    [", f"  longest:\n    {ROAD}\n  provincial_reviewed:\n    ["),
    ("      seats: 7\n", "      seats: 3\n"),
    ("      trim: 1\n", "      trim: 0\n"),
    ("      min_scores: 5\n", "      min_scores: 3\n"),
)
SHEET = {"novelty": 25, "plan": 25, "team": 15, "budget": 15}


def longest(folder: Path) -> Path:
    """Return a folder of policies in which measure 19 travels the longest road."""
    root = with_road(folder, "longest")
    file = root / "zhejiang-ai-2025" / "policy.yaml"
    text = file.read_text("utf-8")
    for was, instead in CHANGES:
        assert was in text, was
        text = text.replace(was, instead, 1)
    file.write_text(text, "utf-8")
    return root


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Installation]:
    folder = longest(tmp_path_factory.mktemp("policies"))
    operators = "甲 <jia@ops.example>, 乙 <yi@ops.example>"
    made: Settings = settings_for(tmp_path_factory.mktemp("moves"), policies=folder, operators=operators)
    async with installation(made) as running:
        yield running


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


async def links(here: Installation, number: str) -> dict[str, str]:
    """Return the newest link of each open task, by its unit."""

    def read(tx: Transaction) -> dict[str, str]:
        rows = (
            select(Task.unit, Token.nonce)
            .join(Token, col(Token.task_id) == Task.id)
            .join(Application, col(Application.id) == Task.application_id)
            .where(Application.number == number, Task.state == TaskState.OPEN, Token.purpose == Purpose.DECIDE)
            .order_by(col(Token.issued_at))
        )
        return {unit: derive_token(here.office.key, Purpose.DECIDE, nonce) for unit, nonce in tx.exec(rows)}

    return await here.db.read(read)


async def answer(here: Installation, number: str, unit: str, outcome: Outcome = Outcome.APPROVE, **more: Any) -> None:
    """Answer for ``unit`` by its link."""
    token, said = (await links(here, number))[unit], Answer(outcome, **more)
    made = await here.db.write(decide, here.office, token, said, Channel.LINK, now())
    assert isinstance(made, Decided), made


async def move(here: Installation, number: str, unit: str, wish: Wish) -> None:
    await here.db.write(by_operator, here.office, number, unit, "王五", wish, now())


async def test_moves_among_units_are_on_the_page(here: Installation) -> None:
    number = (await here.submit(small_consortium("转办、加签、减签、抄送、催办"))).number
    for unit in (COUNTY, CITY):
        await answer(here, number, unit)
    check = "3 形式审查"
    moves = (
        ("kjt", Wish(Wanted.HAND_OVER, "属贵厅职能", "jxt"), "转办 Handed over"),
        ("jxt", Wish(Wanted.ADD, "请一并审查", "sjj", "beside"), "加签 Added"),
        ("sjj", Wish(Wanted.REMOVE, "不涉及该单位"), "减签 Removed"),
        ("jxt", Wish(Wanted.COPY, "请阅", "czt"), "抄送 Copied"),
    )
    for unit, wish, name in moves:
        await move(here, number, unit, wish)
        await here.stage_says(number, check, name, wish.reason, "王五")
    await here.db.write(urge_by_operator, here.office, number, "王五", "请于本周办结", now())
    await here.stage_says(number, check, "催办 Urged", "请于本周办结")
    await answer(here, number, "jxt")
    await here.stage_says(number, check, "同意 Approved", "省经信厅")
    await here.verify(number)


async def test_an_override_is_on_the_page_as_proposed_declined_and_taken(here: Installation) -> None:
    number, first = (await here.submit(small_consortium("代定"))).number, "1 县级推荐"
    propose = (here.office, number, "", Outcome.APPROVE, "单位撤并")
    await here.db.write(override.propose_or_override, *propose, "甲", now())
    await here.stage_says(number, first, "拟代定 Override proposed", "甲", "单位撤并")
    (proposal,) = await here.db.read(override.open_proposals)
    await here.db.write(override.decline, here.office, proposal.id, "乙", now())
    await here.stage_says(number, first, "不同意代定 Override declined", "乙")
    await here.db.write(override.propose_or_override, *propose, "甲", now())
    (proposal,) = await here.db.read(override.open_proposals)
    await here.db.write(override.consent, here.office, proposal.id, "乙", now())
    await here.stage_says(number, first, "运行人员代定 Overridden", "乙 同意")
    await here.stage_says(number, first, "同意 Approved", "运行人员代定")
    await here.stage_says(number, "2 市级推荐", "等待办理 Waiting")
    await here.verify(number)


async def test_a_panel_a_public_notice_and_a_release_are_on_the_page(here: Installation) -> None:
    experts = [expert(n, fields="computing") for n in range(1, 5)]
    await here.db.write(import_experts, here.office, experts, now())
    number = (await here.submit(small_consortium("评审、公示、拨付"))).number
    for unit in (COUNTY, CITY, "kjt"):
        await answer(here, number, unit)
    await _panel(here, number)
    for unit in ("fgw", "czt", "kjt"):
        await answer(here, number, unit)
    await _notice(here, number)
    run = await here.run_in_state(number, "COMPLETED")
    assert run["state"]["name"] == "已核定 Awarded"
    await here.verify(number)
    await _release(here, number)


async def _panel(here: Installation, number: str) -> None:
    """One expert recuses and is replaced, all score: until then the page says no name and no score."""
    review = "4 专家评审"
    await here.stage_says(number, review, "抽取专家 Experts drawn")
    (first, *_) = sorted(await links(here, number))
    await answer(here, number, first, Outcome.RECUSE, opinion="与申请单位有合作")
    await here.stage_says(number, review, "更换专家 Expert replaced")
    for unit in sorted(await links(here, number)):
        await answer(here, number, unit, points=SHEET)
    await here.stage_says(number, review, "评审结果 What the panel came to")
    await here.stage_says(number, review, "同意 Approved", "80")


async def _notice(here: Installation, number: str) -> None:
    """Somebody objects, the unit that decided answers, and the time is over."""
    shown = "7 公示"
    await here.stage_says(number, shown, "公示发布 Notice published")
    await here.stage_says(number, shown, "等待办理 Waiting", "任何人可提出异议")
    said = Said("赵六", "zhao@people.example", "该项目去年已经领过补助。")
    await here.db.write(object_to, here.office, number, said, ObjectionChannel.PAGE, now())
    await here.stage_says(number, shown, "收到异议，公示暂停计算")
    await answer(here, number, "kjt", opinion="去年的补助属于另一项目。")
    await here.stage_says(number, shown, "异议已答复 Objection answered")
    stage = (await here.standing(number)).open_stage
    assert stage is not None
    assert await here.db.write(_end_early, here.office, stage.id, now())
    await here.stage_says(number, shown, "公示期满，自动结束")


def _end_early(tx: Transaction, office: Office, stage: str, at: dt.datetime) -> bool:
    """End a notice as the sweep does, as if its time were over; its date is put back, or the run finds it altered."""
    this = select(Stage).where(Stage.id == stage).execution_options(populate_existing=True)
    due_at = tx.exec(this).one().due_at
    tx.exec(update(Stage).where(col(Stage.id) == stage).values(due_at=at - dt.timedelta(minutes=2)))
    ended = notices.end_due(tx, office, stage, at)
    tx.finish()
    tx.exec(update(Stage).where(col(Stage.id) == stage).values(due_at=due_at))
    return ended


async def _release(here: Installation, award: str) -> None:
    """A release has a run of its own, which ends once everybody who pays has agreed."""
    opening = ReleaseOpening(award, "award", "合同已签订", "王五")
    number = (await here.db.write(releases.open_release, here.office, opening, now())).number
    await here.stage_says(number, "1 拨付", "等待办理 Waiting", "省财政厅")
    for unit in ("czt", CITY, COUNTY):
        await answer(here, number, unit)
    await here.stage_says(number, "1 拨付", "同意 Approved", "省财政厅", "杭州市人民政府", "余杭区人民政府")
    run = await here.run_in_state(number, "COMPLETED")
    assert (run["state"]["name"], "release" in run["tags"]) == ("已拨付 Released", True)
    assert (await here.standing(number)).state is ApplicationState.ACCOMPLISHED
    await here.verify(number)
