"""Standing: where one application stands, read once from the tables for whoever shows it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from models.data import Bilingual
from models.money import Fen
from models.route import Route
from models.states import ApplicationState, Channel, Level, Outcome, StageState, TaskState


@dataclass(frozen=True)
class TaskStanding:
    """One unit asked, and its answer if there is one."""

    id: str
    unit: str
    unit_zh: str
    unit_en: str
    state: TaskState
    outcome: Outcome | None = None
    opinion: str = ""
    officer: str = ""
    channel: Channel | None = None
    decided_at: dt.datetime | None = None
    #: The unit above that answered, or is asked, in its place; empty where it does so itself.
    instead: str = ""
    instead_zh: str = ""
    instead_en: str = ""
    #: The address of the officer who answered.
    address: str = ""

    @property
    def named_zh(self) -> str:
        """The unit in Chinese, with who stands in for it."""
        return f"{self.unit_zh}（由{self.instead_zh}代）" if self.instead else self.unit_zh

    @property
    def named_en(self) -> str:
        """The unit in English, with who stands in for it."""
        return f"{self.unit_en} ({self.instead_en} in its place)" if self.instead else self.unit_en


@dataclass(frozen=True)
class StageStanding:
    """One stage that was opened, in whichever round."""

    id: str
    round: int
    position: int
    key: str
    name_zh: str
    name_en: str
    state: StageState
    outcome: Outcome | None
    opened_at: dt.datetime
    due_at: dt.datetime
    due_provisional: bool
    closed_at: dt.datetime | None
    tasks: tuple[TaskStanding, ...]

    @property
    def shared(self) -> dict[str, list[TaskStanding]]:
        """The addresses that answered for several units of the stage, with those units' tasks."""
        by: dict[str, list[TaskStanding]] = {}
        for task in self.tasks:
            if task.address:
                by.setdefault(task.address, []).append(task)
        return {address: tasks for address, tasks in by.items() if len(tasks) > 1}


@dataclass(frozen=True)
class Overlap:
    """Another application of the same applicant for the same project or cost basis."""

    number: str
    measure: int
    title: str
    state: ApplicationState
    #: What it asks for and what it was awarded, in fen; None while nothing is awarded.
    asked: Fen
    awarded: Fen | None


@dataclass(frozen=True)
class Standing:
    """One application whole; amounts in fen."""

    id: str
    number: str
    policy: str
    policy_title_zh: str
    policy_title_en: str
    measure: int
    measure_title_zh: str
    measure_title_en: str
    option_zh: str
    option_en: str
    #: What it gives: money, a voucher, a recognition, a listing, a clearance.
    gives: str
    #: The words of the policy that allow it.
    words: str
    #: What the rules found (``models.judgement.Finding`` as JSON), and what the text leaves open.
    findings: tuple[dict[str, Any], ...]
    notes: tuple[Bilingual, ...]
    #: The largest award that the rules allow, in fen; None where they set no limit.
    largest: Fen | None
    overlaps: tuple[Overlap, ...]
    state: ApplicationState
    round: int
    position: int | None
    route: Route
    applicant: str
    credit_code: str
    title: str
    summary: str
    cost_basis: str
    city_zh: str
    city_en: str
    county_zh: str
    county_en: str
    content_hash: str
    asked: dict[Level, Fen]
    pledges: dict[Level, Fen]
    award: dict[Level, Fen] | None
    version: int
    shown_version: int
    run_id: str | None
    submitted_at: dt.datetime
    ended_at: dt.datetime | None
    #: The name of every unit of the route, by its key.
    unit_names: dict[str, Bilingual]
    #: In the order in which they opened.
    stages: tuple[StageStanding, ...]

    @property
    def open_stage(self) -> StageStanding | None:
        """Return the stage that waits for answers, if one does."""
        return next((s for s in self.stages if s.state is StageState.OPEN), None)

    @property
    def asked_total(self) -> Fen:
        """Return the whole sum asked for, in fen."""
        return Fen(sum(self.asked.values()))

    @property
    def award_total(self) -> Fen | None:
        """Return the whole award in fen, if there is one."""
        return None if self.award is None else Fen(sum(self.award.values()))
