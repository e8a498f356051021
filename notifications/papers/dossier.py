"""The dossier 卷宗: the application, what the rules found, and the road so far, for whoever is asked. Pure."""

from typing import Any

from approvals.dossiers import Basis
from models.calendar import office_time
from models.money import money_en, money_zh
from models.standing import Standing
from notifications.papers.decision_sheet import decision_sheet
from notifications.papers.parts import both, same


def dossier(basis: Basis) -> dict[str, Any]:
    """Return what stands on it, as JSON: the parts of the decision sheet, without a result, and what is to come."""
    s = basis.standing
    facts = decision_sheet(s, basis.until)
    return facts | {
        "title": both("卷宗", "Dossier"),
        "unit": same(s.applicant),
        "until": office_time(basis.until.at),
        "open": True,
        "limit": _limit(s),
        "overlaps": [
            both(f"{one.number} · {one.title}：{one.said('zh')}", f"{one.number} · {one.title}: {one.said('en')}")
            for one in s.overlaps
        ],
        "notes": [both(note.zh, note.en) for note in s.notes],
        "ahead": _ahead(s),
        "sample": basis.sample,
    }


def _limit(s: Standing) -> dict[str, str] | None:
    if not s.levels:
        return None
    zh, en = "原文未定上限", "the text sets no limit"
    if s.largest is not None:
        zh, en = money_zh(s.largest), money_en(s.largest)
    return both(f"规则上限：{zh}", f"By the rules at most: {en}")


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
