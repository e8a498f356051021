"""A policy as the code sees it: its window, roads, measures, units and divisions. Read by ``models.policy.folder``."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from models.money import Fen
from models.panel import seats
from models.panel.block import Panel
from models.policy.data import Bilingual, Data
from models.policy.expressions import Expression
from models.policy.instalments import Instalment
from models.policy.late import Late
from models.policy.measure import Key, Measure
from models.policy.notice_rules import check_stage
from models.policy.rules import Rules
from models.road.quorum import StageQuorum
from models.states import Level


def _fen(value: object) -> object:
    """Return the fen of a sum such as ``20,000,000 yuan``."""
    if not isinstance(value, str):
        return value
    sum_ = Expression.parse(value)
    if sum_.names or sum_.money_power({}) != 1:
        raise ValueError("write a sum of money, such as 20,000,000 yuan")
    return int(sum_.value({}))


#: Written ``20,000,000 yuan``, held in fen.
Sum = Annotated[Fen, BeforeValidator(_fen)]


class Window(Data):
    """The days on which an application may be made; both ends are inside."""

    first_day: dt.date
    last_day: dt.date
    words: str

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.last_day < self.first_day:
            raise ValueError("last_day is before first_day")
        return self


class HouseRules(Data):
    """Rules of whoever runs the chain, where the policy's text is silent."""

    one_time_code_above: Sum
    token_days_after_due: int = Field(ge=1)
    late: Late
    #: How long a returned application may be amended.
    amend_days: int = Field(ge=1)
    #: How often the operator is told that a stage is suspended.
    remind_suspended_every_working_days: int = Field(default=5, ge=1)
    #: Above this sum asked for, a second operator must consent to an override.
    override_consent_above: Sum = Fen(0)


class RoadStage(Data):
    """One stage that claims or duties of the policy may travel."""

    act: Literal[
        "recommend", "check", "cosign", "determine", "expert_panel", "public_notice", "report", "accept", "release"
    ]
    asks: Literal["county", "city", "lead", "cosigners", "reporters", "payers", "panel", "nobody"]
    #: The level whose money an approval of this stage pledges; where it fixes the award too, its own.
    share: Level | None = None
    #: True where an approval fixes the award.
    fixes_award: bool = False
    quorum: StageQuorum
    working_days: int = Field(ge=1, le=250)
    #: What happens when it is not answered in time; None: what the house rules say.
    late: Late | None = None
    #: The stage that a return opens again, in the next round; None: a return goes to the applicant.
    returns_to: Key | None = None
    #: Of a stage that asks experts: how they are drawn and what they score.
    panel: Panel | None = None
    name: Bilingual

    @model_validator(mode="after")
    def _a_notice_stands_long_enough(self) -> Self:
        check_stage(self.act, self.asks, self.working_days, decides_money=self.fixes_award or self.share is not None)
        return self


class FigureKind(Data):
    """A number that is not in the text, dated, and maintained by the operator: a market rate, a locality's rate."""

    name: Bilingual
    type: Literal["money", "rate", "number"]
    #: True where each county or city has its own.
    local: bool = False


class RegisterKind(Data):
    """A list of applicants or projects that rules ask about, maintained by the operator and by awards."""

    name: Bilingual
    subject: Literal["applicant", "project"]


class Overlap(Data):
    """What holds where one project comes under two measures or policies."""

    words: str
    note: Bilingual


class GeneralRules(Data):
    """Rules that hold under every measure, and the measure that they come from."""

    measure: int
    words: str
    rules: Rules
    #: The measures themselves that they do not bind.
    but_not: tuple[int, ...] = ()


class Unit(Data):
    """A responsible unit; ``@city`` and ``@county`` stand for the governments of the applicant's place."""

    key: str
    name: Bilingual
    level: Level


class Division(Data):
    """A place with its GB/T 2260 code."""

    code: str = Field(pattern=r"^\d{6}$")
    name: Bilingual
    level: Level
    parent: str


class Place(Data):
    """Where an applicant is: a county-level division and its city."""

    county: Division
    city: Division

    def name(self, language: str) -> str:
        """Return city and county as one name."""
        if language == "zh":
            return self.city.name.zh + self.county.name.zh
        return f"{self.county.name.en}, {self.city.name.en}"


class Policy(Data):
    """A policy whole: what it is, its roads, its measures, units and divisions."""

    key: str
    prefix: str
    #: The first day on which new applications are judged by this version of the data.
    in_force_from: dt.date
    title: Bilingual
    issuer: Bilingual
    #: True for a policy that nobody issued, made up for a demonstration or a test.
    sample: bool = False
    window: Window
    house_rules: HouseRules
    overlap: Overlap
    general: tuple[GeneralRules, ...] = ()
    figures: dict[Key, FigureKind] = Field(default={})
    registers: dict[Key, RegisterKind] = Field(default={})
    #: Units that answer for a level's money: the first that a measure lists (models.policy.payers).
    payers: dict[Level, tuple[str, ...]] = Field(default={})
    #: The parts in which awards are paid, where their option says nothing; none: all at once (models.release).
    instalments: tuple[Instalment, ...] = ()
    #: What experts are experts of, by key.
    expert_fields: dict[Key, Bilingual] = Field(default={})
    stages: dict[Key, RoadStage] = Field(min_length=1)
    #: The roads by name, each a list of stages.
    roads: dict[Key, tuple[Key, ...]] = Field(min_length=1)
    #: The road of measures whose lead is a unit of the policy's own level, and of those led by a local government.
    default_road: Key
    local_road: Key | None = None
    #: The road of duties; None where the policy has none.
    duty_road: Key | None = None
    #: The road of releases; None: what is awarded is paid elsewhere.
    release_road: Key | None = None
    measures: dict[int, Measure]
    units: dict[str, Unit]
    divisions: dict[str, Division]
    #: SHA-256 over all files of the folder: which version of the data decided.
    version: str
    #: The files themselves, by their path in the folder.
    files: dict[str, str]

    @property
    def text(self) -> str:
        """Return the policy's text: the authority that every rule is held against."""
        return self.files["text-en.txt"]

    def road_of(self, measure: Measure) -> Mapping[str, RoadStage]:
        """Return the stages of the road that claims under ``measure`` travel, by key, in their order."""
        local = self.local_road if measure.lead.startswith("@") else None
        return {key: self.stages[key] for key in self.roads[measure.road or local or self.default_road]}

    @property
    def duty_stages(self) -> Mapping[str, RoadStage]:
        """Return the stages of the road that duties travel, by key, in their order."""
        return {key: self.stages[key] for key in self.roads[self.duty_road]} if self.duty_road else {}

    def place(self, county: str) -> Place:
        """Return the place of a county given by code or by Chinese or English name.

        Raises:
            KeyError: there is no such county, or a name that two counties share.

        """
        if known := self._places.get(county.strip()):
            return known
        raise KeyError(county)

    @cached_property
    def _places(self) -> dict[str, Place]:
        """Every county's place by code, and by each name that no other county has."""
        counties = [d for d in self.divisions.values() if d.level is Level.COUNTY]
        called = Counter(name for d in counties for name in {d.code, d.name.zh, d.name.en})
        return {
            name: Place(county=d, city=self.divisions[d.parent])
            for d in counties
            for name in (d.code, d.name.zh, d.name.en)
            if called[name] == 1
        }

    def unit_name(self, unit: str) -> Bilingual:
        """Return the name of a unit key such as ``kjt``, ``@county:330110``, ``panel:3``."""
        if seats.on_panel(unit):
            return seats.name(unit)
        key, _, code = unit.partition(":")
        if not code:
            return self.units[key].name
        place = self.divisions[code].name
        return Bilingual(zh=f"{place.zh}人民政府", en=f"{place.en} Government")


def asked_by(stage: RoadStage, measure: Measure) -> tuple[str, ...]:
    """Return the keys of the units of ``measure`` that ``stage`` asks, in the order of the text."""
    match stage.asks:
        case "county" | "city":
            return tuple(key for key in measure.units if key == f"@{stage.asks}")
        case "lead":
            return (measure.lead,)
        case "cosigners":
            return tuple(key for key in measure.units[1:] if not key.startswith("@"))
        case "reporters" | "payers" | "nobody":  # only duties and releases have them
            return ()
        case "panel":
            return seats.seats(stage.panel.seats) if stage.panel else ()
