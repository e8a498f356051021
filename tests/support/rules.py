"""The real policy, and applications under any of its measures, for tests of its rules."""

import datetime as dt
from collections.abc import Mapping
from fractions import Fraction

import policies
from models.case.case import facts_wanted
from models.case.eligibility import judge
from models.case.form import ApplicationForm
from models.case.judgement import Judgement, Records
from models.errors import Fault
from models.money import yuan
from models.policy.measure import Option
from tests.support.forms import form_of
from tests.support.policies import ZHEJIANG

FOLDER = policies.ROOT / "zhejiang-ai-2025"
POLICY = ZHEJIANG
DAY = dt.date(2026, 11, 23)
#: Records of nothing: no figures, no registers, nothing awarded.
NONE = Records()

#: A value that every kind of fact accepts, for facts that a test does not care about.
ANY = {
    "money": "1",
    "rate": "1%",
    "number": "1",
    "count": "1",
    "date": "2026-03-01",
    "yes_no": "yes",
    "text": "深澜模型",
}
#: Every option of the policy: measure and key.
OPTIONS = [
    (number, key)
    for number, measure in POLICY.measures.items()
    for key, option in measure.options.items()
    if option.batch is None  # tests/unit/test_batch.py
]
PAYING = [(number, key) for number, key in OPTIONS if POLICY.measures[number].options[key].levels]


def option_of(measure: int, key: str) -> Option:
    """Return option ``key`` of a measure."""
    return POLICY.measures[measure].options[key]


def asking(measure: int, key: str, fen: int = 0, facts: Mapping[str, str] = {}) -> ApplicationForm:
    """Return an application for ``fen`` in all, asked of the levels that may pay; facts not given are any."""
    kinds = POLICY.measures[measure].facts
    stated = {name: ANY[kinds[name].type] for name in facts_wanted(POLICY, POLICY.measures[measure], key)}
    levels = [level.value for level in option_of(measure, key).levels]
    shares = dict.fromkeys(levels, fen // len(levels)) if levels else {}
    if levels:
        shares[levels[0]] += fen % len(levels)
    amounts = {level: yuan(share) for level, share in shares.items()}
    return form_of(measure=measure, option=key, facts=stated | dict(facts), amounts=amounts)


def records(
    figures: Mapping[str, str] = {}, day: dt.date = DAY, listed: str = "", used: Mapping[str, int] = {}
) -> Records:
    """Return records with ``figures`` in fen or as shares (``1/20``) on ``day``, and the registers ``listed``."""
    return Records({(name, day): Fraction(value) for name, value in figures.items()}, frozenset(listed.split()), used)


def judged(form: ApplicationForm, found: Records = NONE) -> Judgement:
    """Return the judgement of ``form`` on the day of the tests."""
    return judge(form, POLICY, DAY, found)


def fault_of(form: ApplicationForm, found: Records = NONE) -> Fault:
    """Return the one fault of ``form``."""
    (fault,) = judged(form, found).faults
    return fault
