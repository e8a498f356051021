"""A policy as the code sees it, read from its folder under ``policies/`` and checked while it is read.

Source of every figure: the policy's text, quoted in each ``words`` and looked up in the text here.
"""

import csv
import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

import policies
from models.hashing import sha256
from models.money import Fen, fen_from_yuan
from models.states import Level

#: Yuan in the data, fen in the code.
YuanAsFen = Annotated[Fen, BeforeValidator(fen_from_yuan)]


class PolicyFault(Exception):
    """A policy's data contradict themselves or their text; the message names file and mend."""


class Data(BaseModel):
    """Immutable, and nothing unknown in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Bilingual(Data):
    """A name in Chinese and in English."""

    zh: str
    en: str

    def get(self, language: str) -> str:
        """Return the name in ``language`` (``zh`` or ``en``)."""
        return self.zh if language == "zh" else self.en


class Window(Data):
    """The days on which an application may be made; both ends are inside."""

    first_day: dt.date
    last_day: dt.date
    words: str

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.last_day < self.first_day:
            raise ValueError("window: last_day is before first_day")
        return self


class HouseRules(Data):
    """Rules of whoever runs the chain, where the policy's text is silent."""

    one_time_code_above_yuan: YuanAsFen
    token_days_after_due: int = Field(ge=1)
    remind_every_working_days: int = Field(ge=1)
    #: How long a returned application may be amended.
    amend_days: int = Field(ge=1)


class RoadStage(Data):
    """One stage of the road that every claim of the policy may travel."""

    key: str = Field(pattern=r"^[a-z_]+$")
    act: Literal["recommend", "check", "cosign", "determine", "expert_panel", "public_notice"]
    asks: Literal["county", "city", "lead", "cosigners"]
    #: The level whose money an approval of this stage pledges.
    share: Level | None = None
    #: True where an approval fixes the award.
    fixes_award: bool = False
    quorum: Literal["all"]
    working_days: int = Field(ge=1, le=250)
    if_late: Literal["remind"]
    name: Bilingual


class Option(Data):
    """One thing that a measure offers, with its largest sum and the words that set it."""

    name: Bilingual
    #: Whose money it may be.
    levels: tuple[Level, ...] = Field(min_length=1)
    at_most_yuan: YuanAsFen
    words: str


class Measure(Data):
    """One numbered measure of the policy."""

    number: int = Field(ge=1)
    kind: Literal["claim"]
    title: Bilingual
    #: Keys of the responsible units in the order of the text; the first is the lead.
    units: tuple[str, ...] = Field(min_length=1)
    options: dict[str, Option] = Field(min_length=1)

    @property
    def lead(self) -> str:
        """The key of the leading unit: the first that the text lists."""
        return self.units[0]


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
    """A policy whole: what it is, its road, its measures, units and divisions."""

    key: str
    prefix: str
    title: Bilingual
    issuer: Bilingual
    window: Window
    house_rules: HouseRules
    road: tuple[RoadStage, ...] = Field(min_length=1)
    measures: dict[int, Measure]
    units: dict[str, Unit]
    divisions: dict[str, Division]
    #: SHA-256 over all files of the folder: which version of the data decided.
    version: str
    text: str

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
        """Return the name of a unit key such as ``kjt``, ``@county:330110``."""
        key, _, code = unit.partition(":")
        if not code:
            return self.units[key].name
        place = self.divisions[code].name
        return Bilingual(zh=f"{place.zh}人民政府", en=f"{place.en} Government")

    @model_validator(mode="after")
    def _agrees_with_its_text(self) -> Self:
        faults = list(_faults(self))
        if faults:
            raise ValueError("; ".join(faults))
        return self


def asked_by(stage: RoadStage, measure: Measure, units: Mapping[str, Unit]) -> tuple[str, ...]:
    """Return the keys of the units of ``measure`` that ``stage`` asks, in the order of the text."""
    match stage.asks:
        case "county" | "city":
            return tuple(key for key in measure.units if key == f"@{stage.asks}")
        case "lead":
            return () if measure.lead.startswith("@") else (measure.lead,)
        case "cosigners":
            return tuple(key for key in measure.units[1:] if units[key].level is Level.PROVINCE)


def _road_faults(policy: Policy, measure: Measure) -> Iterator[str]:
    """Yield why a claim under ``measure`` could not travel the road to an award."""
    stages = [stage for stage in policy.road if asked_by(stage, measure, policy.units)]
    if not stages or [stage.fixes_award for stage in stages] != [False] * (len(stages) - 1) + [True]:
        yield "its route must end with the one stage that fixes the award"
    asked = {key for stage in stages for key in asked_by(stage, measure, policy.units)}
    yield from (f"no stage of the road asks its unit {key!r}" for key in measure.units if key not in asked)
    pledging = {stage.share for stage in stages} | {Level.PROVINCE}
    for name, option in measure.options.items():
        yield from (
            f"option {name!r}: no stage pledges the share of the {level.value}"
            for level in option.levels
            if level not in pledging
        )


def _faults(policy: Policy) -> list[str]:
    """Return every contradiction, each with the file that holds it."""
    flat = " ".join(policy.text.split())
    quotes = [("policy.yaml", policy.window.words)]
    faults = []
    for measure in policy.measures.values():
        file = f"measures/{measure.number}.yaml"
        quotes += [(file, option.words) for option in measure.options.values()]
        faults += [f"{file}: unit {u!r} is not in units.csv" for u in measure.units if u not in policy.units]
    faults += [
        f"{file}: these words are not in the text: {words!r}"
        for file, words in quotes
        if " ".join(words.split()) not in flat
    ]
    if faults:
        return faults
    return [
        f"measures/{measure.number}.yaml: {fault}"
        for measure in policy.measures.values()
        for fault in _road_faults(policy, measure)
    ]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _named(row: dict[str, str]) -> dict[str, Any]:
    rest = {k: v for k, v in row.items() if not k.startswith("name_")}
    return rest | {"name": {"zh": row["name_zh"], "en": row["name_en"]}}


def read_policy(folder: Path) -> Policy:
    """Read and check the policy in ``folder``.

    Raises:
        PolicyFault: with every fault found, when something is missing, unknown or contradictory.

    """
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    version = sha256(b"".join(f"{p.relative_to(folder)}\0".encode() + p.read_bytes() for p in files))
    try:
        measures = [yaml.safe_load(p.read_text("utf-8")) for p in sorted((folder / "measures").glob("*.yaml"))]
        return Policy(
            **yaml.safe_load((folder / "policy.yaml").read_text("utf-8")),
            measures={m["number"]: m for m in measures},
            units={r["key"]: _named(r) for r in _rows(folder / "units.csv")},
            divisions={r["code"]: _named(r) for r in _rows(folder / "divisions.csv")},
            text=(folder / "text-en.txt").read_text("utf-8"),
            version=version,
        )
    except (OSError, ValueError, KeyError, TypeError, yaml.YAMLError) as error:
        raise PolicyFault(f"{folder}: {error}") from error


@cache
def load_policy(key: str = "zhejiang-ai-2025") -> Policy:
    """Return the policy ``key`` from ``policies/``, read once in a process."""
    return read_policy(policies.ROOT / key)
