"""Duties from their opening to their end, as the units along them would go."""

import pytest

from models.event import EventKind
from models.states import ApplicationKind, ApplicationState, Channel, Outcome, StageState, TaskState
from tests.support.desk import Desk, error_of, hangzhou_directory
from tests.support.duties import HANGZHOU, NINGBO, two_cities

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
