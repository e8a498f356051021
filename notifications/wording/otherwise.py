"""What happens if nobody answers a letter that asks, and when: by the stage's rule for late answers."""

from collections.abc import Mapping
from typing import Any

from models.panel.seats import EXPERT_PANEL
from models.states import Outcome, answer_names
from notifications.wording.catalogue import say
from notifications.wording.names import beijing

#: What the clock does at the end -> the answer that it records.
RECORDS = {"pass": Outcome.APPROVE, "refuse": Outcome.REFUSE}


def said(words: Mapping[str, Any]) -> str | None:
    """Return the row of the table that says what happens otherwise."""
    return row(words) if words["late"] is not None and words["reply"] else None


def row(words: Mapping[str, Any]) -> str:
    """Return what happens to a stage that nobody answers, by ``late``, ``act`` and ``language``."""
    late, language = words["late"], words["language"]
    parts = [] if words.get("past") else [say(language, "late.reminder")]
    if escalate := late.get("escalate"):
        to = "superior" if escalate["to"] == "superior" else "operator"
        parts.append(say(language, f"late.escalates_to_{to}", at=beijing(escalate["at"], language)))
    parts.append(end(words) or say(language, "late.nothing"))
    return ("，" if language == "zh" and len(parts) == 2 else say(language, "between")).join(parts)


def end(words: Mapping[str, Any]) -> str | None:
    """Return what the clock itself does and when; None where it does nothing."""
    found, language = (words["late"] or {}).get("end"), words["language"]
    if not found:
        return None
    at = beijing(found["at"], language)
    if found["does"] == "next_person":
        return say(language, "late.next_expert" if words.get("act") == EXPERT_PANEL else "late.next_unit", at=at)
    name = answer_names(words.get("act", ""), RECORDS[found["does"]])[language != "zh"]
    return say(language, "late.records", at=at, name=name)
