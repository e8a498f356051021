"""What a policy's data must agree on with themselves and with their text. Pure; yields every complaint."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from models.case.case import names_in
from models.money import yuan
from models.panel.checks import fields_faults, panel_faults
from models.policy import quorum_checks
from models.policy.duty import duty_faults, duty_road_faults
from models.policy.instalments import instalment_faults
from models.policy.late_checks import late_faults
from models.policy.measure import Measure, Option
from models.policy.payers import payer_faults
from models.policy.policy import Policy
from models.policy.road_checks import road_faults
from models.policy.rule_checks import listed, numbers_in, of_rule
from models.policy.rules import AtMost
from models.release import release_faults

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
            Complaint(None, ("roads", road), f"there is no stage {key!r}; choose from: {listed(policy.stages)}")
            for key in stages
            if key not in policy.stages
        )
    for field in ("default_road", "local_road"):
        if (road := getattr(policy, field)) is not None and road not in policy.roads:
            yield Complaint(None, (field,), f"there is no road {road!r}; choose from: {listed(policy.roads)}")
    yield from (Complaint(None, ("stages", stage), fault) for stage, fault in quorum_checks.stage_faults(policy))
    yield from (Complaint(None, ("duty_road",), fault) for fault in duty_road_faults(policy))
    yield from (Complaint(None, ("payers",), fault) for fault in payer_faults(policy))
    yield from (Complaint(None, ("release_road",), fault) for fault in release_faults(policy))
    yield from (Complaint(None, path, fault) for path, fault in panel_faults(policy))
    if _roads_hold(policy):
        yield from (Complaint(None, path, fault) for path, fault in late_faults(policy))
    for n, group in enumerate(policy.general):
        for m, rule in enumerate(group.rules):
            for message in of_rule(policy, None, rule, rule.words or group.words):
                yield Complaint(None, ("general", n, "rules", m), message)


def _of_measure(policy: Policy, measure: Measure, flat: str) -> Iterator[tuple[Path, str]]:
    for unit in measure.units:
        if unit not in policy.units:
            yield ("units",), f"unit {unit!r} is not in units.csv; add it there or correct the key"
    yield from _unquoted(_quotes(measure), flat)
    yield from _of_names(policy, measure)
    for key, option in measure.options.items():
        yield from _of_option(policy, measure, key, option)
    for key in measure.duties:
        yield from _of_duty(measure, key)
    if measure.kind == "duty" and not measure.duties:
        yield ("kind",), "a duty states what its units are to do: give it `duties`"
    if measure.kind != "duty" and not measure.options:
        yield ("kind",), f"a {measure.kind} states what can be applied for: give it `options`"
    if measure.road is not None and measure.road not in policy.roads:
        yield ("road",), f"there is no road {measure.road!r}; choose from: {listed(policy.roads)}"
    elif measure.options and all(u in policy.units for u in measure.units) and _roads_hold(policy):
        yield from ((("units",), fault) for fault in road_faults(policy, measure))
        yield from ((("expert_fields",), fault) for fault in fields_faults(policy, measure))
        yield from ((("units",), fault) for fault in quorum_checks.measure_faults(policy, measure))
    yield from ((("duties",), fault) for fault in duty_faults(policy, measure))


def _of_names(policy: Policy, measure: Measure) -> Iterator[tuple[Path, str]]:
    """Yield facts and readings that nobody looks at, and those that share a name."""
    named = {name for option in measure.options.values() for rule in option.rules for name in names_in(rule)}
    stated = {name for option in measure.options.values() for name in option.also_state}
    stated |= {name for option in measure.options.values() if option.batch for name in option.batch.columns}
    for name in measure.facts:
        if name not in named | stated:
            yield ("facts", name), "no option asks for this fact; name it in a rule or in `also_state`, or take it out"
        if name in policy.figures or name in measure.readings:
            yield ("facts", name), f"{name!r} is a figure or a reading too; rename one of them"
    for name in measure.readings:
        if name not in named:
            yield ("readings", name), "no rule looks at this reading; name it in one or take it out"
        if name in policy.figures:
            yield ("readings", name), f"{name!r} is a figure too; rename one of them"


def _roads_hold(policy: Policy) -> bool:
    named = filter(None, (policy.default_road, policy.local_road, policy.duty_road))
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
        for message in of_rule(policy, measure, rule, rule.words or option.words):
            yield (*here, "rules", n), message
    for field in ("award_lists_in", "refusal_lists_in"):
        if (register := getattr(option, field)) is not None and register not in policy.registers:
            yield (*here, field), f"there is no register {register!r}; choose from: {listed(policy.registers)}"
    yield from ((here, message) for message in _of_batch(measure, option))
    yield from (((*here, "instalments"), fault) for fault in instalment_faults(option.instalments))
    for fact in option.also_state:
        if fact not in measure.facts:
            yield (*here, "also_state"), f"there is no fact {fact!r}; choose from: {listed(measure.facts)}"
    gives_money = option.gives in ("money", "voucher")
    if gives_money != bool(option.levels):
        yield (
            (*here, "levels"),
            f"gives {option.gives}: {'say whose money it is' if gives_money else 'that is no money, so no level pays'}",
        )
    yield from ((here, message) for message in _contradictions(option))


def _of_batch(measure: Measure, option: Option) -> Iterator[str]:
    """Yield why the rows of a batch could not be checked."""
    if option.batch is None:
        return
    columns = option.batch.columns
    yield from (
        f"there is no fact {name!r}; choose from: {listed(measure.facts)}"
        for name in columns
        if name not in measure.facts
    )
    if option.batch.piece not in columns:
        yield f"a piece is named by one of the columns: {listed(columns)}"
    looked_at = {name for rule in option.rules if isinstance(rule, AtMost) for name in names_in(rule)}
    yield from (
        f"{name!r} is in no row; add it to the columns of the batch" for name in sorted(looked_at - set(columns))
    )


def _contradictions(option: Option) -> Iterator[str]:
    """Yield limits that cannot both be meant: two fixed sums, or a limit of nothing."""
    sums = [r.at_most.value({}) for r in option.rules if isinstance(r, AtMost) and not r.at_most.names]
    if len(set(sums)) > 1:
        yield f"contradictory limits: {' and '.join(yuan(int(s)) for s in sums)} yuan; keep one"
    if any(value <= 0 for value in sums):
        yield "a limit of nothing lets nobody apply; take the option out instead"


def _of_duty(measure: Measure, key: str) -> Iterator[tuple[Path, str]]:
    for unit in measure.duties[key].units:
        if unit not in measure.units:
            yield ("duties", key, "units"), f"the measure does not list {unit!r}; choose from: {listed(measure.units)}"
    for n, target in enumerate(measure.duties[key].targets):
        here: Path = ("duties", key, "targets", n)
        if Fraction(target.number) not in numbers_in(target.words):
            yield here, f"the target is {target.number}, and its words do not say so: {target.words!r}"
        if target.counts_awards_of is not None and target.counts_awards_of not in measure.options:
            yield here, f"there is no option {target.counts_awards_of!r}; choose from: {listed(measure.options)}"


#: In "3 billion level enterprises", the level is the enterprises' own.
def _flat(text: str) -> str:
    return " ".join(text.split())
