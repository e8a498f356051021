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

#: The text of a policy's files, by their path in its folder.
Files = Mapping[str, str]


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
        try:
            text = self.files[file]
            node = yaml.compose(text, LOADER)
            self._lines[file] = dict(_lines(node)) if node else {}
            data = yaml.load(text, LOADER)  # noqa: S506  # a safe loader, in C where there is one
        except KeyError:
            return self._empty(file, None, "is missing; every policy has one")
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            return self._empty(
                file, mark.line + 1 if mark else None, f"is not valid YAML: {' '.join(str(error).split())}"
            )
        if not isinstance(data, dict):
            return self._empty(file, 1, "is no mapping of names to values")
        return data

    def csv(self, file: str) -> list[dict[str, str]]:
        """Return the rows of ``file``."""
        if file not in self.files:
            self.add(file, (), "is missing; every policy has one")
            return []
        return list(csv.DictReader(io.StringIO(self.files[file].removeprefix("\ufeff"))))

    def _empty(self, file: str, line: int | None, message: str) -> dict[str, Any]:
        self.faults.append(Mistake(file, line, message))
        return {}

    def add(self, file: str, path: tuple[str | int, ...], message: str) -> None:
        """Note a fault of the value at ``path`` of ``file``."""
        self.faults.append(Mistake(file, self._line(file, path), message))

    def add_all(self, file: str, error: ValidationError) -> None:
        """Note every fault that pydantic found in ``file``."""
        for one in error.errors():
            where = ".".join(str(part) for part in one["loc"])
            given = "" if one["type"] in ("missing", "extra_forbidden") else f" (it is {str(one['input'])[:80]!r})"
            self.add(file, one["loc"], f"{where}: {one['msg'].removeprefix('Value error, ')}{given}")

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


def files_of(folder: Path) -> dict[str, str]:
    """Return the files of the policy in ``folder`` by their path in it.

    Raises:
        PolicyFault: a file is no text in UTF-8.

    """
    files, faults = {}, []
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.startswith(".")):
        name = path.relative_to(folder).as_posix()
        try:
            files[name] = path.read_text("utf-8")
        except UnicodeDecodeError:
            faults.append(Mistake(name, None, "is not text in UTF-8; save it as such"))
    if faults:
        raise PolicyFault(folder.name, faults)
    return files


def version_of(files: Files) -> str:
    """Return the SHA-256 over all files with their names."""
    return sha256(b"".join(f"{name}\0{files[name]}".encode() for name in sorted(files)))


def read_policy(files: Files, name: str = "policy") -> Policy:
    """Read and check a policy.

    Raises:
        PolicyFault: something is missing, unknown or contradictory; with every fault found.

    """
    source = _Source(files)
    if not files.get("text-en.txt"):
        source.add("text-en.txt", (), "is missing; the text is the authority that every rule is held against")
    whole = source.yaml("policy.yaml")
    measures = {file: _measure(source, file) for file in sorted(files) if file.startswith("measures/")}
    units = _rows(source, "units.csv", Unit)
    divisions = _rows(source, "divisions.csv", Division)
    policy = None
    try:
        policy = Policy(
            **whole,
            measures={m.number: m for m in measures.values() if m},
            units={u.key: u for u in units},
            divisions={d.code: d for d in divisions},
            version=version_of(files),
            files=dict(files),
        )
    except ValidationError as error:
        source.add_all("policy.yaml", error)
    except TypeError:
        source.add(
            "policy.yaml", (), "states measures, units, divisions, version or files: those are read from the folder"
        )
    if policy is not None:
        for complaint in complaints(policy):
            source.add(_file(complaint, measures), complaint.path, complaint.message)
    if source.faults or policy is None:
        raise PolicyFault(name, source.faults)
    return policy


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
