"""What a reader sees of a dossier: no more than the page of their own link shows. Pure.

An expert scores blind, and sees neither what units answered nor who sits beside; a unit that reports sees its own
report; an objection is seen by those alone who answer it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from approvals.notice.objection_facts import ObjectionView
from models.calendar import office_time
from models.panel.seats import EXPERT_PANEL
from notifications.papers.parts import both, same


@dataclass(frozen=True)
class Reader:
    """Whoever is asked, and what for."""

    #: What the stage does: recommend, report, expert_panel ...
    act: str = ""
    #: The key of the unit for which they are asked.
    unit: str = ""
    #: The id of the objection that they are asked about.
    objection: str = ""

    @classmethod
    def of_letter(cls, facts: Mapping[str, Any]) -> Self:
        """Return the reader of a letter with these ``facts``."""
        objection = facts.get("objection") or {}
        return cls(str(facts.get("act", "")), str(facts.get("unit_key", "")), str(objection.get("id", "")))

    @property
    def shared(self) -> "Reader":
        """The same for all who see the same: co-signers get one dossier, set once."""
        return (
            self
            if self.act == "report"
            else Reader(EXPERT_PANEL if self.act == EXPERT_PANEL else "", "", self.objection)
        )


def seen_by(reader: Reader, facts: dict[str, Any], objection: ObjectionView | None = None) -> dict[str, Any]:
    """Return what ``reader`` sees of the dossier ``facts``; ``objection`` is the one that they are asked about."""
    if reader.act == EXPERT_PANEL:
        seat = both("评审专家", "Experts")
        return facts | {"stages": [], "ahead": [one | {"units": seat} for one in facts["ahead"][:1]]}
    seen = facts | {"sheet": []}
    if reader.act == "report" and reader.unit:
        return seen | {"reports": [one for one in facts["reports"] if one["unit"] == reader.unit]}
    return seen if objection is None else seen | {"objection": _objection(objection)}


def _objection(one: ObjectionView) -> list[dict[str, Any]]:
    """Return the rows that tell of an objection; how to reach whoever objected is on the page alone."""
    rows = [
        (both("异议编号", "Objection"), same(str(one.seq))),
        (both("异议人", "By"), same(one.name)),
        (both("收到时间", "Received"), same(office_time(one.received_at))),
        (both("公示结果", "Against"), both(one.on_view["zh"], one.on_view["en"])),
        (both("内容", "It says"), same(one.text)),
    ]
    if one.files:
        rows.append((both("材料", "Files"), same("\n".join(file.name for file in one.files))))
    return [{"name": name, "value": value} for name, value in rows]
