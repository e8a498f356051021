"""Applications as people would write them, with whatever a test wants changed."""

from typing import Any

from models.case.form import ApplicationForm
from models.files.form_file import form_from

YUHANG, BINJIANG = "330110", "330108"
#: Valid codes of three applicants that do not exist.
SHENLAN, ANOTHER, THIRD = "91330110MA2H3K7X6W", "91330200MA2H8T4Q5J", "91330402MA2J6R3Y8F"

CONSORTIUM: dict[str, Any] = {
    "measure": 19,
    "option": "consortium",
    "county": YUHANG,
    "applicant": {
        "name": "杭州深澜智能科技有限公司",
        "credit_code": SHENLAN,
        "contact": "王芳",
        "email": "wang.fang@shenlan.example",
        "language": "zh",
    },
    "project": {"title": "万卡集群训练框架", "summary": "研制万卡级算力集群的训练框架。"},
    "amounts": {"province": "10,000,000", "city": "5,000,000", "county": "3,000,000"},
}
SINGLE = CONSORTIUM | {"option": "single", "amounts": {"province": "10,000,000"}}


def fields_of(base: dict[str, Any] = CONSORTIUM, **changes: Any) -> dict[str, Any]:
    """Return ``base`` changed: ``county=...``, ``project__title=...``, ``amounts__city=...``; None removes."""
    fields: dict[str, Any] = {key: dict(v) if isinstance(v, dict) else v for key, v in base.items()}
    for path, value in changes.items():
        *folders, last = path.split("__")
        target = fields
        for folder in folders:
            target = target.setdefault(folder, {})
        if value is None:
            target.pop(last, None)
        else:
            target[last] = value
    return fields


def form_of(base: dict[str, Any] = CONSORTIUM, **changes: Any) -> ApplicationForm:
    """Return the form with the fields of ``fields_of``."""
    return form_from(fields_of(base, **changes))
