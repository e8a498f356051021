"""Standing: where one application stands, read once from the tables for whoever shows it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from models.data import Bilingual
from models.money import Fen
from models.progress import Progress
from models.route import Route
from models.states import ApplicationKind, ApplicationState, Channel, Level, Outcome, StageState, TaskState


@dataclass(frozen=True)
class ReportStanding:
    """One report of a unit on its part of a duty."""

    at: dt.datetime
    round: int
    done: bool
    text: str
    #: By the key of the target.
    figures: dict[str, int]
    officer: str
    channel: Channel


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
    #: What the unit of a duty reported in this stage, the oldest first.
    reports: tuple[ReportStanding, ...] = ()


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
    #: What the stage does: recommend, check, ... report, accept.
    act: str = ""


@dataclass(frozen=True)
class UnitReports:
    """What one unit of a duty reported, in all rounds."""

    unit: str
    name: Bilingual
    reports: tuple[ReportStanding, ...]
    #: True while it is asked and has not said that it is done.
    waited_for: bool

    @property
    def last(self) -> ReportStanding | None:
        """Return its newest report: the one that stands."""
        return self.reports[-1] if self.reports else None


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
    kind: ApplicationKind = ApplicationKind.CLAIM
    #: Of a duty: for which period it was opened, by whom, and how far its targets are reached.
    period: str = ""
    opened_by: str = ""
    targets: tuple[Progress, ...] = ()

    @property
    def is_duty(self) -> bool:
        """Return True where units report and a lead accepts."""
        return self.kind is ApplicationKind.DUTY

    @property
    def reports(self) -> tuple[UnitReports, ...]:
        """Return what each unit of a duty reported, in the order of the text."""
        return tuple(self._reports_of(unit) for unit in self.route[0].units) if self.is_duty else ()

    def _reports_of(self, unit: str) -> UnitReports:
        tasks = [task for stage in self.stages if stage.act == "report" for task in stage.tasks if task.unit == unit]
        made = tuple(report for task in tasks for report in task.reports)
        return UnitReports(unit, self.unit_names[unit], made, any(task.state is TaskState.OPEN for task in tasks))

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
