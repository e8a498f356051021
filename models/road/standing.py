"""Standing: where one application stands, read once from the tables for whoever shows it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from models.case.facts import Stated
from models.case.overlap import Overlap
from models.money import Fen, money
from models.policy import gives
from models.policy.data import Bilingual
from models.recovery_standing import RecoveryStanding
from models.release_standing import ReleaseStanding
from models.road.progress import Progress
from models.road.route import Route, fixing
from models.road.stage_standing import StageStanding, UnitReports
from models.states import RELEASE_STATES, ApplicationKind, ApplicationState, Level, StageState, TaskState, name


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
    #: Whose money it may be; empty where it gives none.
    levels: tuple[Level, ...]
    #: The words of the policy that allow it.
    words: str
    #: What the rules found (``models.case.judgement.Finding`` as JSON), and what the text leaves open.
    findings: tuple[dict[str, Any], ...]
    notes: tuple[Bilingual, ...]
    #: The largest award that the rules allow, in fen; None where they set no limit.
    largest: Fen | None
    overlaps: tuple[Overlap, ...]
    #: What may still be awarded beside what the overlaps were awarded, in fen; None where they set no limit.
    left: Fen | None
    #: What the policy says where two applications are for the same thing, and how it is read here.
    overlap_words: str
    overlap_note: Bilingual
    #: What the applicant stated for the rules and for reviewers.
    facts: tuple[Stated, ...]
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
    #: How many pieces a batch has, and what they ask for together; None where it is none.
    pieces: tuple[int, Fen] | None
    #: In the order in which they opened.
    stages: tuple[StageStanding, ...]
    kind: ApplicationKind = ApplicationKind.CLAIM
    #: Of a duty: for which period it was opened, by whom, and how far its targets are reached.
    period: str = ""
    opened_by: str = ""
    targets: tuple[Progress, ...] = ()
    #: Of a release: what it pays.
    release: ReleaseStanding | None = None
    #: What of an award was claimed back, and how far it has come back.
    recoveries: tuple[RecoveryStanding, ...] = ()
    #: The positions still to come at which nobody is asked, because the answers given there stand.
    passed_over: frozenset[int] = frozenset()

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
    def own(self) -> Level | None:
        """Return the level whose money the unit that fixes the award gives."""
        last = fixing(self.route)
        return Level(last.own) if last and last.own else None

    @property
    def awarded_elsewhere(self) -> Fen:
        """Return what the overlaps were awarded together, in fen."""
        return Fen(sum(other.awarded or 0 for other in self.overlaps))

    @property
    def asked_total(self) -> Fen:
        """Return the whole sum asked for, in fen."""
        return Fen(sum(self.asked.values()))

    @property
    def award_total(self) -> Fen | None:
        """Return the whole award in fen, if there is one."""
        return None if self.award is None else Fen(sum(self.award.values()))

    def option_name(self, language: str) -> str:
        """Return the name of what is applied for in ``language`` (``zh`` or ``en``)."""
        return self.option_zh if language == "zh" else self.option_en

    def asked_for(self, language: str) -> str:
        """Return what is asked for: ``1,800万元``, ``认定“省级领军人才”``."""
        return gives.asked_for(self.gives, self.option_name(language), money(self.asked_total, language), language)

    def grants(self, language: str) -> str:
        """Return what the last approval does: ``核定 1,800万元``, ``认定“省级领军人才”``."""
        return gives.grants(self.gives, self.option_name(language), money(self.asked_total, language), language)

    def state_name(self, language: str) -> str:
        """Return what people call the state: ``办理中``, ``已认定``."""
        if self.release is not None and self.state in RELEASE_STATES:
            return RELEASE_STATES[self.state][language != "zh"]
        awarded = self.state is ApplicationState.AWARDED
        return gives.given(self.gives, language) if awarded else name(self.state, language)

    def result(self, language: str) -> str:
        """Return the state, with what was given where it was: ``已核定：1,800万元``, ``已认定：省级领军人才``."""
        if self.award_total is None:
            return self.state_name(language)
        what = gives.thing(self.gives, self.option_name(language), money(self.award_total, language), language)
        return f"{self.state_name(language)}{'：' if language == 'zh' else ': '}{what}"
