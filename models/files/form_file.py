"""An application's file: YAML or JSON bytes become a form, or one clear sentence a fault. Pure."""

import json
from typing import Any

import yaml
from pydantic import ValidationError

from models.case.form import ApplicationForm
from models.errors import Fault, RefusedApplication

#: An application is a page of text; a larger file is something else.
MAX_BYTES = 64 * 1024
#: Nobody reads more; the rest is counted.
MAX_FAULTS = 20
#: Of a field's name no more than this is repeated.
MAX_FIELD = 80


class _Loader(yaml.SafeLoader):
    """YAML 1.1 without floats, dates, octals, aliases and tags: amounts and codes stay as written."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases (*name) are not allowed")
        event: yaml.Event = self.peek_event()  # type: ignore[no-untyped-call]
        if getattr(event, "tag", None) is not None:
            raise yaml.YAMLError("tags (!name) are not allowed")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        _refuse_twins([key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)])
        return super().construct_mapping(node, deep)


def _refuse_twins(keys: list[str]) -> None:
    """Raise where a field is written twice: which of the two is meant is not ours to guess."""
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            raise yaml.YAMLError(f"{key[:MAX_FIELD]!r} is written twice")
        seen.add(key)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    _refuse_twins([key for key, _ in pairs])
    return dict(pairs)


#: Only null, true and false keep a meaning of their own; every other plain word is text.
_Loader.yaml_implicit_resolvers = {
    first: kept
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    if (kept := [(tag, how) for tag, how in resolvers if tag in ("tag:yaml.org,2002:null", "tag:yaml.org,2002:bool")])
}


def read_form(data: bytes) -> ApplicationForm:
    """Return the form in a YAML or JSON file.

    Raises:
        RefusedApplication: too large, not text, no mapping, or with faulty fields; every fault at once.

    """
    if len(data) > MAX_BYTES:
        raise _refused(
            f"文件超过 {MAX_BYTES:,} 字节的上限；请只填写申请表内容",
            f"the file has more than {MAX_BYTES:,} bytes, which is the limit; send the application only",
        )
    try:
        content = _load(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        where = " ".join(str(error).split())[:200] or "nested too deeply"
        raise _refused(
            f"文件不是有效的 YAML 或 JSON（{where}）；请参照 samples/ 中的样例",
            f"the file is not valid YAML or JSON ({where}); see samples/ for how it looks",
        ) from None
    if not isinstance(content, dict):
        raise _refused(
            "文件不是“字段: 值”的申请表；请参照 samples/ 中的样例",
            "the file is no list of “field: value” lines; see samples/ for how it looks",
        )
    return form_from(content)


def _load(text: str) -> Any:
    """Return what is written: as JSON where it is JSON (YAML 1.1 misreads its surrogate pairs), else as YAML."""
    try:
        return json.loads(text, parse_float=str, parse_int=str, object_pairs_hook=_object)
    except json.JSONDecodeError:
        return yaml.load(text, _Loader)  # noqa: S506  # derived from SafeLoader


def form_from(content: dict[Any, Any]) -> ApplicationForm:
    """Return the form with these fields.

    Raises:
        RefusedApplication: with one fault for each wrong field, up to MAX_FAULTS.

    """
    try:
        return ApplicationForm.model_validate(content)
    except ValidationError as error:
        raise RefusedApplication(_first([_fault(one) for one in error.errors()])) from None


def _first(faults: list[Fault]) -> list[Fault]:
    """Return the first faults, and one that says how many more there are."""
    more = len(faults) - MAX_FAULTS
    if more <= 0:
        return faults
    return [*faults[:MAX_FAULTS], Fault("file", f"另有 {more:,} 处不合要求", f"and {more:,} more faults")]


_WORDS = {
    "missing": ("必填项未填写", "is required and missing"),
    "extra_forbidden": ("没有这个字段；请核对拼写", "is not a field of the application; check its spelling"),
    "address": (
        "不是有效的电子邮箱地址（如 name@example.cn；@ 之前至多 64 个字符）",
        "is not an e-mail address (like name@example.cn, at most 64 characters before the @)",
    ),
    "credit_code": (
        "不是有效的统一社会信用代码（GB 32100：18 位，末位为校验码）",
        "is not a unified social credit code (GB 32100: 18 characters, the last a check character)",
    ),
}


def _fault(error: Any) -> Fault:
    field = ".".join(str(part) for part in error["loc"])[:MAX_FIELD].encode("utf-8", "replace").decode()
    given = str(error.get("input"))[:60].encode("utf-8", "replace").decode()
    if error["type"] == "yuan":
        return Fault(field, f"金额“{given}”不合要求：须为非负、至多两位小数的元数", f"“{given}” {error['msg']}")
    if error["type"] in _WORDS:
        return Fault(field, *_WORDS[error["type"]])
    return Fault(field, f"“{given}”不合要求：{error['msg']}", f"“{given}” is not accepted: {error['msg']}")


def _refused(zh: str, en: str) -> RefusedApplication:
    return RefusedApplication([Fault("file", zh, en)])
