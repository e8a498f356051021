"""What an application's page in Prefect says, from where it stands."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from prefect.client.schemas.objects import StateType

from flows import page
from flows.dossier import artifact_key, dossier
from models.money import Fen
from models.policy.data import Bilingual
from models.road.route import RouteStage, plan
from models.road.stage_standing import StageStanding, TaskStanding
from models.road.standing import Standing
from models.states import ApplicationState, Level, Outcome, StageState, TaskState
from tests.support.clock import START
from tests.support.policies import ZHEJIANG

ROUTE = plan(ZHEJIANG, ZHEJIANG.measures[19], ZHEJIANG.place("330110"))
COUNTY, CITY, FORMAL, COSIGN, FINAL = range(5)


def asked(unit: str, outcome: Outcome | None = None, opinion: str = "", after: int = 60) -> TaskStanding:
    """One unit of a stage, and its answer ``after`` minutes if there is one."""
    name, decided = ZHEJIANG.unit_name(unit), START + dt.timedelta(minutes=after) if outcome else None
    state = TaskState.DONE if outcome else TaskState.OPEN
    return TaskStanding(unit, unit, name.zh, name.en, state, outcome, opinion, decided_at=decided)


def stage(position: int, *tasks: TaskStanding, closed: Outcome | None = None, round_: int = 1) -> StageStanding:
    """The stage at ``position``, closed with ``closed`` or open."""
    planned: RouteStage = ROUTE[position]
    tasks = tasks or tuple(asked(unit, closed) for unit in planned.units)
    return StageStanding(
        id=f"stage-{round_}-{position}",
        round=round_,
        position=position,
        key=planned.key,
        name_zh=planned.name_zh,
        name_en=planned.name_en,
        state=StageState.CLOSED if closed else StageState.OPEN,
        outcome=closed,
        opened_at=START,
        due_at=START + dt.timedelta(days=7),
        due_provisional=False,
        closed_at=START + dt.timedelta(hours=2) if closed else None,
        tasks=tasks,
    )


def standing(*stages: StageStanding, **changes: Any) -> Standing:
    """An application of measure 19 from Yuhang with these stages so far."""
    place = ZHEJIANG.place("330110")
    fields: dict[str, Any] = {
        "id": "application",
        "number": "ZJAI19-2026-00001",
        "policy": "zhejiang-ai-2025",
        "policy_title_zh": "政策",
        "policy_title_en": "Policy",
        "measure": 19,
        "measure_title_zh": "措施",
        "measure_title_en": "Measure",
        "option_zh": "联合体项目",
        "option_en": "Consortium",
        "gives": "money",
        "levels": tuple(Level),
        "left": None,
        "overlap_words": "",
        "overlap_note": Bilingual(zh="从高不重复。", en="The best one counts."),
        "facts": (),
        "findings": (),
        "notes": (),
        "largest": None,
        "overlaps": (),
        "cost_basis": "",
        "pieces": None,
        "unit_names": {},
        "words": "最高3000万元",
        "state": ApplicationState.IN_PROGRESS,
        "round": stages[-1].round if stages else 1,
        "position": stages[-1].position if stages else None,
        "route": ROUTE,
        "applicant": "杭州深澜智能科技有限公司",
        "credit_code": "91330110MA2H3K7X6W",
        "title": "万卡集群训练框架",
        "summary": "",
        "city_zh": place.city.name.zh,
        "city_en": place.city.name.en,
        "county_zh": place.county.name.zh,
        "county_en": place.county.name.en,
        "content_hash": "0123456789abcdef" * 4,
        "asked": {Level.PROVINCE: Fen(1_000_000_000), Level.CITY: Fen(500_000_000), Level.COUNTY: Fen(300_000_000)},
        "pledges": {},
        "award": None,
        "version": 1,
        "shown_version": 0,
        "run_id": None,
        "submitted_at": START,
        "ended_at": None,
        "stages": stages,
    }
    return Standing(**fields | changes)


REFUSED = standing(
    stage(COUNTY, asked("@county:330110", Outcome.REFUSE, "不属于重点方向"), closed=Outcome.REFUSE),
    state=ApplicationState.REFUSED,
)


def test_a_run_is_named_after_number_place_and_stage() -> None:
    assert page.run_name(standing(stage(COUNTY))) == "ZJAI19-2026-00001 · 杭州市余杭区 · 县级推荐"
    assert page.run_name(REFUSED).endswith("· 不予支持")


def test_tags_name_measure_city_county_and_stage() -> None:
    now = standing(stage(COUNTY, closed=Outcome.APPROVE), stage(CITY))
    assert page.tags(now) == ["measure:19", "city:杭州市", "county:余杭区", f"stage:{ROUTE[CITY].key}"]
    assert page.tags(REFUSED)[-1] == "stage:refused"


def test_a_stage_that_waits_says_for_whom_and_until_when() -> None:
    (shown,) = page.stages(standing(stage(COSIGN)))
    (waiting,) = shown.phases
    assert (waiting.type, waiting.name) == (StateType.RUNNING, page.WAITING)
    assert "、" in waiting.message and "截止 due 2026-11-30" in waiting.message


def test_a_provisional_date_is_called_provisional() -> None:
    (shown,) = page.stages(standing(replace(stage(COUNTY), due_provisional=True)))
    assert "暂定 provisional" in shown.phases[0].message


def test_the_first_of_two_cosigners_adds_a_line_and_the_stage_goes_on_waiting() -> None:
    first, second = ROUTE[COSIGN].units
    (shown,) = page.stages(standing(stage(COSIGN, asked(first), asked(second, Outcome.APPROVE))))
    _, answered = shown.phases
    assert answered.type is StateType.RUNNING
    assert answered.message.index("同意 Approve") < answered.message.index("未答复 no answer yet")


@pytest.mark.parametrize(
    ("outcome", "type_", "name"),
    [
        (Outcome.APPROVE, StateType.COMPLETED, "同意 Approved"),
        (Outcome.REFUSE, StateType.FAILED, "不同意 Refused"),
        (Outcome.RETURN, StateType.CANCELLED, "退回 Returned"),
    ],
)
def test_a_closed_stage_says_how_it_closed(outcome: Outcome, type_: StateType, name: str) -> None:
    (shown,) = page.stages(standing(stage(COUNTY, closed=outcome)))
    assert (shown.phases[-1].type, shown.phases[-1].name) == (type_, name)


def test_a_stage_that_the_application_left_is_void() -> None:
    (shown,) = page.stages(standing(replace(stage(COUNTY), state=StageState.VOID, closed_at=START)))
    assert shown.phases[-1].name == "不再办理 Void"


def test_stages_are_drawn_one_behind_the_other_and_a_second_round_says_so() -> None:
    returned = stage(COUNTY, closed=Outcome.RETURN)
    first, second = page.stages(standing(returned, stage(COUNTY, round_=2)))
    assert (first.after, second.after) == (None, first.key)
    assert first.name == "1 县级推荐 County recommendation"
    assert second.name == "1 县级推荐 County recommendation · 轮次 round 2"
    assert first.key != second.key


def test_the_check_of_what_came_in_is_a_step_of_each_round() -> None:
    first, second = (page.intake_step(standing(stage(COUNTY, round_=n))) for n in (1, 2))
    assert first.key != second.key and second.name.endswith("round 2")


def test_a_refusal_ends_with_who_refused_and_why() -> None:
    said = page.ending(REFUSED)
    assert "不予支持 Refused" in said and "余杭区人民政府" in said and "不属于重点方向" in said


def test_the_log_of_a_return_says_who_returned_it_and_why() -> None:
    returned = stage(COUNTY, asked("@county:330110", Outcome.RETURN, "请补充预算"), closed=Outcome.RETURN)
    said = page.news(standing(returned, state=ApplicationState.RETURNED))
    assert said.startswith("已退回申请人 Returned") and "余杭区人民政府" in said and "请补充预算" in said


def test_a_withdrawal_is_not_blamed_on_the_unit_that_was_asked() -> None:
    void = replace(stage(COUNTY), state=StageState.VOID, closed_at=START)
    assert page.news(standing(void, state=ApplicationState.WITHDRAWN)) == "已撤回 Withdrawn"


def test_an_award_ends_in_one_line() -> None:
    assert page.ending(standing(state=ApplicationState.AWARDED)) == "ZJAI19-2026-00001 已核定 Awarded"


def test_the_dossier_shows_amounts_decisions_and_the_stages_to_come() -> None:
    opinion = "资料齐全"
    now = standing(
        stage(COUNTY, asked("@county:330110", Outcome.APPROVE, opinion), closed=Outcome.APPROVE),
        stage(CITY),
        pledges={Level.COUNTY: Fen(300_000_000)},
    )
    text = dossier(now)
    assert "300万元" in text and opinion in text and "⏳ 等待 waiting" in text
    rows = [line for line in text.splitlines() if line.startswith(("| 3 ", "| 4 ", "| 5 "))]
    assert len(rows) == 3 and all(row.endswith("| | | | |") for row in rows)


def test_after_a_return_the_dossier_promises_no_stage_of_the_round_that_ended() -> None:
    text = dossier(standing(stage(COUNTY, closed=Outcome.RETURN), state=ApplicationState.RETURNED))
    assert "| 2 市级推荐" not in text and "已退回申请人" in text


@pytest.mark.parametrize("opinion", ["a | b", "line\nline", "<script>", "[x](http://evil.example)", "`code` # head"])
def test_what_people_write_cannot_break_out_of_its_cell(opinion: str) -> None:
    now = standing(stage(COUNTY, asked("@county:330110", Outcome.APPROVE, opinion), closed=Outcome.APPROVE))
    (row,) = [line for line in dossier(now).splitlines() if line.startswith("| 1 ")]
    assert row.replace("\\|", "").count("|") == 6
    for mark in "<[`#":
        assert row.count(mark) == row.count(f"\\{mark}")


def test_the_dossiers_key_is_what_prefect_allows() -> None:
    assert artifact_key(standing()) == "dossier-zjai19-2026-00001"
