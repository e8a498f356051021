"""A directory's file: CSV or XLSX bytes become entries, or one clear sentence a fault. Pure."""

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints, ValidationError, field_validator

from models.case.form import Line, MailAddress
from models.errors import RefusedApplication
from models.files.fault_list import FaultList
from models.files.row_file import Row, given, place, read_rows
from models.officer import LettersWanted
from models.policy.policy import Policy
from models.policy.units import is_unit

#: Some 20,000 officers; a larger file is something else.
MAX_BYTES = 2 * 1024 * 1024
#: Further addresses of one person that are kept.
MOST_ADDRESSES = 5
REQUIRED = ("unit", "name", "email")
OPTIONAL = ("role", "language", "letters", "other_emails")

#: One line of text, or nothing.
_Role = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]


def _split(value: Any) -> Any:
    """Return the addresses of one cell, which stand between semicolons, commas or spaces."""
    if not isinstance(value, str):
        return value
    return [one for one in re.split(r"[\s;；,，、]+", value.strip().lower()) if one]


class Entry(BaseModel):
    """One line of a directory file."""

    model_config = ConfigDict(extra="forbid")

    unit: Line
    name: Line
    email: MailAddress
    #: What the officer is at the unit, for people to read: 收文员, 处长.
    role: _Role = ""
    language: Annotated[Literal["zh", "en"], BeforeValidator(lambda value: value or "zh")] = "zh"
    #: A letter for each task, a digest a morning, or both; None: as the officer has it, and at first each.
    letters: Annotated[LettersWanted | None, BeforeValidator(lambda value: value or None)] = None
    #: Further addresses of the same person, for letters that the first does not take; None: the file does not say.
    other_emails: Annotated[list[MailAddress] | None, BeforeValidator(_split)] = None

    @field_validator("email")
    @classmethod
    def _lower(cls, value: str) -> str:
        return value.lower()

    @field_validator("other_emails")
    @classmethod
    def _each_once(cls, value: list[str] | None) -> list[str] | None:
        return None if value is None else list(dict.fromkeys(one.lower() for one in value if one))[:MOST_ADDRESSES]


def read_directory(data: bytes, policy: Policy) -> list[Entry]:
    """Return the entries of a CSV or XLSX file with the columns unit, name, email; role, language, letters if it likes.

    Raises:
        RefusedApplication: with every fault at once, each with its line, up to ``fault_list.MAX_FAULTS``.

    """
    entries: list[Entry] = []
    faults = FaultList()
    lines: dict[tuple[str, str], int] = {}
    try:
        for row in read_rows(data, REQUIRED, OPTIONAL, max_bytes=MAX_BYTES):
            entry = _read(row, policy, faults)
            if entry is None:
                continue
            entries.append(entry)
            if (first := lines.setdefault((entry.unit, entry.email), row.line)) != row.line:
                faults.add(place(row.line), *_twice(first))
        if not entries and not faults.first:
            faults.add("文件 file", "没有任何记录；请在首行之下填写", "has no entries; write them below its first line")
    except RefusedApplication as refused:
        for fault in refused.faults:
            faults.add(fault.field, fault.zh, fault.en)
    if faults.first:
        raise RefusedApplication(faults.told())
    return entries


def _read(row: Row, policy: Policy, faults: FaultList) -> Entry | None:
    """Return the entry in ``row``, if there is one; add what is wrong with it to ``faults``."""
    for fault in row.faults.values():
        faults.add(fault.field, fault.zh, fault.en)
    unit = row.cells.get("unit", "")
    if unit and not is_unit(policy, unit):
        faults.add(place(row.line, "unit"), *_no_unit(given(unit)))
    try:
        return Entry.model_validate(row.cells)
    except ValidationError as error:
        for one in error.errors():
            if (column := str(one["loc"][0])) not in row.faults:
                faults.add(place(row.line, column), *_sentence(one))
        return None


def _no_unit(unit: str) -> tuple[str, str]:
    return (
        f"政策中没有单位“{unit}”；请填写其 units.csv 中的代码（如 kjt），市、县写作 @city:330100、@county:330110",
        f"the policy has no unit “{unit}”; give a key of its units.csv (like kjt), or a government: @city:330100,"
        " @county:330110",
    )


_MISSING = ("必填项未填写，请填写", "is required and missing; fill it in")
_WORDS = {
    "missing": _MISSING,
    "string_too_short": _MISSING,
    "string_too_long": ("超过 200 个字的上限，请缩短", "has more than 200 characters, which is the limit; shorten it"),
    "string_pattern_mismatch": ("含有换行或控制字符，请删除", "has line breaks or control characters; remove them"),
    "address": (
        "不是有效的电子邮箱地址，请更正（如 name@example.cn；@ 之前至多 64 个字符）",
        "is not an e-mail address; correct it (like name@example.cn, at most 64 characters before the @)",
    ),
    "literal_error": ("不是语言，请填写 zh 或 en（留空即 zh）", "is no language; write zh or en (blank means zh)"),
    "enum": (
        "不是收函方式，请填写 each（逐件）、digest（每日一函）或 both（两者）",
        "is no way to get letters; write each, digest or both",
    ),
}


def _sentence(error: Any) -> tuple[str, str]:
    said = given(str(error.get("input") or ""))
    zh, en = _WORDS.get(error["type"], (error["msg"], error["msg"]))
    if not said or (zh, en) == _MISSING:
        return _MISSING
    return f"“{said}”{zh}", f"“{said}” {en}"


def _twice(first: int) -> tuple[str, str]:
    return (
        f"与第 {first} 行是同一单位、同一邮箱；请只保留一行",
        f"has the same unit and e-mail as line {first}; keep one of them",
    )
