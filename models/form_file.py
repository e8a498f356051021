"""An application's file: YAML or JSON bytes become a form, or one clear sentence a fault. Pure."""

import json
from typing import Any

import yaml
from pydantic import ValidationError

from models.errors import Fault, RefusedApplication
from models.form import ApplicationForm

#: An application is a page of text; a larger file is something else.
MAX_BYTES = 64 * 1024


class _Loader(yaml.SafeLoader):
    """YAML 1.1 without floats, dates, octals, aliases and tags: amounts and codes stay as written."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases (*name) are not allowed")
        event: yaml.Event = self.peek_event()  # type: ignore[no-untyped-call]
        if getattr(event, "tag", None) is not None:
            raise yaml.YAMLError("tags (!name) are not allowed")
        return super().compose_node(parent, index)


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
            f"文件有 {len(data):,} 字节，上限为 {MAX_BYTES:,} 字节；请只填写申请表内容",
            f"the file has {len(data):,} bytes and the limit is {MAX_BYTES:,}; send the application only",
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
        return json.loads(text, parse_float=str, parse_int=str)
    except json.JSONDecodeError:
        return yaml.load(text, _Loader)  # noqa: S506  # derived from SafeLoader


def form_from(content: dict[Any, Any]) -> ApplicationForm:
    """Return the form with these fields.

    Raises:
        RefusedApplication: with one fault for each wrong field.

    """
    try:
        return ApplicationForm.model_validate(content)
    except ValidationError as error:
        raise RefusedApplication([_fault(one) for one in error.errors()]) from None


_WORDS = {
    "missing": ("必填项未填写", "is required and missing"),
    "extra_forbidden": ("没有这个字段；请核对拼写", "is not a field of the application; check its spelling"),
    "credit_code": (
        "不是有效的统一社会信用代码（GB 32100：18 位，末位为校验码）",
        "is not a unified social credit code (GB 32100: 18 characters, the last a check character)",
    ),
}


def _fault(error: Any) -> Fault:
    field = ".".join(str(part) for part in error["loc"])
    given = str(error.get("input"))[:60].encode("utf-8", "replace").decode()
    if error["type"] == "yuan":
        return Fault(field, f"金额“{given}”不合要求：须为非负、至多两位小数的元数", f"“{given}” {error['msg']}")
    if error["type"] in _WORDS:
        return Fault(field, *_WORDS[error["type"]])
    return Fault(field, f"“{given}”不合要求：{error['msg']}", f"“{given}” is not accepted: {error['msg']}")


def _refused(zh: str, en: str) -> RefusedApplication:
    return RefusedApplication([Fault("file", zh, en)])
