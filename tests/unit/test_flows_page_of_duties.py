"""What a duty's page in Prefect says, from where it stands."""

import pytest
from prefect.client.schemas.objects import StateType

from flows import page
from flows.dossier import artifact_key, dossier
from models.states import Channel, Outcome
from tests.support.desk import Desk
from tests.support.duties import HANGZHOU, NINGBO

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


async def test_a_run_of_a_duty_is_named_after_its_lead(duty_desk: Desk) -> None:
    await duty_desk.open_duty(24, "scenarios", places=(HANGZHOU, NINGBO))
    standing = await duty_desk.standing()
    assert page.run_name(standing) == "ZJAI24-D-2026-00001 · 省发展改革委 · 报告"
    assert page.tags(standing) == ["measure:24", "duty", "stage:report"]
    assert artifact_key(standing) == "dossier-zjai24-d-2026-00001"


async def test_a_report_that_is_not_done_adds_a_line_and_the_stage_goes_on_waiting(duty_desk: Desk) -> None:
    await duty_desk.open_duty(24, "scenarios", places=(HANGZHOU, NINGBO))
    await duty_desk.report(NINGBO, "正在筛选\n" + "长" * 100)
    (shown,) = page.stages(await duty_desk.standing())
    waiting, told = shown.phases
    assert (waiting.type, told.type, told.name) == (StateType.RUNNING, StateType.RUNNING, page.WAITING)
    assert "宁波市人民政府 Ningbo City Government: 进行中 In progress “正在筛选 长" in told.message
    assert "杭州市人民政府 Hangzhou City Government: 未答复" in told.message
    assert "长" * 61 not in told.message


async def test_a_hundred_units_are_counted_and_not_named(duty_desk: Desk) -> None:
    await duty_desk.open_duty(24, "scenarios")
    await duty_desk.report(HANGZHOU, "第一批")
    (shown,) = page.stages(await duty_desk.standing())
    assert "等 101 个单位" in shown.phases[0].message
    assert "100 个单位未答复" in shown.phases[1].message


async def test_a_duty_that_was_sent_back_shows_each_round(duty_desk: Desk) -> None:
    await duty_desk.open_duty(24, "scenarios", places=(HANGZHOU, NINGBO))
    for unit in (HANGZHOU, NINGBO):
        await duty_desk.answer(unit, opinion="完成")
    await duty_desk.answer("fgw", Outcome.RETURN, "请补", units=(NINGBO,))
    shown = list(page.stages(await duty_desk.standing()))
    assert [stage.name for stage in shown] == [
        "1 报告 Report",
        "2 验收 Acceptance",
        "1 报告 Report · 轮次 round 2",
    ]
    assert [stage.phases[-1].name for stage in shown] == ["完成 Done", "退回重报 Sent back", page.WAITING]


async def test_the_dossier_lists_targets_and_the_newest_report_of_each_unit(duty_desk: Desk) -> None:
    await duty_desk.open_duty(24, "scenarios", places=(HANGZHOU, NINGBO), opened_by="a|b")
    await duty_desk.report(HANGZHOU, "第一批", open_scenarios=3)
    await duty_desk.answer(HANGZHOU, opinion="|全部|", channel=Channel.LINK, figures={"open_scenarios": 12})
    text = dossier(await duty_desk.standing())
    for words in (
        "| 牵头单位 Lead | 省发展改革委 |",
        "| 开放应用场景 Application scenarios opened | 12 | 50 个 scenarios | 24 | — |",
        "| 杭州市人民政府 Hangzhou City Government | 完成 Done | open\\_scenarios 12 | \\|全部\\| |",
        "| 宁波市人民政府 Ningbo City Government | 未报告 no report | | | |",
        "a\\|b",
    ):
        assert words in text, words
    for wrong in ("金额", "()", "None"):
        assert wrong not in text
