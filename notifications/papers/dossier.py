"""The dossier 卷宗: what is asked for, what the rules found, and the road so far, for whoever is asked. Pure.

It is kept whole; what each reader sees of it is in `notifications.papers.reader`.
"""

from typing import Any

from approvals.dossiers import Basis
from models.calendar import office_time
from models.money import money_en, money_zh
from models.panel.block import Panel
from models.road.standing import Standing
from notifications.papers.decision_sheet import decision_sheet
from notifications.papers.duty_dossier import duty_dossier
from notifications.papers.parts import both, named, same
from notifications.papers.release_dossier import of_release


def dossier(basis: Basis) -> dict[str, Any]:
    """Return what stands on it, as JSON: the parts of the decision sheet, without a result, and what is to come."""
    s = basis.standing
    facts = duty_dossier(s, basis.until) if s.is_duty else _of_money(s, basis)
    return facts | {
        "title": both("卷宗", "Dossier"),
        "until": office_time(basis.until.at),
        "open": True,
        "notes": [both(note.zh, note.en) for note in s.notes],
        "ahead": _ahead(s),
        "sample": basis.sample,
    }


def _of_money(s: Standing, basis: Basis) -> dict[str, Any]:
    """Return that of a claim, or of a release, which pays what a claim was awarded."""
    facts = decision_sheet(s, basis.until) | {"unit": same(s.applicant), "sheet": _sheet(s)}
    if s.release is not None:
        return facts | of_release(s, s.release)
    overlaps = [
        both(f"{one.number} · {one.title}：{one.said('zh')}", f"{one.number} · {one.title}: {one.said('en')}")
        for one in s.overlaps
    ]
    return facts | {"limit": _limit(s), "overlaps": overlaps}


def _limit(s: Standing) -> dict[str, str] | None:
    if not s.levels:
        return None
    zh, en = "原文未定上限", "the text sets no limit"
    if s.largest is not None:
        zh, en = money_zh(s.largest), money_en(s.largest)
    return both(f"规则上限：{zh}", f"By the rules at most: {en}")


def _sheet(s: Standing) -> list[dict[str, Any]]:
    """Return what the experts of the open stage score; nothing where it has none."""
    stage = s.open_stage
    panel: Panel | None = stage.panel.panel if stage and stage.panel else None
    lines = panel.sheet if panel else ()
    return [{"name": named(line.name), "weight": line.percent, "most": str(line.max)} for line in lines]


def _ahead(s: Standing) -> list[dict[str, Any]]:
    """Return the stage that is open and those after it: name, units, until when."""
    stage = s.open_stage
    if stage is None:
        return []
    rows = []
    for planned in s.route[stage.position :]:
        units = [s.unit_names[unit] for unit in planned.units if unit in s.unit_names]
        rows.append(
            {
                "name": both(f"{planned.position + 1} {planned.name_zh}", f"{planned.position + 1} {planned.name_en}"),
                "units": both("、".join(u.zh for u in units), ", ".join(u.en for u in units)),
                "due": office_time(stage.due_at) if planned.position == stage.position else "—",
            }
        )
    return rows
