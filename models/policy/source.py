"""The files of a policy and the lines on which their values stand, so that a fault can say where it is."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from models.errors import LiandongError

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

ELSEWHERE = ("measures", "units", "divisions", "version", "files")
#: What is wrong and what to do, where pydantic's words leave that open.
_SAID = {
    "missing": "is missing; state it",
    "extra_forbidden": "is not known here; correct its spelling or take it out",
    "too_short": "is empty; state at least one",
    "string_too_short": "is empty; write it",
}

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


class PolicyFault(LiandongError):
    """A policy's data contradict themselves or their text; ``faults`` has all that is wrong."""

    def __init__(self, folder: str, faults: list[Mistake]) -> None:
        self.faults = tuple(faults)
        said = "\n".join(f"{folder}/{fault}" for fault in faults)
        super().__init__("政策数据有误；请按下列各条更正（liandong policy check）", said)


class Source:
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
        """Return what ``file`` says; nothing, and a fault, where it is missing or empty."""
        text = self.files.get(file, "").removeprefix("\ufeff")
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


def files_of(folder: Path) -> dict[str, str]:
    """Return the text of the files of the policy in ``folder``, by their path in it.

    Raises:
        PolicyFault: a file is no text in UTF-8.

    """
    files, faults = {}, []
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.startswith(".")):
        name = path.relative_to(folder).as_posix()
        try:
            files[name] = path.read_text("utf-8")
        except UnicodeDecodeError:
            faults.append(Mistake(name, None, "is not UTF-8; save it as UTF-8"))
    if faults:
        raise PolicyFault(folder.name, faults)
    return files
