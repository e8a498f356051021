"""What stands on the dossier of a duty: what units are told to do, how far it is, what they reported. Pure."""

from typing import Any

from models.calendar import office_time
from models.paper import Ending
from models.road.progress import Progress
from models.road.stage_standing import ReportStanding, UnitReports
from models.road.standing import Standing
from models.states import IN_PROGRESS, Outcome, answer_names
from notifications.papers.decision_sheet import course
from notifications.papers.parts import Both, both, heading, measure, named, same


def duty_dossier(s: Standing, ending: Ending) -> dict[str, Any]:
    """Return the parts of the sheet, as JSON; the lead's earlier answers are its course."""
    lead = named(s.unit_names[s.route[-1].units[0]])
    facts = heading(s, ending, both("卷宗", "Dossier"), lead)
    return facts | {
        "fingerprint": facts["fingerprint"] | {"content": s.content_hash},
        "heads": {"case": both("任务", "Duty")},
        "copy": False,
        "case": [{"name": name, "value": value} for name, value in _case(s, lead)],
        "targets": [_target(one) for one in s.targets],
        "reports": [_unit(s, one) for one in s.reports],
        "sums": [],
        "findings": [],
        "limit": None,
        "overlaps": [],
        "stages": [course(s, ending, stage) for stage in s.stages if stage.act == "accept" and stage.outcome],
    }


def _case(s: Standing, lead: Both) -> list[tuple[Both, Both]]:
    return [
        (both("任务", "Duty"), both(s.option_zh, s.option_en)),
        (both("时间", "Period"), same(s.period)),
        (both("依据", "Under"), measure(s)),
        (both("政策原文", "The policy's words"), same(s.words)),
        (both("牵头单位", "Lead"), lead),
        (both("开展时间", "Opened"), same(office_time(s.submitted_at))),
        (both("轮次", "Round"), same(str(s.round))),
    ]


def _target(one: Progress) -> dict[str, Any]:
    wanted = both(f"{one.target.number:,} {one.target.unit.zh}", f"{one.target.number:,} {one.target.unit.en}")
    by = str(one.last_day) if one.target.by or one.target.each else "—"
    return {"name": named(one.target.name), "wanted": wanted, "reached": f"{one.reached:,}（{one.percent}%）", "by": by}


def _unit(s: Standing, one: UnitReports) -> dict[str, Any]:
    """Return what one unit reported last; ``unit`` is its key."""
    row = {"unit": one.unit, "name": named(one.name), "state": both("未报告", "No report"), "when": "—", "text": ""}
    if one.last is None:
        return row | {"figures": []}
    state = both(*(answer_names("report", Outcome.APPROVE) if one.last.done else IN_PROGRESS))
    return row | {
        "state": state,
        "when": office_time(one.last.at),
        "text": one.last.text,
        "figures": _figures(s, one.last),
    }


def _figures(s: Standing, report: ReportStanding) -> list[Both]:
    """Return the figures that a report states, each with its target."""
    said = [(one.target, report.figures[one.target.key]) for one in s.targets if one.target.key in report.figures]
    return [
        both(f"{target.name.zh}：{n:,} {target.unit.zh}", f"{target.name.en}: {n:,} {target.unit.en}")
        for target, n in said
    ]
