"""The award letter 核定通知书: what stands on it. Pure."""

from typing import Any

from models.money import money
from models.panel.seats import WHOLE_PANEL
from models.paper import Ending
from models.policy import gives
from models.policy.data import Bilingual
from models.policy.notice_rules import PUBLIC_NOTICE
from models.road.standing import Standing
from models.states import Outcome
from notifications.papers.parts import Both, both, date, heading, measure, named, same, sums

#: `gives` of the option -> the title of the letter.
TITLES = {
    "money": ("核定通知书", "Award letter"),
    "voucher": ("核定通知书", "Award letter"),
    "recognition": ("认定通知书", "Letter of recognition"),
    "listing": ("入选通知书", "Letter of listing"),
    "clearance": ("审查通过通知书", "Letter of clearance"),
}


def award_letter(s: Standing, ending: Ending, issuer: Bilingual) -> dict[str, Any]:
    """Return the facts of the letter of an awarded application, as JSON."""
    assert s.award is not None
    by = determined_by(s)
    return heading(s, ending, both(*TITLES[s.gives]), by) | {
        "to": s.applicant,
        "body": _body(s, ending, by, issuer),
        "case": _case(s),
        "sums": sums(s.levels, s.award) if s.levels else [],
        "words": s.words,
        "conditions": _conditions(s),
    }


def determined_by(s: Standing) -> Both:
    """Return the unit of the last stage, with who stood in for it; of several the one that the route asks.

    A public notice decides nothing: what it showed was determined before it.
    """
    last = next((stage for stage in reversed(s.stages) if stage.act != PUBLIC_NOTICE), s.stages[-1])
    if last.panel is not None:
        return both(WHOLE_PANEL.zh, WHOLE_PANEL.en)
    units = s.route[last.position].units
    approved = [task for task in last.tasks if task.outcome is Outcome.APPROVE] or list(last.tasks)
    task = min(approved, key=lambda task: (task.unit not in units, task.id))
    return both(task.named_zh, task.named_en)


def _body(s: Standing, ending: Ending, by: Both, issuer: Bilingual) -> Both:
    what, day = measure(s), date(ending.at)
    done = {language: gives.done(s.gives, s.option_name(language), _total(s, language), language) for language in by}
    return both(
        f"你单位申报的“{s.title}”，依据{issuer.zh}{what['zh']}，按规定程序办理，已由{by['zh']}于{day['zh']}{_then(done['zh'])}。"
        "现予通知。",
        f"Your application “{s.title}” under {what['en']} ({issuer.en}) went through the procedure laid down for it, "
        f"and was {done['en']} on {day['en']} by {by['en']}.",
    )


def _then(done: str) -> str:
    """Return ``核定 1,800万元`` of ``已核定 1,800万元``."""
    return done.removeprefix("已")


def _total(s: Standing, language: str) -> str:
    return money(s.award_total or 0, language)


def _case(s: Standing) -> list[dict[str, Any]]:
    rows = [
        (both("统一社会信用代码", "Unified social credit code"), same(s.credit_code)),
    ]
    if s.levels:
        rows.append((both("类别", "Option"), both(s.option_zh, s.option_en)))
    else:
        zh, en = (gives.thing(s.gives, s.option_name(word), "", word) for word in ("zh", "en"))
        rows.append((both(gives.given(s.gives, "zh"), gives.given(s.gives, "en")), both(zh, en)))
    if s.pieces:
        rows.append((both("明细", "Pieces"), both(f"{s.pieces[0]:,} 件", f"{s.pieces[0]:,}")))
    return [{"name": name, "value": value} for name, value in rows]


def _conditions(s: Standing) -> list[dict[str, Any]]:
    """Return the rules that the award keeps, each once; with the policy's words where they were not quoted yet."""
    found: dict[str, dict[str, Any]] = {}
    for finding in s.findings:
        rule = both(finding["rule"]["zh"], finding["rule"]["en"])
        found.setdefault(rule["zh"], {"rule": rule, "words": finding["words"]})
    quoted = {s.words}
    for one in found.values():
        said, one["words"] = one["words"], "" if one["words"] in quoted else one["words"]
        quoted.add(said)
    return [*found.values(), {"rule": named(s.overlap_note), "words": s.overlap_words}]
