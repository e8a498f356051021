"""What one rule of a measure must agree on: with its words, with the facts and figures that it names. Pure."""

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction

from models.case.case import names_in
from models.policy.conditions import Comparison, Condition, Membership, Truth
from models.policy.expressions import Expression, Literal
from models.policy.measure import Measure
from models.policy.policy import Policy
from models.policy.rules import AtMost, Ceiling, Requires, Rule


def of_rule(policy: Policy, measure: Measure | None, rule: Rule, words: str) -> Iterator[str]:
    """Yield what is wrong with one rule, whose effective words are ``words``."""
    known = _known(policy, measure)
    for name in names_in(rule):
        if name not in known:
            yield f"{name!r} is no fact, figure or reading; declare it or choose from: {listed(known)}"
    match rule:
        case Requires():
            yield from _of_condition(policy, rule.requires, known)
            yield from _of_day("as_of", rule.as_of, known, ("date",))
            literals = rule.requires.literals
        case AtMost():
            yield from _of_limit(rule.at_most, known)
            yield from _of_day("as_of", rule.as_of, known, ("date",))
            literals = rule.at_most.literals
        case Ceiling():
            yield from _of_day("year_of", rule.year_of, known, ("date", "count"))
            literals = rule.ceiling.literals
    stated = numbers_in(words)
    for literal in literals:
        if _plain(literal) not in stated:
            yield f"the rule says {literal.written}, and its words do not: {words!r}; correct one of them"


def _of_day(field: str, name: str | None, known: dict[str, str], fit: tuple[str, ...]) -> Iterator[str]:
    if name in known and known[name] not in fit:
        yield f"{field}: {name!r} is {known[name]}; name a fact of the type {' or '.join(fit)}"


def _known(policy: Policy, measure: Measure | None) -> dict[str, str]:
    """Return the type of every name that a rule may use."""
    figures = {key: figure.type for key, figure in policy.figures.items()}
    if measure is None:
        return dict(figures)
    readings = dict.fromkeys(measure.readings, "number")
    return figures | readings | {key: kind.type for key, kind in measure.facts.items()}


def _of_condition(policy: Policy, condition: Condition, known: dict[str, str]) -> Iterator[str]:
    match condition.test:
        case Membership(subject, register, _):
            kind = policy.registers.get(register)
            if kind is None:
                yield f"there is no register {register!r}; choose from: {listed(policy.registers)}"
            elif kind.subject != subject:
                yield f"the register {register!r} lists {kind.subject}s; write `{kind.subject} in {register}`"
        case Truth(fact):
            if known.get(fact, "yes_no") != "yes_no":
                yield f"{fact!r} is {known[fact]}, not yes_no; compare it with something"
        case Comparison(left, _, right):
            if not condition.names:
                yield f"{condition.written!r} looks at nothing; compare a fact"
            yield from _powers([left, right], known, "compares money with a plain number")


def _of_limit(limit: Expression, known: dict[str, str]) -> Iterator[str]:
    yield from _powers([limit], known, "")
    try:
        if all(name in known for name in limit.names) and limit.money_power(_money(known)) != 1:
            yield f"{limit.written!r} is no sum of money; write yuan, or multiply a share by a sum"
    except ValueError:
        return


def _powers(expressions: list[Expression], known: dict[str, str], mixed: str) -> Iterator[str]:
    names = {name for expression in expressions for name in expression.names}
    unfit = [name for name in names if known.get(name) in ("date", "text", "yes_no")]
    yield from (f"{name!r} is {known[name]}, which cannot be reckoned with" for name in sorted(unfit))
    if unfit or not names <= set(known):
        return
    try:
        powers = {expression.money_power(_money(known)) for expression in expressions}
    except ValueError as error:
        yield str(error)
        return
    if len(powers) > 1:
        yield f"{' / '.join(e.written for e in expressions)}: {mixed}"


def _money(known: dict[str, str]) -> dict[str, bool]:
    return {name: type_ == "money" for name, type_ in known.items()}


_NUMBER = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s*((?:million|billion|trillion)(?! level)|%)?", re.IGNORECASE)
_TIMES = {"": 1, "million": 10**6, "billion": 10**9, "trillion": 10**12}


def numbers_in(words: str) -> set[Fraction]:
    """Return the numbers that a quotation states: ``8 million yuan`` is 8000000, ``30%`` is 3/10."""
    found = set()
    for digits, unit in _NUMBER.findall(words):
        number = Fraction(digits.replace(",", ""))
        found.add(number / 100 if unit == "%" else number * _TIMES[unit.lower()])
    return found


def _plain(literal: Literal) -> Fraction:
    """Return the number as the text would state it: money in yuan."""
    return literal.value / 100 if literal.is_money else literal.value


def listed(names: Iterable[str]) -> str:
    """Return names in a sentence."""
    return ", ".join(sorted(names)) or "none"
