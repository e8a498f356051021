"""Words: what a letter says about its facts, in one language. Text and HTML are filled from the same words."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from approvals.morning.digests import SEVERAL
from models.calendar import office_time
from models.letter import Letter
from models.secrets import derive_code, derive_token
from models.settings import Settings
from models.states import IN_PROGRESS, ApplicationState, Outcome, Purpose, answer_names, name
from notifications import digest, grants, otherwise, releases, review, standing_in
from notifications.lines import clean, line
from notifications.reading import REPLY_LINE

#: The nonce in a letter's facts -> the purpose of its token, and the page that takes it.
DOORS: dict[str, tuple[str, str]] = {
    "link_nonce": (Purpose.DECIDE, "d"),
    "status_nonce": (Purpose.STATUS, "s"),
    "amend_nonce": (Purpose.AMEND, "a"),
    "read_nonce": (Purpose.READ, "r"),
    "several_nonce": (SEVERAL, "m"),
}
#: What every letter may leave out.
ABSENT: dict[str, Any] = {
    "why": None,
    "amend_until": None,
    "link": None,
    "status": None,
    "amend": None,
    "read": None,
    "several": None,
    "tasks": (),
    "count": 0,
    "reply": None,
    "opinion": "",
    "instead": None,
    "also_asked": None,
    "passed_on": False,
    "early": False,
    "superior": None,
    "told": (),
    "late": None,
    "moved": None,
    "lent_back": None,
    "straight_back": False,
    "counts": True,
    "ended_as": None,
    "gives": "money",
    "fixes_award": False,
    "left": None,
    "overlaps": (),
    "findings": (),
    "budgets": (),
    "duty": None,
    "release": None,
    "objection": None,
    "notice_days": None,
    "shown": False,
    "upheld": False,
    "targets": (),
    "deputy_for": None,
    "deputies": None,
    "overrides": (),
    "reopened": False,
    "returned_by": None,
    "returned_why": "",
    "dissent": (),
    "dossier": None,
}


@dataclass(frozen=True)
class Row:
    """One line of a letter's table of facts."""

    label: str
    value: str


def words_of(letter: Letter, settings: Settings) -> dict[str, Any]:
    """Return everything that the templates of ``letter`` may say, cleaned and in its language."""
    said = {
        key: value if key in review.ATTACHED else _in(letter.language, value)
        for key, value in letter.facts.items()
        if not key.endswith("_nonce")
    }
    said |= {"opinion": clean(letter.facts.get("opinion", ""))}
    said |= {"addressee": line(letter.addressee), "language": letter.language, "mail_domain": settings.mail_domain}
    said |= doors(letter, settings) | digest.tasks(letter, settings)
    words = grants.phrases(ABSENT | said)
    return words | {"rows": rows(words), "end": otherwise.end(words)}


def doors(letter: Letter, settings: Settings) -> dict[str, str]:
    """Return the links, the reply address and the code of ``letter``: made anew from its nonces each time."""
    key, facts = settings.secret_key, letter.facts
    made = {
        nonce.removesuffix("_nonce"): f"{settings.portal_url}/{page}/{derive_token(key, purpose, facts[nonce])}"
        for nonce, (purpose, page) in DOORS.items()
        if facts.get(nonce)
    }
    if facts.get("reply_nonce"):
        token = derive_token(key, Purpose.REPLY, facts["reply_nonce"])
        made |= {"reply": f"reply+{token}@{settings.mail_domain}", "reply_line": REPLY_LINE}
    if facts.get("code_nonce"):
        made["code"] = derive_code(key, facts["code_nonce"])
    return made


def _in(language: str, value: Any) -> Any:
    """Return ``value`` with every bilingual name in ``language`` and every text on one line."""
    if isinstance(value, str):
        return line(value)
    if isinstance(value, list):
        return [_in(language, item) for item in value]
    if isinstance(value, Mapping):
        if value.keys() == {"zh", "en"}:
            return line(value[language])
        return {key: _in(language, item) for key, item in value.items()}
    return value


def beijing(stamp: str, language: str) -> str:
    """Return an ISO time as offices write it."""
    at = office_time(dt.datetime.fromisoformat(stamp))
    return f"{at}（北京时间）" if language == "zh" else f"{at} Beijing time"


def rows(words: Mapping[str, Any]) -> list[Row]:
    """Return the table of facts: whatever of ROWS the letter knows, in their order."""
    zh = words["language"] == "zh"
    known = DUTY_ROWS if words["duty"] else ROWS
    made = ((label_zh if zh else label_en, write(words)) for label_zh, label_en, write in known)
    return [Row(label, value) for label, value in made if value]


def _plain(key: str) -> Callable[[Mapping[str, Any]], str | None]:
    return lambda w: line(str(w[key])) if w.get(key) else None


def _measure(w: Mapping[str, Any]) -> str | None:
    if "measure" not in w:
        return None
    option = w.get("option")
    if w["language"] == "zh":
        return f"措施 {w['measure']}：{w['measure_title']}" + (f"（{option}）" if option else "")
    return f"Measure {w['measure']}: {w['measure_title']}" + (f" ({option})" if option else "")


def _stage(w: Mapping[str, Any]) -> str | None:
    if "stage" not in w or "step" not in w:
        return w.get("stage")
    if w["language"] == "zh":
        return f"{w['stage']}（第 {w['step']} 步，共 {w['steps']} 步）"
    return f"{w['stage']} (stage {w['step']} of {w['steps']})"


def _unit(w: Mapping[str, Any]) -> str | None:
    """Return for which unit, and who is asked in its place."""
    if not w.get("unit") or not w["instead"]:
        return w.get("unit")
    if w["language"] == "zh":
        return f"{w['unit']}（由{w['instead']}代）"
    return f"{w['unit']} ({w['instead']} in its place)"


def _due(w: Mapping[str, Any]) -> str | None:
    if "due" not in w or not w["reply"]:
        return None
    zh = w["language"] == "zh"
    mark = "；暂定，该年节假日安排尚未公布" if zh else "; provisional until that year's holidays are known"
    return beijing(w["due"], w["language"]) + (mark if w["due_provisional"] else "")


def _decided(w: Mapping[str, Any]) -> str | None:
    """Return who decided what and when, where a letter tells of an earlier decision."""
    decided = w.get("decided")
    if not decided:
        return None
    who, what = decided.get("who", ""), answer(w.get("act", ""), decided["outcome"], w["language"])
    return f"{what} · {who} · {beijing(decided['at'], w['language'])}" if who else what


def _targets(w: Mapping[str, Any]) -> str | None:
    """Return every target with its number and what is reached: ``开放应用场景 12 / 50 个（至 2027-12-31）``."""
    zh = w["language"] == "zh"
    made = []
    for target in w["targets"]:
        by = (f"（至 {target['by']}）" if zh else f" (by {target['by']})") if target["by"] else ""
        made.append(f"{target['name']} {target['reached']:,} / {target['number']:,} {target['unit']}{by}")
    return ("；" if zh else "; ").join(made) or None


def answer(act: str, word: str, language: str) -> str:
    """Return the name of what was answered in a stage with ``act``."""
    zh, en = IN_PROGRESS if word == "in_progress" else answer_names(act, Outcome(word))
    return zh if language == "zh" else en


def outcome(word: str, language: str) -> str:
    """Return the name of an outcome, or of the state in which an application ended."""
    known: Outcome | ApplicationState = Outcome(word) if word in set(Outcome) else ApplicationState(word)
    return name(known, language)


#: Every row that a letter may have: Chinese label, English label, what stands there (None: no such row).
ROWS: tuple[tuple[str, str, Callable[[Mapping[str, Any]], str | None]], ...] = (
    ("申请编号", "Number", _plain("number")),
    ("项目名称", "Project", _plain("title")),
    ("申请单位", "Applicant", _plain("applicant")),
    ("所在地", "Place", _plain("place")),
    ("申请事项", "Measure", _measure),
    ("申请金额", "Asked for", lambda w: None if w["release"] else grants.split(w, "asked")),
    *releases.ROWS,
    ("申请内容", "Asked for", lambda w: None if w["counted"] else w["asked_for"]),
    ("核定金额", "Awarded", lambda w: grants.split(w, "award")),
    ("办理结果", "Result", grants.result),
    ("规则上限", "By the rules", review.largest),
    ("重复支持", "Overlap", review.overlaps),
    ("预算", "Budget", review.budgets),
    ("办理环节", "Stage", _stage),
    ("办理单位", "Unit", _unit),
    *standing_in.ROWS,
    ("已有决定", "Decided", _decided),
    ("答复期限", "Answer by", _due),
    ("逾期", "If late", otherwise.said),
)
#: The same of a duty.
DUTY_ROWS: tuple[tuple[str, str, Callable[[Mapping[str, Any]], str | None]], ...] = (
    ("任务编号", "Number", _plain("number")),
    ("任务", "Duty", _plain("title")),
    ("依据", "Measure", _measure),
    ("牵头单位", "Lead", _plain("lead")),
    ("目标", "Targets", _targets),
    ("办理环节", "Stage", _stage),
    ("办理单位", "Unit", _plain("unit")),
    *standing_in.ROWS,
    ("答复期限", "Answer by", _due),
    ("逾期", "If late", otherwise.said),
)
