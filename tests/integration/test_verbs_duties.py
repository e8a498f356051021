"""Duties from their opening to their end, as the units along them would go."""

import datetime as dt

import pytest

from models.errors import RefusedApplication
from models.event import EventKind
from models.states import ApplicationKind, ApplicationState, Channel, Outcome, StageState, TaskState
from tests.support.desk import Desk, error_of, hangzhou_directory
from tests.support.duties import HANGZHOU, NINGBO, two_cities
from tests.support.forms import SINGLE

CITIES = (HANGZHOU, NINGBO)


async def test_a_duty_asks_its_units_at_once_then_its_lead_and_ends_accomplished(duty_desk: Desk) -> None:
    desk = duty_desk
    app = await desk.open_duty(24, "scenarios", places=("杭州市", "330200"))
    assert (app.number, app.kind) == ("ZJAI24-D-2026-00001", ApplicationKind.DUTY)
    assert [(s.key, s.units) for s in (await desk.standing()).route] == [("report", CITIES), ("acceptance", ("fgw",))]
    assert [len(await desk.asked(unit)) for unit in (*CITIES, "fgw")] == [1, 1, 0]
    await desk.answer(NINGBO, opinion="已开放 15 个场景。", channel=Channel.LINK, figures={"open_scenarios": 15})
    assert await desk.asked("fgw") == []
    await desk.answer(HANGZHOU, opinion="已开放场景，见附件。")
    (letter,) = await desk.asked("fgw")
    assert letter.facts["targets"][0]["reached"] == 15
    await desk.answer("fgw", opinion="很好。")
    standing = await desk.standing()
    assert (standing.state, standing.open_stage) == (ApplicationState.ACCOMPLISHED, None)
    assert [(s.key, s.round, s.outcome) for s in standing.stages] == [
        ("report", 1, Outcome.APPROVE),
        ("acceptance", 1, Outcome.APPROVE),
    ]
    assert standing.targets[0].by_unit == {NINGBO: 15}
    told = {x.address for x in await desk.letters("concluded")}
    assert told == {"fgw@zj.example", "330100@zj.example", "330200@zj.example"}
    assert await desk.verify() is None
    kinds = [event.kind for event in await desk.events()]
    assert (kinds[0], kinds[-1]) == (EventKind.DUTY_OPENED, EventKind.ACCOMPLISHED)
    assert kinds.count(EventKind.REPORTED) == 2


async def test_a_report_that_is_not_done_leaves_the_task_and_its_doors_open(duty_desk: Desk) -> None:
    desk = duty_desk
    await desk.open_duty(24, "scenarios", places=CITIES)
    before = await desk.letters()
    version = (await desk.standing()).version
    for n, channel in enumerate((Channel.LINK, Channel.REPLY, Channel.LINK), start=1):
        assert (await desk.report(NINGBO, f"第 {n} 批", channel=channel, open_scenarios=n)).number == desk.app.number
    standing = await desk.standing()
    assert standing.version == version + 3
    (stage,) = standing.stages
    task = next(t for t in stage.tasks if t.unit == NINGBO)
    assert (task.state, task.outcome, [r.text for r in task.reports]) == (
        TaskState.OPEN,
        None,
        ["第 1 批", "第 2 批", "第 3 批"],
    )
    assert standing.targets[0].reached == 3
    assert len(await desk.letters()) == len(before), "nobody is bothered"
    await desk.answer(NINGBO, opinion="全部完成", channel=Channel.LINK)
    assert type(error_of(await desk.report(NINGBO, "又一批"))).__name__ == "AlreadyDecided"
    assert await desk.verify() is None


async def test_what_is_sent_back_is_reported_again_by_those_units_only(duty_desk: Desk) -> None:
    desk = duty_desk
    await desk.open_duty(24, "scenarios", places=CITIES)
    for unit, figure in ((HANGZHOU, 20), (NINGBO, 5)):
        await desk.answer(unit, opinion="完成", channel=Channel.LINK, figures={"open_scenarios": figure})
    assert type(error_of(await desk.answer("fgw", Outcome.RETURN))).__name__ == "OpinionMissing"
    assert type(error_of(await desk.answer("fgw", Outcome.RETURN, "x", units=("kjt",)))).__name__ == "UnknownUnits"
    old = (await desk.tokens_of(NINGBO, Channel.LINK))[0]
    await desk.answer("fgw", Outcome.RETURN, "宁波请列出清单。", units=(NINGBO,))
    standing = await desk.standing()
    assert (standing.state, standing.round, standing.position) == (ApplicationState.IN_PROGRESS, 2, 0)
    assert standing.open_stage is not None
    assert [t.unit for t in standing.open_stage.tasks] == [NINGBO]
    assert [(r.unit, r.waited_for) for r in standing.reports] == [(HANGZHOU, False), (NINGBO, True)]
    (letter,) = await desk.letters("sent_back")
    assert (letter.address, letter.facts["opinion"]) == ("330200@zj.example", "宁波请列出清单。")
    assert type(error_of(await desk.present(old, opinion="x", channel=Channel.LINK))).__name__ == "AlreadyDecided"
    await desk.answer(NINGBO, opinion="清单已补", channel=Channel.LINK, figures={"open_scenarios": 31})
    standing = await desk.standing()
    assert [(s.round, s.key, s.state) for s in standing.stages] == [
        (1, "report", StageState.CLOSED),
        (1, "acceptance", StageState.CLOSED),
        (2, "report", StageState.CLOSED),
        (2, "acceptance", StageState.OPEN),
    ]
    assert standing.targets[0].by_unit == {HANGZHOU: 20, NINGBO: 31}
    await desk.answer("fgw")
    standing = await desk.standing()
    assert (standing.state, standing.targets[0].percent) == (ApplicationState.ACCOMPLISHED, 102)
    assert await desk.verify() is None


async def test_a_return_that_names_nobody_sends_all_back(duty_desk: Desk) -> None:
    desk = duty_desk
    await desk.open_duty(27)
    for unit in ("xcb", "jyt", "rst"):
        await desk.answer(unit, opinion="完成")
    await desk.answer("zzb", Outcome.RETURN, "请细化")
    standing = await desk.standing()
    assert standing.open_stage is not None
    assert [t.unit for t in standing.open_stage.tasks] == ["xcb", "jyt", "rst"]
    assert await desk.verify() is None


async def test_a_unit_without_an_officer_is_asked_once_it_has_one(duty_desk: Desk) -> None:
    desk = duty_desk
    await desk.open_duty(24, "scenarios", places=("温州市", HANGZHOU))
    (letter,) = await desk.letters("officer_missing")
    assert letter.facts["unit_key"] == "@city:330300"
    entry = hangzhou_directory()[0].model_copy(update={"unit": "@city:330300", "email": "330300@zj.example"})
    await desk.import_directory([*two_cities(), entry])
    assert len(await desk.asked("@city:330300")) == 1
    await desk.answer("@city:330300", opinion="完成")
    assert await desk.verify() is None


@pytest.mark.parametrize("outcome", [Outcome.REFUSE, Outcome.RETURN])
async def test_a_report_is_no_yes_or_no(duty_desk: Desk, outcome: Outcome) -> None:
    await duty_desk.open_duty(24, "scenarios", places=CITIES)
    assert type(error_of(await duty_desk.answer(HANGZHOU, outcome, "不办"))).__name__ == "WrongAnswer"
    assert len(await duty_desk.events(EventKind.ANSWER_REFUSED)) == 1
    assert (await duty_desk.standing()).position == 0


async def test_reports_cannot_be_refused_by_the_lead(duty_desk: Desk) -> None:
    await duty_desk.open_duty(24, "scenarios", places=(HANGZHOU,))
    await duty_desk.answer(HANGZHOU, opinion="完成")
    assert type(error_of(await duty_desk.answer("fgw", Outcome.REFUSE, "不行"))).__name__ == "WrongAnswer"


@pytest.mark.parametrize(
    ("text", "figures", "error"),
    [
        (" \n", {}, "ReportMissing"),
        ("长" * 5001, {}, "OpinionTooLong"),
        ("好", {"other": 1}, "WrongFigure"),
        ("好", {"open_scenarios": -1}, "WrongFigure"),
        ("好", {"open_scenarios": 10**15 + 1}, "WrongFigure"),
    ],
)
async def test_a_report_without_words_or_with_odd_figures_does_not_count(
    duty_desk: Desk, text: str, figures: dict[str, int], error: str
) -> None:
    await duty_desk.open_duty(24, "scenarios", places=CITIES)
    assert type(error_of(await duty_desk.report(HANGZHOU, text, **figures))).__name__ == error
    done = await duty_desk.answer(HANGZHOU, opinion=text, channel=Channel.LINK, figures=figures)
    assert type(error_of(done)).__name__ == error
    assert len(await duty_desk.events(EventKind.ANSWER_REFUSED)) == 2
    assert await duty_desk.verify() is None


async def test_a_claim_takes_no_report(desk: Desk) -> None:
    await desk.submit()
    assert type(error_of(await desk.report("@county:330110", "进行中"))).__name__ == "WrongAnswer"
    assert (await desk.standing()).position == 0


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
