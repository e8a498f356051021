"""Submission: what is admitted, what is refused, and that a refusal leaves nothing behind."""

import pytest
from sqlmodel import func, select

from approvals import waking
from approvals.resubmit import withdraw
from approvals.submit import submit
from approvals.transaction import Transaction
from models.application import Application
from models.errors import RefusedApplication
from models.letter import Letter
from models.states import ApplicationState, Outcome
from tests.support.desk import Desk
from tests.support.forms import ANOTHER, SINGLE, form_of


async def count(desk: Desk) -> tuple[int, int]:
    def query(tx: Transaction) -> tuple[int, int]:
        return (
            tx.exec(select(func.count()).select_from(Application)).one(),
            tx.exec(select(func.count()).select_from(Letter)).one(),
        )

    return await desk.db.read(query)


async def test_the_applicant_is_told_and_the_county_is_asked(desk: Desk) -> None:
    app = await desk.submit()
    (told,) = await desk.letters("submitted")
    assert told.address == app.email
    assert told.facts["number"] == app.number
    (asked,) = await desk.asked("@county:330110")
    assert asked.facts["asked_total"] == 1_800_000_000
    assert await desk.verify() is None


async def test_numbers_count_up(desk: Desk) -> None:
    numbers = [(await desk.submit(project__title=f"项目 {n}")).number for n in range(3)]
    assert numbers == ["ZJAI19-2026-00001", "ZJAI19-2026-00002", "ZJAI19-2026-00003"]


@pytest.mark.parametrize("title", ["万卡集群训练框架", "万卡 集群 训练框架 "])
async def test_the_same_project_of_the_same_applicant_is_taken_once(desk: Desk, title: str) -> None:
    first = await desk.submit()
    before = await count(desk)
    with pytest.raises(RefusedApplication) as refused:
        await desk.submit(project__title=title)
    (fault,) = refused.value.faults
    assert fault.field == "project.title"
    assert first.number in fault.en
    assert await count(desk) == before


async def test_width_and_case_do_not_make_another_project(desk: Desk) -> None:
    await desk.submit(project__title="AI Model (2026)")
    with pytest.raises(RefusedApplication, match="ZJAI19-2026-00001"):
        await desk.submit(project__title="ＡＩ model（2026）")


async def test_another_applicant_may_have_a_project_of_the_same_name(desk: Desk) -> None:
    await desk.submit()
    assert (await desk.submit(applicant__credit_code=ANOTHER)).number.endswith("2")


async def test_after_a_refusal_or_a_withdrawal_one_may_apply_again(desk: Desk) -> None:
    await desk.submit()
    await desk.answer("@county:330110", Outcome.REFUSE, "材料不全")
    await desk.submit()
    await desk.withdraw()
    assert (await desk.submit()).number.endswith("3")


async def test_an_application_over_its_limit_leaves_nothing_behind(desk: Desk) -> None:
    with pytest.raises(RefusedApplication, match="10,000,000 yuan"):
        await desk.submit(SINGLE, amounts__province="10,000,000.01")
    assert await count(desk) == (0, 0)
    assert (await desk.submit()).number.endswith("1")


async def test_the_same_run_submits_once(desk: Desk) -> None:
    form, now = form_of(), desk.clock()
    first = await desk.db.write(submit, desk.office, form, now, "run-1")
    again = await desk.db.write(submit, desk.office, form, now, "run-1")
    assert (first.id, first.runs) == (again.id, 1)
    assert (await count(desk))[0] == 1


async def test_a_run_that_is_retried_after_its_application_ended_submits_nothing_again(desk: Desk) -> None:
    form, now = form_of(), desk.clock()
    first = await desk.db.write(submit, desk.office, form, now, "run-1")
    await desk.db.write(waking.adopt_run, first.id, "run-2", now)
    await desk.db.write(withdraw, desk.office, first.number, "不再需要", now)
    again = await desk.db.write(submit, desk.office, form, now, "run-1")
    assert again.id == first.id


async def test_the_route_is_kept_with_the_application(desk: Desk) -> None:
    app = await desk.submit(county="滨江区")
    assert app.county == "330108"
    assert app.route[0]["units"] == ["@county:330108"]
    assert app.content["county"] == "330108"
    assert (await desk.standing()).state is ApplicationState.IN_PROGRESS
