"""The decision sheet 审批表: the application, what the rules found, who answered what, and how it ended. Pure."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from models.calendar import office_time
from models.capitals import capitals
from models.money import Fen
from models.paper import Ending
from models.policy.notice_rules import CLOSED_NAMES, PUBLIC_NOTICE
from models.road.move_words import Move
from models.road.stage_standing import StageStanding, TaskStanding
from models.road.standing import Standing
from models.states import ApplicationState, Channel, Level, Outcome, StageState, answer_names
from notifications.papers.award_letter import determined_by
from notifications.papers.marks import marks
from notifications.papers.parts import Both, both, called, figures, heading, measure, same

#: An opinion of so many characters or fewer stands in its row; a longer one has a row of its own.
SHORT = 40
#: A task without an answer comes after those of its unit that have one.
LAST = dt.datetime.max.replace(tzinfo=dt.UTC)
#: Whose words the applicant sees: those of a no, as on the status page.
SHOWN_TO_APPLICANTS = (Outcome.REFUSE, Outcome.RETURN)
#: A rule that looked at no more characters than this stays on one page.
WHOLE = 300


def decision_sheet(s: Standing, ending: Ending, *, for_applicant: bool = False) -> dict[str, Any]:
    """Return the facts of the sheet, as JSON; the applicant's copy has no officers, moves and words of a yes."""
    title = both("审批表（申请人联）", "Decision sheet · applicant's copy")
    unit = determined_by(s) if s.stages else same(s.applicant)
    facts = heading(s, ending, title if for_applicant else both("审批表", "Decision sheet"), unit)
    return facts | {
        "fingerprint": facts["fingerprint"] | {"content": s.content_hash},
        "copy": for_applicant,
        "case": [{"name": name, "value": value} for name, value in _case(s)],
        "sums": _sums(s),
        "findings": [_finding(row) for row in s.findings],
        "stages": [course(s, ending, stage, for_applicant) for stage in s.stages],
        "result": _result(s, ending),
    }


def _case(s: Standing) -> Iterator[tuple[Both, Both]]:
    yield both("申请单位", "Applicant"), same(s.applicant)
    yield both("统一社会信用代码", "Unified social credit code"), same(s.credit_code)
    yield both("所在地", "Place"), both(f"{s.city_zh}{s.county_zh}", f"{s.county_en}, {s.city_en}")
    yield both("项目名称", "Project"), same(s.title)
    yield both("依据", "Under"), measure(s)
    yield both("类别", "Option"), both(s.option_zh, s.option_en)
    yield both("申请", "Asked for"), both(s.asked_for("zh"), s.asked_for("en"))
    if s.pieces:
        yield both("明细", "Pieces"), both(f"{s.pieces[0]:,} 件", f"{s.pieces[0]:,}")
    if s.cost_basis:
        yield both("费用依据", "Cost basis"), same(s.cost_basis)
    if s.summary:
        yield both("项目简介", "Summary"), same(s.summary)
    for fact in s.facts:
        yield both(fact.name.zh, fact.name.en), both(fact.value.zh, fact.value.en)
    yield both("提交时间", "Submitted"), same(office_time(s.submitted_at))
    yield both("轮次", "Round"), same(str(s.round))


def _sums(s: Standing) -> list[dict[str, Any]]:
    """Return a row a level: asked, pledged, awarded; and the total. Nothing where it gives no money."""
    rows = [
        {
            "name": called(level),
            "asked": figures(s.asked[level]),
            "pledged": figures(s.pledges[level]) if level in s.pledges else "—",
            "awarded": figures(s.award[level]) if s.award else "—",
        }
        for level in Level
        if level in s.levels
    ]
    awarded = "—" if s.award_total is None else figures(s.award_total)
    total = {"name": both("合计", "Total"), "asked": figures(s.asked_total), "pledged": "", "awarded": awarded}
    return [*rows, total] if rows else []


def _finding(row: dict[str, Any]) -> dict[str, Any]:
    looked_at = [_looked(one) for one in row["looked_at"]]
    return {
        "rule": both(row["rule"]["zh"], row["rule"]["en"]),
        "looked_at": looked_at,
        "result": both(row["result"]["zh"], row["result"]["en"]),
        "holds": row["holds"],
        "whole": sum(len(one["zh"]) for one in looked_at) <= WHOLE,
    }


def _looked(one: dict[str, Any]) -> Both:
    name, value = one["name"], one["value"]
    return both(f"{name['zh']}：{value['zh']}", f"{name['en']}: {value['en']}")


def course(s: Standing, ending: Ending, stage: StageStanding, for_applicant: bool = False) -> dict[str, Any]:
    """Return what became of one stage: its answers, and what happened besides."""
    again = both(f"（第{stage.round}轮）", f" (round {stage.round})") if s.round > 1 else both("", "")
    return {
        "name": both(
            f"{stage.position + 1} {stage.name_zh}{again['zh']}", f"{stage.position + 1} {stage.name_en}{again['en']}"
        ),
        "opened": office_time(stage.opened_at),
        "closed": office_time(stage.closed_at) if stage.closed_at else "—",
        "outcome": _outcome(stage),
        "answers": [_answer(stage, task, for_applicant) for task in _in_order(s, stage)],
        "moves": [] if for_applicant else [_move(move) for move in stage.moves if move.at <= ending.at],
    }


def _move(move: Move) -> dict[str, Any]:
    return {"when": office_time(move.at), "said": both(move.sentence("zh"), move.sentence("en"))}


def _in_order(s: Standing, stage: StageStanding) -> list[TaskStanding]:
    """Return the tasks in the order of the route, a unit's own in the order of its answers: always the same."""
    units = s.route[stage.position].units
    place = {unit: n for n, unit in enumerate(units)}
    return sorted(
        stage.tasks,
        key=lambda task: (place.get(task.unit, len(units)), task.decided_at or LAST, task.id),
    )


def _outcome(stage: StageStanding) -> Both:
    if stage.panel is not None and stage.panel.result is not None:
        return both(stage.panel.result.said("zh"), stage.panel.result.said("en"))
    if stage.outcome is not None and stage.act == PUBLIC_NOTICE:
        return both(*CLOSED_NAMES[stage.outcome])
    if stage.outcome is not None:
        return both(*answer_names(stage.act, stage.outcome))
    return both("不再办理", "Void") if stage.state is StageState.VOID else both("办理中", "Open")


def _answer(stage: StageStanding, task: TaskStanding, for_applicant: bool) -> dict[str, Any]:
    given = both(*answer_names(stage.act, task.outcome)) if task.outcome is not None else both("未答复", "No answer")
    kept_back = for_applicant and task.outcome not in SHOWN_TO_APPLICANTS
    return {
        "unit": both(task.named_zh, task.named_en),
        "answer": given,
        "marks": marks(task),
        "who": "" if for_applicant else _who(task),
        "when": office_time(task.decided_at) if task.decided_at else "—",
        "channel": called(task.channel) if task.channel and not for_applicant else same("—"),
        "opinion": "" if kept_back else task.opinion,
        "short": len(task.opinion) <= SHORT and "\n" not in task.opinion,
    }


def _who(task: TaskStanding) -> str:
    """Return the name of who answered, and for whom; nobody did where it came by itself."""
    if task.channel is Channel.AUTOMATIC:
        return "—"
    name = task.officer.rpartition(" <")[0] or task.officer.removeprefix("operator:")
    return f"{name}（代{task.deputy_for.rpartition(' <')[0] or task.deputy_for}）" if task.deputy_for else name


def _result(s: Standing, ending: Ending) -> dict[str, Any]:
    fen: Fen | None = s.award_total if s.levels and ending.state is ApplicationState.AWARDED else None
    return {
        "said": both(s.result("zh"), s.result("en")),
        "capitals": capitals(fen) if fen is not None else "",
        "reason": ending.reason,
    }
