"""Read a policy from its folder, and check it while it is read: every fault at once, with file and line."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

import policies
from models.hashing import sha256
from models.policy.checks import Complaint, complaints
from models.policy.measure import Measure
from models.policy.policy import Division, Policy, Unit
from models.policy.source import Files, Mistake, PolicyFault, Source, files_of

M = TypeVar("M", bound=BaseModel)

#: What the fields of a policy are made of that have files of their own.
ELSEWHERE = ("measures", "units", "divisions", "version", "files")


def version_of(files: Files) -> str:
    """Return the SHA-256 over all files with their names."""
    return sha256(b"".join(f"{name}\0{files[name]}".encode() for name in sorted(files)))


def read_policy(files: Files, name: str = "policy") -> Policy:
    """Read and check a policy.

    Raises:
        PolicyFault: something is missing, unknown or contradictory; with every fault found.

    """
    source = Source(files)
    text = source.text("text-en.txt")
    whole = source.yaml("policy.yaml")
    measures = {file: _measure(source, file) for file in sorted(files) if file.startswith("measures/")}
    units = _rows(source, "units.csv", Unit)
    divisions = _rows(source, "divisions.csv", Division)
    policy = _policy(source, whole, measures, units, divisions) if whole else None
    if policy is not None and text.strip() and units:
        for complaint in complaints(policy):
            source.add(_file(complaint, measures), complaint.path, complaint.message)
    if source.faults or policy is None:
        raise PolicyFault(name, source.faults)
    return policy


def _policy(
    source: Source,
    whole: dict[str, Any],
    measures: Mapping[str, Measure | None],
    units: list[Unit],
    divisions: list[Division],
) -> Policy | None:
    """Return the policy that the files make; None, and faults, where they make none."""
    for key in (key for key in ELSEWHERE if key in whole):
        source.add("policy.yaml", (key,), f"{key}: has a file of its own; take it out")
    parts = {
        "measures": _numbered(source, measures),
        "units": {unit.key: unit for unit in units},
        "divisions": {division.code: division for division in divisions},
        "version": version_of(source.files),
        "files": dict(source.files),
    }
    try:
        return Policy.model_validate(whole | parts)
    except ValidationError as error:
        source.add_all("policy.yaml", error)
        return None


def _numbered(source: Source, measures: Mapping[str, Measure | None]) -> dict[int, Measure]:
    """Return the measures by number, in their order, with a fault for a number that two files state."""
    numbered: dict[int, tuple[str, Measure]] = {}
    for file, measure in measures.items():
        if measure is None:
            continue
        if measure.number in numbered:
            first = numbered[measure.number][0]
            source.add(file, ("number",), f"{first} is measure {measure.number} already; correct one of them")
        else:
            numbered[measure.number] = (file, measure)
    return {number: numbered[number][1] for number in sorted(numbered)}


def _file(complaint: Complaint, measures: Mapping[str, Measure | None]) -> str:
    """Return the file in which what a complaint is about stands."""
    return next((f for f, m in measures.items() if m and m.number == complaint.measure), "policy.yaml")


def _measure(source: Source, file: str) -> Measure | None:
    data = source.yaml(file)
    if not data:
        return None
    try:
        return Measure.model_validate(data)
    except ValidationError as error:
        source.add_all(file, error)
        return None


def _rows(source: Source, file: str, model: type[M]) -> list[M]:
    """Return the rows of a CSV file with name_zh and name_en as ``model``."""
    rows = []
    for line, row in enumerate(source.csv(file), start=2):
        rest = {key: value for key, value in row.items() if key and not key.startswith("name_")}
        try:
            rows.append(model.model_validate(rest | {"name": {"zh": row.get("name_zh"), "en": row.get("name_en")}}))
        except ValidationError as error:
            for one in error.errors():
                where = ".".join(str(part) for part in one["loc"])
                source.faults.append(Mistake(file, line, f"{where}: {one['msg']}"))
    return rows


@cache
def editions(root: Path = policies.ROOT) -> dict[str, tuple[Policy, ...]]:
    """Return every policy under ``root`` by its key, its versions in the order in which they came into force."""
    found: dict[str, list[Policy]] = {}
    for folder in sorted(p for p in root.iterdir() if (p / "policy.yaml").is_file()):
        policy = read_policy(files_of(folder), folder.name)
        found.setdefault(policy.key, []).append(policy)
    return {key: tuple(sorted(of_key, key=lambda p: p.in_force_from)) for key, of_key in found.items()}
