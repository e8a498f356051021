"""An application for machines: where it stands, what it asks for, what it is judged by."""

from typing import Any

from models.panel.score import shown
from models.panel.standing import PanelStanding
from models.road.stage_standing import StageStanding
from models.road.standing import Standing
from models.states import Channel


def to_json(s: Standing) -> dict[str, Any]:
    """Return what machines read of one application; amounts in fen, times ISO 8601 UTC."""
    return {
        "number": s.number,
        "kind": s.kind.value,
        "state": s.state.value,
        "round": s.round,
        "measure": s.measure,
        "applicant": s.applicant,
        "credit_code": s.credit_code,
        "title": s.title,
        **_judgement(s),
        "place": None if s.is_duty else {"zh": s.city_zh + s.county_zh, "en": f"{s.county_en}, {s.city_en}"},
        "asked_fen": {level.value: fen for level, fen in s.asked.items()},
        "pledged_fen": {level.value: fen for level, fen in s.pledges.items()},
        "awarded_fen": {level.value: fen for level, fen in s.award.items()} if s.award else None,
        "release": s.release.as_json() if s.release else None,
        "recoveries": [one.as_json() for one in s.recoveries],
        "content_hash": s.content_hash,
        "submitted_at": s.submitted_at.isoformat(),
        "ended_at": s.ended_at.isoformat() if s.ended_at else None,
        "prefect_run": s.run_id,
        "stages": [
            {
                "round": stage.round,
                "position": stage.position,
                "key": stage.key,
                "state": stage.state.value,
                "outcome": stage.outcome.value if stage.outcome else None,
                "opened_at": stage.opened_at.isoformat(),
                "due_at": stage.due_at.isoformat(),
                "due_provisional": stage.due_provisional,
                "closed_at": stage.closed_at.isoformat() if stage.closed_at else None,
                **_panel(stage.panel),
                **_moves(stage),
                "tasks": [
                    {
                        "unit": task.unit,
                        "unit_zh": task.unit_zh,
                        "unit_en": task.unit_en,
                        "instead": task.instead or None,
                        "state": task.state.value,
                        "kind": task.kind.value,
                        "ended_as": task.ended_as.value if task.ended_as else None,
                        "counts": task.counts,
                        "outcome": task.outcome.value if task.outcome else None,
                        "opinion": task.opinion,
                        "returns_to": task.returns_to or None,
                        "straight_back": task.straight_back,
                        "officer": task.officer,
                        "channel": task.channel.value if task.channel else None,
                        "deputy_for": task.deputy_for or None,
                        "override": task.channel is Channel.OPERATOR,
                        "decided_at": task.decided_at.isoformat() if task.decided_at else None,
                        "undelivered_at": task.undelivered_at.isoformat() if task.undelivered_at else None,
                    }
                    for task in stage.tasks
                ],
            }
            for stage in s.stages
        ],
    }


def _panel(panel: PanelStanding | None) -> dict[str, Any]:
    """Return what a panel of experts came to; blind until it has closed."""
    if panel is None:
        return {}
    known: dict[str, Any] = {"seats": panel.seats, "scored": panel.scored, "vacant": panel.vacant, "seed": panel.seed}
    if panel.result is not None:
        known |= {
            "mean": shown(panel.result.trimmed),
            "mean_exact": str(panel.result.trimmed),
            "threshold": shown(panel.result.threshold),
            "passed": panel.result.passed,
            "scores": [{"seat": one.seat, "score": one.shown, "points": dict(one.points)} for one in panel.scores],
        }
    return {"panel": known}


def _judgement(s: Standing) -> dict[str, Any]:
    """Return what it is judged by; amounts in fen."""
    return {
        "gives": s.gives,
        "option": {"zh": s.option_zh, "en": s.option_en},
        "facts": {fact.key: {"name": fact.name.model_dump(), "value": fact.value.model_dump()} for fact in s.facts},
        "cost_basis": s.cost_basis,
        "pieces": {"count": s.pieces[0], "total_fen": s.pieces[1]} if s.pieces else None,
        "largest_fen": s.largest,
        "findings": [{key: finding[key] for key in ("measure", "rule", "result", "holds")} for finding in s.findings],
        "overlaps": [
            {
                "number": one.number,
                "measure": one.measure,
                "title": one.title,
                "state": one.state.value,
                "asked_fen": one.asked,
                "awarded_fen": one.awarded,
            }
            for one in s.overlaps
        ],
        "left_fen": s.left,
    }


def _moves(stage: StageStanding) -> dict[str, Any]:
    """Return what happened in the stage besides the answers."""
    made = [
        {
            "kind": move.kind.value,
            "at": move.at.isoformat(),
            "by": move.by,
            "unit": move.unit.model_dump(),
            "to": move.to.model_dump(),
            "reason": move.reason,
        }
        for move in stage.moves
    ]
    return {"suspended_at": stage.suspended_at.isoformat() if stage.suspended_at else None, "moves": made}
