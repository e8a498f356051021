"""One applicant, one project or contract, two measures: shown to reviewers, and nothing is paid twice."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from approvals.answer import Answer, Decided, NotDecided
from approvals.database import Database
from approvals.decide import decide
from models.errors import WrongAmount
from models.event import EventKind
from models.money import Fen
from models.settings import Settings
from models.states import ApplicationState, Channel, Level, Outcome
from tests.support.desk import Desk, error_of
from tests.support.forms import ANOTHER, CONSORTIUM

#: A corpus voucher: at most 30% of 4,000,000 and at most 2,000,000 yuan.
CORPUS: dict[str, Any] = CONSORTIUM | {
    "measure": 18,
    "option": "corpus_voucher",
    "facts": {"contract_executed": "4,000,000", "state_key_project": "no"},
    "project": {"title": "语料采购", "cost_basis": "合同 2026-001"},
    "amounts": {"city": "1,000,000"},
}
#: A model voucher for the same contract: at most 30% of it.
MODEL = CORPUS | {
    "measure": 21,
    "option": "model_voucher",
    "project": {"title": "模型调用", "cost_basis": "合同2026-001"},
}
CITY, LEAD = "@city:330100", "fgw"


async def test_an_overlap_is_found_recorded_and_shown(desk: Desk) -> None:
    first = await desk.submit(CORPUS)
    second = await desk.submit(MODEL)
    (event,) = await desk.events(EventKind.OVERLAP_FOUND)
    assert event.payload == {"numbers": [first.number]}
    (overlap,) = (await desk.standing()).overlaps
    assert (overlap.number, overlap.measure, overlap.awarded) == (first.number, 18, None)
    desk.app = first
    assert [other.number for other in (await desk.standing()).overlaps] == [second.number]


@pytest.mark.parametrize(
    "change",
    [
        {"applicant__credit_code": ANOTHER},
        {"project": {"title": "模型调用", "cost_basis": "合同 2026-002"}},
        {"project": {"title": "模型调用"}},
    ],
    ids=["another applicant", "another contract", "no contract"],
)
async def test_what_is_not_the_same_is_no_overlap(desk: Desk, change: dict[str, Any]) -> None:
    await desk.submit(CORPUS)
    await desk.submit(MODEL, **change)
    assert (await desk.standing()).overlaps == ()


async def test_the_same_project_is_an_overlap_whatever_its_contract(desk: Desk) -> None:
    await desk.submit(CORPUS)
    await desk.submit(MODEL, project={"title": "语料 采购"})
    assert len((await desk.standing()).overlaps) == 1


async def test_what_was_awarded_before_is_set_off(desk: Desk) -> None:
    first = await desk.submit(CORPUS)
    await desk.approve_to()
    await desk.submit(MODEL)
    await desk.approve_to("determination")
    refused = error_of(await desk.answer(LEAD))
    assert isinstance(refused, WrongAmount)
    assert f"awarded 1,000,000 yuan under {first.number}" in refused.en
    assert "at most 200,000 yuan may be added" in refused.en and "至多再核定 20万元" in refused.zh
    over = error_of(await desk.answer(LEAD, amounts={Level.CITY: Fen(200_000_01)}))
    assert isinstance(over, WrongAmount)
    assert isinstance(await desk.answer(LEAD, amounts={Level.CITY: Fen(200_000_00)}), Decided)
    assert (await desk.standing()).award_total == 200_000_00
    assert await desk.verify() is None


async def test_where_the_best_was_paid_already_only_a_refusal_is_left(desk: Desk) -> None:
    await desk.submit(CORPUS, amounts__city="1,200,000")
    await desk.approve_to()
    await desk.submit(MODEL)
    await desk.approve_to("determination")
    refused = error_of(await desk.answer(LEAD))
    assert "at most 0 yuan may be added: refuse" in refused.en
    assert isinstance(await desk.answer(LEAD, Outcome.REFUSE, "已由语料券支持"), Decided)
    assert (await desk.standing()).state is ApplicationState.REFUSED


@pytest.fixture
async def other(settings: Settings) -> AsyncIterator[Database]:
    """The same database as another process would see it."""
    database = Database(settings)
    yield database
    await database.close()


async def test_two_determinations_for_one_contract_at_the_same_moment_do_not_both_pay(
    desk: Desk, other: Database
) -> None:
    for n in range(5):
        tokens = []
        for form in (CORPUS, MODEL):
            await desk.submit(form, project={"title": f"{form['measure']} {n}", "cost_basis": f"合同 {n}"})
            await desk.approve_to("determination")
            tokens.append((await desk.tokens_of(LEAD, Channel.REPLY))[0])
        answers = await asyncio.gather(
            *(
                db.write(decide, desk.office, token, Answer(Outcome.APPROVE), Channel.REPLY, desk.clock.tick())
                for db, token in zip((desk.db, other), tokens, strict=True)
            )
        )
        assert sorted((type(answer) for answer in answers), key=str) == [Decided, NotDecided]
