"""What happens if nobody answers a letter that asks, and when: by the stage's rule for late answers."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from models.calendar import office_time
from models.panel.seats import EXPERT_PANEL
from models.states import Outcome, answer_names

#: What the clock does at the end -> the answer that it records.
RECORDS = {"pass": Outcome.APPROVE, "refuse": Outcome.REFUSE}


def said(words: Mapping[str, Any]) -> str | None:
    """Return the row of the table that says what happens otherwise."""
    return row(words) if words["late"] is not None and words["reply"] else None


def row(words: Mapping[str, Any]) -> str:
    """Return what happens to a stage that nobody answers, by ``late``, ``act`` and ``language``."""
    late = words["late"]
    zh = words["language"] == "zh"
    parts = ["到期未答复将发催办函并告知运行人员" if zh else "a reminder goes out and the operator is told"]
    if escalate := late.get("escalate"):
        parts.append(_escalation(escalate, zh=zh))
    parts.append(end(words) or ("不会自动作出决定" if zh else "nothing is ever decided by itself"))
    return ("，" if zh and len(parts) == 2 else "；" if zh else "; ").join(parts)


def _escalation(escalate: Mapping[str, str], *, zh: bool) -> str:
    at, superior = _time(escalate["at"]), escalate["to"] == "superior"
    if zh:
        return f"{at} 仍未答复将报告{'上级单位' if superior else '运行人员督促'}"
    return f"if there is still no answer at {at}, {'the unit above' if superior else 'the operator'} is asked to press"


def end(words: Mapping[str, Any]) -> str | None:
    """Return what the clock itself does and when; None where it does nothing."""
    found = (words["late"] or {}).get("end")
    if not found:
        return None
    at, zh = _time(found["at"]), words["language"] == "zh"
    if found["does"] == "next_person" and words.get("act") == EXPERT_PANEL:
        return f"{at} 仍未评分将改请下一位专家" if zh else f"at {at} the next expert is asked in your place"
    if found["does"] == "next_person":
        return f"{at} 仍未答复将改请上级单位答复" if zh else f"at {at} the unit above is asked in your place"
    name_zh, name_en = answer_names(words.get("act", ""), RECORDS[found["does"]])
    if zh:
        return f"{at} 仍未答复将自动记为“{name_zh}”"
    return f"if there is no answer by {at}, “{name_en}” is recorded automatically"


def _time(stamp: str) -> str:
    return office_time(dt.datetime.fromisoformat(stamp))
