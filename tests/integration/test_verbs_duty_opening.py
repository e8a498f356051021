"""Opening duties: which can be opened, for whom, until when; and what earlier periods and awards count."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from models.errors import RefusedApplication
from models.states import ApplicationState, Channel, Outcome
from tests.support.desk import Desk, error_of
from tests.support.duties import HANGZHOU, NINGBO, policies_with_duties, two_cities
from tests.support.forms import SINGLE

CITIES = (HANGZHOU, NINGBO)


async def test_without_chosen_places_all_of_them_report(duty_desk: Desk) -> None:
    await duty_desk.open_duty(24, "scenarios")
    units = (await duty_desk.standing()).route[0].units
    levels = [unit.partition(":")[0] for unit in units]
    assert (levels.count("@city"), levels.count("@county"), len(units)) == (11, 90, 101)
    await duty_desk.open_duty(24, "industry_base")
    units = (await duty_desk.standing()).route[0].units
    assert units[0] == "fgw" and len(units) == 12, "the data say that the lead reports too"


async def test_the_only_unit_of_a_measure_reports_and_accepts(duty_desk: Desk) -> None:
    await duty_desk.open_duty(6)
    await duty_desk.answer("zzb", opinion="已支持 120 名", channel=Channel.LINK, figures={"supported_talents": 120})
    await duty_desk.answer("zzb")
    standing = await duty_desk.standing()
    assert standing.state is ApplicationState.ACCOMPLISHED
    assert [(p.target.key, p.reached, p.percent) for p in standing.targets] == [
        ("top_talents", 0, 0),
        ("supported_talents", 120, 40),
    ]


async def test_one_duty_is_opened_once_for_a_period(duty_desk: Desk) -> None:
    first = await duty_desk.open_duty(27, period="2026 年")
    with pytest.raises(RefusedApplication, match=first.number):
        await duty_desk.open_duty(27, period="２０２６年")
    second = await duty_desk.open_duty(27, period="2027 年")
    assert second.number == "ZJAI27-D-2026-00002"
    await duty_desk.withdraw("重新布置")
    third = await duty_desk.open_duty(27, period="2027 年")
    assert third.number == "ZJAI27-D-2026-00003"
    assert await duty_desk.verify() is None


@pytest.mark.parametrize(
    ("measure", "changes", "field"),
    [
        (19, {}, "measure"),
        (99, {}, "measure"),
        (24, {}, "duty"),
        (24, {"duty": "nothing"}, "duty"),
        (27, {"places": ("杭州市",)}, "places"),
        (24, {"duty": "scenarios", "places": ("火星",)}, "places"),
        (27, {"period": " "}, "period"),
        (27, {"period": "年" * 61}, "period"),
        (27, {"due_day": dt.date(2026, 11, 23)}, "due"),
        (27, {"working_days": 0}, "due"),
        (27, {"working_days": 5, "due_day": dt.date(2026, 12, 31)}, "due"),
    ],
)
async def test_a_duty_that_cannot_be_is_refused_with_its_field(
    duty_desk: Desk, measure: int, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(RefusedApplication) as refused:
        await duty_desk.open_duty(measure, **changes)
    assert [fault.field for fault in refused.value.faults] == [field]


async def test_the_day_that_was_set_is_for_the_first_round_and_the_road_counts_the_others(duty_desk: Desk) -> None:
    desk = duty_desk
    await desk.open_duty(27, due_day=dt.date(2026, 12, 31))
    (letter,) = await desk.asked("xcb")
    assert letter.facts["due"] == "2026-12-31T10:00:00.000000+00:00"
    desk.clock.tick(days=60)
    for unit in ("xcb", "jyt", "rst"):
        await desk.answer(unit, opinion="完成")
    await desk.answer("zzb", Outcome.RETURN, "请细化")
    stage = (await desk.standing()).open_stage
    assert stage is not None
    assert stage.due_at > desk.clock.now


async def test_awards_count_towards_a_target_that_is_reached_by_awards(duty_desk: Desk) -> None:
    desk = duty_desk
    await desk.submit(SINGLE, measure=6, option="top_talent", amounts__province="0")
    await desk.answer("zzb")
    await desk.answer("zzb")
    assert (await desk.standing()).state is ApplicationState.AWARDED
    await desk.open_duty(6)
    top, supported = (await desk.standing()).targets
    assert (top.reached, top.percent, top.by_unit, supported.reached) == (1, 10, {}, 0)
    assert (top.first_day, top.last_day) == (dt.date(2026, 1, 1), dt.date(2026, 12, 31))
    done = await desk.answer("zzb", opinion="完成", channel=Channel.LINK, figures={"top_talents": 9})
    assert type(error_of(done)).__name__ == "WrongFigure", "what is counted from awards is not reported"


async def test_a_later_period_goes_on_with_the_figures_of_the_earlier_one(duty_desk: Desk) -> None:
    desk = duty_desk
    await desk.open_duty(24, "scenarios", period="一季度", places=CITIES)
    await desk.report(HANGZHOU, "一", open_scenarios=10)
    await desk.report(NINGBO, "一", open_scenarios=5)
    await desk.open_duty(24, "scenarios", period="二季度", places=CITIES)
    await desk.report(HANGZHOU, "二", open_scenarios=18)
    assert (await desk.standing()).targets[0].by_unit == {HANGZHOU: 18, NINGBO: 5}
    await desk.withdraw("重新布置")
    await desk.open_duty(24, "scenarios", period="三季度", places=CITIES)
    assert (await desk.standing()).targets[0].reached == 15, "what was withdrawn does not count"


async def test_a_lead_without_an_officer_is_told_by_way_of_the_operator(empty_desk: Desk, tmp_path: Path) -> None:
    desk = empty_desk
    desk.office = replace(desk.office, policies=policies_with_duties(tmp_path))
    await desk.import_directory([entry for entry in two_cities() if entry.unit != "fgw"])
    app = await desk.open_duty(24, "scenarios", places=CITIES)
    assert (app.applicant, app.email) == ("省发展改革委", desk.office.operator_email)
    (letter,) = await desk.letters("submitted")
    assert letter.address == desk.office.operator_email
    for unit in CITIES:
        await desk.answer(unit, opinion="完成")
    (missing,) = await desk.letters("officer_missing")
    assert missing.facts["unit_key"] == "fgw"
    await desk.import_directory(two_cities())
    await desk.answer("fgw")
    assert (await desk.standing()).state is ApplicationState.ACCOMPLISHED
    assert await desk.verify() is None
