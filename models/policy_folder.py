"""Read a policy from its folder, and check it while it is read: every fault at once, with file and line."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

import policies
from models.hashing import sha256
from models.measure import Measure
from models.policy import Division, Policy, Unit
from models.policy_checks import Complaint, complaints

M = TypeVar("M", bound=BaseModel)

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

#: What the fields of a policy are made of that have files of their own.
ELSEWHERE = ("measures", "units", "divisions", "version", "text")
#: What is wrong and what to do, where pydantic's words leave that open.
_SAID = {
    "missing": "is missing; state it",
    "extra_forbidden": "is not known here; correct its spelling or take it out",
    "too_short": "is empty; state at least one",
    "string_too_short": "is empty; write it",
}

#: A policy's files by their path in the folder.
Files = Mapping[str, bytes]


@dataclass(frozen=True)
class Mistake:
    """One thing that is wrong with a policy's data, where it stands, and what to do."""

    file: str
    line: int | None
    message: str

    def __str__(self) -> str:
        return f"{self.file}{f':{self.line}' if self.line else ''}: {self.message}"


class PolicyFault(Exception):
    """A policy's data contradict themselves or their text; ``faults`` has all that is wrong."""

    def __init__(self, folder: str, faults: list[Mistake]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(f"{folder}/{fault}" for fault in faults))


class _Source:
    """The files of one policy, and the lines on which their values stand."""

    def __init__(self, files: Files) -> None:
        self.files = files
        self.faults: list[Mistake] = []
        self._lines: dict[str, dict[tuple[str | int, ...], int]] = {}

    def yaml(self, file: str) -> dict[str, Any]:
        """Return the mapping in ``file``; an empty one, and a fault, where there is none."""
        text = self.text(file)
        try:
            node = yaml.compose(text, LOADER)
            data = yaml.load(text, LOADER)  # noqa: S506  # a safe loader, in C where there is one
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            why = f"is not valid YAML: {' '.join(str(error).split())}"
            self.faults.append(Mistake(file, mark.line + 1 if mark else None, why))
            return {}
        self._lines[file] = dict(_lines(node)) if node else {}
        self.faults += [Mistake(file, line, f"{key} is written twice; keep one") for key, line in _twins(node)]
        if isinstance(data, dict):
            return data
        if text.strip():
            self.faults.append(Mistake(file, 1, "is no mapping; write names and values, such as `number: 1`"))
        return {}

    def csv(self, file: str) -> list[dict[str, str]]:
        """Return the rows of ``file``."""
        return list(csv.DictReader(io.StringIO(self.text(file))))

    def text(self, file: str) -> str:
        """Return what ``file`` says; nothing, and a fault, where it is missing, empty or not UTF-8."""
        try:
            text = self.files.get(file, b"").decode("utf-8-sig")
        except UnicodeDecodeError:
            self.add(file, (), "is not UTF-8; save it as UTF-8")
            return ""
        if not text.strip():
            self.add(file, (), f"is {'empty' if file in self.files else 'missing'}; every policy has one")
        return text

    def add(self, file: str, path: tuple[str | int, ...], message: str) -> None:
        """Note a fault of the value at ``path`` of ``file``."""
        self.faults.append(Mistake(file, self._line(file, path), message))

    def add_all(self, file: str, error: ValidationError) -> None:
        """Note every fault that pydantic found in ``file``."""
        for one in error.errors():
            where = ".".join(str(part) for part in one["loc"])
            message = f"{one['msg'].removeprefix('Value error, ')} (it is {str(one['input'])[:80]!r})"
            self.add(file, one["loc"], f"{where}: {_SAID.get(one['type'], message)}")

    def _line(self, file: str, path: tuple[str | int, ...]) -> int | None:
        """Return the line of the value at ``path``, or of the nearest thing around it that the file has."""
        lines = self._lines.get(file, {})
        here: tuple[str | int, ...] = ()
        for part in path:
            here = (*here, part) if (*here, part) in lines else here
        return lines.get(here)


def _lines(node: yaml.Node, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], int]]:
    """Yield the line, from 1, of every value below ``node`` by its path; a key's line where it has one."""
    yield path, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            below = (*path, key.value)
            yield from _lines(value, below)
            yield below, key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            yield from _lines(value, (*path, number))


def _twins(node: yaml.Node | None) -> Iterator[tuple[str, int]]:
    """Yield every key that stands twice in one mapping, with its line: YAML would drop the first silently."""
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            if str(key.value) in seen:
                yield str(key.value), key.start_mark.line + 1
            seen.add(str(key.value))
            yield from _twins(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _twins(value)


def files_of(folder: Path) -> dict[str, bytes]:
    """Return the files of the policy in ``folder`` by their path in it."""
    found = sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.startswith("."))
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in found}


def version_of(files: Files) -> str:
    """Return the SHA-256 over all files with their names."""
    return sha256(b"".join(f"{name}\0".encode() + files[name] for name in sorted(files)))


def read_policy(files: Files, name: str = "policy") -> Policy:
    """Read and check a policy.

    Raises:
        PolicyFault: something is missing, unknown or contradictory; with every fault found.

    """
    source = _Source(files)
    text = source.text("text-en.txt")
    whole = source.yaml("policy.yaml")
    measures = {file: _measure(source, file) for file in sorted(files) if file.startswith("measures/")}
    units = _rows(source, "units.csv", Unit)
    divisions = _rows(source, "divisions.csv", Division)
    policy = _policy(source, whole, measures, units, divisions, text) if whole else None
    if policy is not None and text.strip() and units:
        for complaint in complaints(policy):
            source.add(_file(complaint, measures), complaint.path, complaint.message)
    if source.faults or policy is None:
        raise PolicyFault(name, source.faults)
    return policy


def _policy(
    source: _Source,
    whole: dict[str, Any],
    measures: Mapping[str, Measure | None],
    units: list[Unit],
    divisions: list[Division],
    text: str,
) -> Policy | None:
    """Return the policy that the files make; None, and faults, where they make none."""
    for key in (key for key in ELSEWHERE if key in whole):
        source.add("policy.yaml", (key,), f"{key}: has a file of its own; take it out")
    parts = {
        "measures": _numbered(source, measures),
        "units": {unit.key: unit for unit in units},
        "divisions": {division.code: division for division in divisions},
        "version": version_of(source.files),
        "text": text,
    }
    try:
        return Policy.model_validate(whole | parts)
    except ValidationError as error:
        source.add_all("policy.yaml", error)
        return None


def _numbered(source: _Source, measures: Mapping[str, Measure | None]) -> dict[int, Measure]:
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


def _measure(source: _Source, file: str) -> Measure | None:
    data = source.yaml(file)
    if not data:
        return None
    try:
        return Measure.model_validate(data)
    except ValidationError as error:
        source.add_all(file, error)
        return None


def _rows(source: _Source, file: str, model: type[M]) -> list[M]:
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
