"""What a policy's data must agree on with themselves and with their text. Pure; yields every complaint."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from models.case import names_in
from models.duty import duty_faults, duty_road_faults
from models.expressions import Comparison, Condition, Expression, Literal, Membership, Truth
from models.measure import Measure, Option
from models.policy import Policy, road_faults
from models.rules import AtMost, Ceiling, Requires, Rule

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Complaint:
    """What is wrong, in which measure's data (None: the policy's own), and at which path."""

    measure: int | None
    path: Path
    message: str


def complaints(policy: Policy) -> Iterator[Complaint]:
    """Yield everything that contradicts itself, its text, or something that is not there."""
    flat = _flat(policy.text)
    yield from _of_policy(policy, flat)
    for measure in policy.measures.values():
        for path, message in _of_measure(policy, measure, flat):
            yield Complaint(measure.number, path, message)


def _of_policy(policy: Policy, flat: str) -> Iterator[Complaint]:
    quotes: list[tuple[Path, str]] = [
        (("window", "words"), policy.window.words),
        (("overlap", "words"), policy.overlap.words),
        *((("general", n, "words"), group.words) for n, group in enumerate(policy.general)),
    ]
    yield from (Complaint(None, path, message) for path, message in _unquoted(quotes, flat))
    for road, stages in policy.roads.items():
        yield from (
            Complaint(None, ("roads", road), f"there is no stage {key!r}; choose from: {_list(policy.stages)}")
            for key in stages
            if key not in policy.stages
        )
    for field in ("default_road", "local_road"):
        if (road := getattr(policy, field)) is not None and road not in policy.roads:
            yield Complaint(None, (field,), f"there is no road {road!r}; choose from: {_list(policy.roads)}")
    yield from (Complaint(None, ("duty_road",), fault) for fault in duty_road_faults(policy))
    for n, group in enumerate(policy.general):
        for m, rule in enumerate(group.rules):
            for message in _of_rule(policy, None, rule, rule.words or group.words):
                yield Complaint(None, ("general", n, "rules", m), message)


def _of_measure(policy: Policy, measure: Measure, flat: str) -> Iterator[tuple[Path, str]]:
    for unit in (*measure.units, *(unit for duty in measure.duties.values() for unit in duty.units)):
        if unit not in policy.units:
            yield ("units",), f"unit {unit!r} is not in units.csv; add it there or correct the key"
    yield from _unquoted(_quotes(measure), flat)
    for key, option in measure.options.items():
        yield from _of_option(policy, measure, key, option)
    for key in measure.duties:
        yield from _of_targets(measure, key)
    if measure.kind == "duty" and not measure.duties:
        yield ("kind",), "a duty states what its units are to do: give it `duties`"
    if measure.kind != "duty" and not measure.options:
        yield ("kind",), f"a {measure.kind} states what can be applied for: give it `options`"
    if measure.road is not None and measure.road not in policy.roads:
        yield ("road",), f"there is no road {measure.road!r}; choose from: {_list(policy.roads)}"
    elif measure.options and all(u in policy.units for u in measure.units) and _roads_hold(policy):
        yield from ((("units",), fault) for fault in road_faults(policy, measure))
    yield from ((("duties",), fault) for fault in duty_faults(policy, measure))


def _roads_hold(policy: Policy) -> bool:
    named = [policy.default_road, *([policy.local_road] if policy.local_road else [])]
    return all(road in policy.roads for road in named) and all(
        key in policy.stages for stages in policy.roads.values() for key in stages
    )


def _quotes(measure: Measure) -> Iterator[tuple[Path, str]]:
    """Yield every quotation of the policy with its path."""
    for key, option in measure.options.items():
        yield ("options", key, "words"), option.words
        for n, rule in enumerate(option.rules):
            if rule.words:
                yield ("options", key, "rules", n, "words"), rule.words
    for key, duty in measure.duties.items():
        yield ("duties", key, "words"), duty.words
        for n, target in enumerate(duty.targets):
            yield ("duties", key, "targets", n, "words"), target.words


def _unquoted(quotes: Iterable[tuple[Path, str]], flat: str) -> Iterator[tuple[Path, str]]:
    for path, words in quotes:
        if _flat(words) not in flat:
            yield path, f"these words are not in the text; quote it letter for letter: {words!r}"


def _of_option(policy: Policy, measure: Measure, key: str, option: Option) -> Iterator[tuple[Path, str]]:
    here: Path = ("options", key)
    for n, rule in enumerate(option.rules):
        for message in _of_rule(policy, measure, rule, rule.words or option.words):
            yield (*here, "rules", n), message
    for field in ("award_lists_in", "refusal_lists_in"):
        if (register := getattr(option, field)) is not None and register not in policy.registers:
            yield (*here, field), f"there is no register {register!r}; choose from: {_list(policy.registers)}"
    for fact in option.also_state:
        if fact not in measure.facts:
            yield (*here, "also_state"), f"there is no fact {fact!r}; choose from: {_list(measure.facts)}"
    gives_money = option.gives in ("money", "voucher")
    if gives_money != bool(option.levels):
        yield (
            (*here, "levels"),
            f"gives {option.gives}: {'say whose money it is' if gives_money else 'that is no money, so no level pays'}",
        )
    yield from ((here, message) for message in _contradictions(option))


def _contradictions(option: Option) -> Iterator[str]:
    """Yield limits that cannot both be meant: two fixed sums, or a limit of nothing."""
    sums = [r.at_most.value({}) for r in option.rules if isinstance(r, AtMost) and not r.at_most.names]
    if len(set(sums)) > 1:
        yield f"contradictory limits: {' and '.join(str(s / 100) for s in sums)} yuan; keep one"
    if any(value <= 0 for value in sums):
        yield "a limit of nothing lets nobody apply; take the option out instead"


def _of_rule(policy: Policy, measure: Measure | None, rule: Rule, words: str) -> Iterator[str]:
    known = _known(policy, measure)
    for name in names_in(rule):
        if name not in known:
            yield f"{name!r} is no fact, figure or reading; declare it or choose from: {_list(known)}"
    match rule:
        case Requires():
            yield from _of_condition(policy, rule.requires, known)
            literals = rule.requires.literals
        case AtMost():
            yield from _of_limit(rule.at_most, known)
            literals = rule.at_most.literals
        case Ceiling():
            literals = rule.ceiling.literals
    stated = numbers_in(words)
    for literal in literals:
        if _plain(literal) not in stated:
            yield f"the rule says {literal.written}, and its words do not: {words!r}; correct one of them"


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
                yield f"there is no register {register!r}; choose from: {_list(policy.registers)}"
            elif kind.subject != subject:
                yield f"the register {register!r} lists {kind.subject}s; write `{kind.subject} in {register}`"
        case Truth(fact):
            if known.get(fact, "yes_no") != "yes_no":
                yield f"{fact!r} is {known[fact]}, not yes_no; compare it with something"
        case Comparison(left, _, right):
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


def _of_targets(measure: Measure, key: str) -> Iterator[tuple[Path, str]]:
    for n, target in enumerate(measure.duties[key].targets):
        here: Path = ("duties", key, "targets", n)
        if Fraction(target.number) not in numbers_in(target.words):
            yield here, f"the target is {target.number}, and its words do not say so: {target.words!r}"
        if target.counts_awards_of is not None and target.counts_awards_of not in measure.options:
            yield here, f"there is no option {target.counts_awards_of!r}; choose from: {_list(measure.options)}"


_NUMBER = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s*(million|billion|trillion|%)?", re.IGNORECASE)
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


def _flat(text: str) -> str:
    return " ".join(text.split())


def _list(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"
