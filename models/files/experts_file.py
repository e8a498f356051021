"""A file of experts: CSV or XLSX bytes become experts with employers and ties, or one clear sentence a fault. Pure."""

import datetime as dt
import re
from collections.abc import Collection
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints, ValidationError, field_validator
from stdnum.cn import uscc

from models.case.form import Line, MailAddress
from models.errors import RefusedApplication
from models.files.fault_list import FaultList
from models.files.row_file import Row, given, place, read_rows
from models.panel.conflicts import Employment, tie_key

#: Some 20,000 experts with two employers each; a larger file is something else.
MAX_BYTES = 8 * 1024 * 1024
REQUIRED = ("key", "name", "email", "fields", "employer", "credit_code", "from")
OPTIONAL = ("to", "ties", "language", "active")

_SEPARATORS = re.compile(r"[;；、,，]")
_TRUE, _FALSE = ("yes", "true", "1", "是"), ("no", "false", "0", "否")


def _listed(value: object) -> tuple[str, ...]:
    parts = (part.strip() for part in _SEPARATORS.split(str(value)))
    return tuple(dict.fromkeys(part for part in parts if part))


def _active(value: object) -> object:
    word = str(value).strip().casefold()
    return True if word in ("", *_TRUE) else False if word in _FALSE else value


def _day(value: object) -> object:
    text = str(value).strip().replace("/", "-").replace(".", "-")
    parts = text.split("-")
    if len(parts) == 3 and all(part.isdecimal() for part in parts):
        return f"{int(parts[0]):04}-{int(parts[1]):02}-{int(parts[2]):02}"
    return text or None


Day = Annotated[dt.date, BeforeValidator(_day)]


class ExpertEntry(BaseModel):
    """One expert of a file, with all that its lines say."""

    model_config = ConfigDict(extra="forbid")

    key: Annotated[str, StringConstraints(pattern=r"^e[0-9]{5}$")]
    name: Line
    email: MailAddress
    fields: Annotated[tuple[Line, ...], BeforeValidator(_listed)]
    ties: Annotated[tuple[Line, ...], BeforeValidator(_listed)] = ()
    language: Annotated[Literal["zh", "en"], BeforeValidator(lambda value: value or "zh")] = "zh"
    active: Annotated[bool, BeforeValidator(_active)] = True
    #: Each with the employer's name.
    employments: tuple[tuple[str, Employment], ...] = ()

    @field_validator("email")
    @classmethod
    def _lower(cls, value: str) -> str:
        return value.lower()

    @property
    def tie_keys(self) -> dict[str, str]:
        """Return each declared tie as it is compared, with how it was declared."""
        return {tie_key(tie): tie for tie in self.ties}


def read_experts(data: bytes, fields: Collection[str]) -> list[ExpertEntry]:
    """Return the experts of a CSV or XLSX file: a line an employment; further lines of a key add employments.

    ``fields`` are all keys that any policy knows. What the first line of a key says of its expert, the others repeat
    or leave blank; whoever has no employer leaves employer, credit_code, from and to blank.

    Raises:
        RefusedApplication: with every fault at once, each with its line, up to ``fault_list.MAX_FAULTS``.

    """
    faults, found = FaultList(), dict[str, ExpertEntry]()
    first: dict[str, Row] = {}
    owner: dict[str, str] = {}
    try:
        for row in read_rows(data, REQUIRED, OPTIONAL, max_bytes=MAX_BYTES):
            key, before = row.cells.get("key", ""), len(faults.first) + faults.more
            entry = None
            if key in first:
                _again(row, first[key], faults)
            else:
                entry = _read(row, fields, faults)
            job = _employment(row, faults)
            if entry is not None and (other := owner.setdefault(entry.email, key)) != key:
                faults.add(place(row.line, "email"), *_taken(other))
            if before == len(faults.first) + faults.more and (known := found.get(key, entry)) is not None:
                found[key] = known.model_copy(update={"employments": known.employments + job})
            first.setdefault(key, row)
        if not first and not faults.first:
            faults.add("文件 file", "没有任何记录；请在首行之下填写", "has no entries; write them below its first line")
    except RefusedApplication as refused:
        for fault in refused.faults:
            faults.add(fault.field, fault.zh, fault.en)
    if faults.first:
        raise RefusedApplication(faults.told())
    return list(found.values())


def _read(row: Row, fields: Collection[str], faults: FaultList) -> ExpertEntry | None:
    """Return the expert in the first line of a key, if there is one; add what is wrong with it to ``faults``."""
    for fault in row.faults.values():
        faults.add(fault.field, fault.zh, fault.en)
    said = {column: text for column, text in row.cells.items() if column in ExpertEntry.model_fields}
    for field in _listed(said.get("fields", "")):
        if field not in fields:
            faults.add(place(row.line, "fields"), *_no_field(field, fields))
    if not _listed(said.get("fields", "")) and "fields" not in row.faults:
        faults.add(place(row.line, "fields"), *_MISSING)
    try:
        return ExpertEntry.model_validate(said)
    except ValidationError as error:
        for one in error.errors():
            if (column := str(one["loc"][0])) not in row.faults:
                faults.add(place(row.line, column), *_sentence(column, one))
        return None


def _again(row: Row, first: Row, faults: FaultList) -> None:
    """Note what a further line of a key says of its expert other than the first one did."""
    for fault in row.faults.values():
        faults.add(fault.field, fault.zh, fault.en)
    for column in ("name", "email", "fields", "ties", "language", "active"):
        said = row.cells.get(column, "")
        if said and said != first.cells.get(column, ""):
            faults.add(
                place(row.line, column),
                f"与第 {first.line} 行同一专家的填写不一致；请改为一致，或留空",
                f"differs from line {first.line}, which is about the same expert; make them agree or leave it blank",
            )


def _employment(row: Row, faults: FaultList) -> tuple[tuple[str, Employment], ...]:
    """Return the employment in a line, in a tuple; an empty one where it states none."""
    said = {column: row.cells.get(column, "") for column in ("employer", "credit_code", "from", "to")}
    if not any(said.values()):
        return ()
    before = len(faults.first) + faults.more
    for column in ("employer", "credit_code", "from"):
        if not said[column] and column not in row.faults:
            faults.add(place(row.line, column), *_MISSING)
    if said["credit_code"] and not uscc.is_valid(said["credit_code"]):
        faults.add(place(row.line, "credit_code"), *_no_code(given(said["credit_code"])))
    days = {column: _date(row, column, said[column], faults) for column in ("from", "to")}
    since, until = days["from"], days["to"]
    if since and until and until < since:
        faults.add(place(row.line, "to"), "早于开始日期，请更正", "is before its first day; correct it")
    if since is None or before != len(faults.first) + faults.more:
        return ()
    return ((said["employer"][:200], Employment(uscc.compact(said["credit_code"]), since, until)),)


def _date(row: Row, column: str, text: str, faults: FaultList) -> dt.date | None:
    if not text:
        return None
    try:
        return dt.date.fromisoformat(str(_day(text)))
    except ValueError:
        faults.add(
            place(row.line, column),
            f"“{given(text)}”不是日期，请写作 2021-09-01",
            f"“{given(text)}” is no date; write it like 2021-09-01",
        )
        return None


_MISSING = ("必填项未填写，请填写", "is required and missing; fill it in")
_WORDS = {
    "missing": _MISSING,
    "string_too_short": _MISSING,
    "string_too_long": ("超过 200 个字的上限，请缩短", "has more than 200 characters, which is the limit; shorten it"),
    "address": ("不是有效的电子邮箱地址，请更正（如 name@example.cn）", "is no e-mail address; correct it"),
    "literal_error": ("不是语言，请填写 zh 或 en（留空即 zh）", "is no language; write zh or en (blank means zh)"),
    "bool_parsing": ("请填写 yes 或 no（留空即 yes）", "is neither yes nor no (blank means yes)"),
}
_KEY = ("请写作字母 e 加五位数字（如 e00017）", "is no key; write e and five digits, like e00017")


def _sentence(column: str, error: Any) -> tuple[str, str]:
    said = given(str(error.get("input") or ""))
    pattern = ("含有换行或控制字符，请删除", "has line breaks or control characters; remove them")
    known = _WORDS | {"string_pattern_mismatch": _KEY if column == "key" else pattern}
    zh, en = known.get(error["type"], (error["msg"], error["msg"]))
    return _MISSING if not said or (zh, en) == _MISSING else (f"“{said}”{zh}", f"“{said}” {en}")


def _no_field(field: str, fields: Collection[str]) -> tuple[str, str]:
    known = ", ".join(sorted(fields)) or "-"
    return (
        f"政策中没有领域“{given(field)}”；请填写 policy.yaml 中 expert_fields 的代码：{known}",
        f"no policy has the field “{given(field)}”; give keys of `expert_fields` in policy.yaml: {known}",
    )


def _no_code(code: str) -> tuple[str, str]:
    return (
        f"“{code}”不是统一社会信用代码（18 位，含校验位），请更正",
        f"“{code}” is no unified social credit code (18 characters with a check character); correct it",
    )


def _taken(other: str) -> tuple[str, str]:
    return f"与专家 {other} 是同一邮箱；请更正", f"is the address of expert {other} too; correct one of them"
