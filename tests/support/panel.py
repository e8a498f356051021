"""A city with experts: the sample policy's third measure, whose road has a panel, and the people around it."""

import dataclasses
import datetime as dt
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from approvals.answer import Answer, Decided, NotDecided
from approvals.decide import decide
from approvals.directory import Entry
from approvals.panel import panels, seating
from approvals.panel.experts import import_experts
from approvals.transaction import Transaction
from models.files.experts_file import ExpertEntry
from models.letter import Letter
from models.panel.conflicts import Employment
from models.panel.seats import expert_of
from models.states import Channel, Outcome, TaskState
from models.task import Task
from tests.support.desk import Desk
from tests.support.forms import ANOTHER, SHENLAN, THIRD

FOLDER = Path(__file__).parents[1] / "policies"
FIELDS = {"robots", "safety"}
#: An application under the measure with a panel; its consortium has one more member.
RESEARCH: dict[str, Any] = {
    "measure": 3,
    "option": "research",
    "county": "东区",
    "applicant": {"name": "示例机器人有限公司", "credit_code": SHENLAN, "contact": "王", "email": "w@robots.example"},
    "project": {"title": "机器人手", "summary": ""},
    "facts": {"partners": f"示例联合有限公司 {ANOTHER}"},
    "amounts": {"city": "900,000"},
}
#: A sheet that scores 60, one that scores 40, one that scores all.
FAIR, POOR, BEST = {"novelty": 0, "plan": 30}, {"novelty": 10, "plan": 0}, {"novelty": 10, "plan": 30}


def expert(number: int, *employers: str, ties: tuple[str, ...] = (), **more: Any) -> ExpertEntry:
    """Return the expert with a number; ``employers`` are credit codes, for which the expert still works."""
    said = {
        "key": f"e{number:05}",
        "name": f"专家{number}",
        "email": f"expert{number}@uni.example",
        "fields": "robots",
        "ties": "；".join(ties),
    }
    jobs = tuple(("单位", Employment(code, dt.date(2015, 9, 1), None)) for code in employers or (THIRD,))
    return ExpertEntry.model_validate(said | more).model_copy(update={"employments": jobs})


@dataclasses.dataclass
class PanelDesk(Desk):
    """The desk of the city, with its experts."""

    async def open_city(self, *experts: ExpertEntry) -> None:
        """Import the officers of the city and its experts."""
        self.office = dataclasses.replace(self.office, policies=FOLDER)
        units = {"industry": "industry", "finance": "finance", "@county:990101": "east"}
        await self.import_directory(
            [Entry(unit=unit, name=name, email=f"{name}@city.example") for unit, name in units.items()]
        )
        await self.import_experts(*experts)

    async def import_experts(self, *entries: ExpertEntry) -> int:
        """Import experts; return how many seats that filled."""

        def work(tx: Transaction) -> int:
            import_experts(tx, self.office, list(entries), self.clock.tick())
            return seating.fill(tx, self.office, self.clock())

        return await self.db.write(work)

    async def to_the_panel(self, **changes: Any) -> None:
        """Submit an application and let its district recommend it: the panel is drawn."""
        await self.submit(RESEARCH, **changes)
        await self.answer("@county:990101")

    async def seated(self) -> dict[str, str | None]:
        """Return the expert on each live seat."""

        def query(tx: Transaction) -> dict[str, str | None]:
            rows = tx.exec(
                select(Task.seat, Task.unit)
                .where(Task.application_id == self._id(), Task.state != TaskState.VOID)
                .where(col(Task.seat).startswith("panel:"))
                .order_by(Task.seat)
            )
            return {seat: expert_of(unit) for seat, unit in rows}

        return await self.db.read(query)

    async def link(self, key: str) -> str:
        """Return the token in the newest letter to an expert."""
        return (await self.tokens_of(f"expert:{key}", Channel.LINK))[0]

    async def letters_to(self, key: str) -> list[Letter]:
        """Return the letters to an expert about the application, the newest first."""
        number = int(key.removeprefix("e"))
        return await self.letters(address=f"expert{number}@uni.example", application_id=self._id())

    async def score(self, key: str, points: dict[str, int], opinion: str = "") -> Decided | NotDecided:
        """Hand in the sheet of an expert by the link."""
        said = Answer(Outcome.APPROVE, opinion, points=points)
        token = await self.link(key)
        return await self.db.write(decide, self.office, token, said, Channel.LINK, self.clock.tick())

    async def recuse(self, key: str, reason: str = "与申请单位有合作") -> Decided | NotDecided:
        """Recuse as an expert."""
        said = Answer(Outcome.RECUSE, reason)
        return await self.db.write(decide, self.office, await self.link(key), said, Channel.LINK, self.clock.tick())

    async def score_all(self, *sheets: dict[str, int]) -> list[Decided | NotDecided]:
        """Score every seat, in their order."""
        seated = (await self.seated()).values()
        return [await self.score(key or "", sheet) for key, sheet in zip(seated, sheets, strict=True)]

    async def draw(self, nth: int = 1) -> dict[str, Any]:
        """Return a draw of the application's panel."""
        assert self.app is not None
        return await self.db.read(panels.draw_of, self.app.number, nth)
