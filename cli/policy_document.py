"""docs/policy.md: the measures of a policy as one table, made from its data."""

from collections.abc import Iterator

from cli.policy_page import KINDS
from models.case.case import facts_wanted, rules_of
from models.policy.measure import Measure, Target
from models.policy.policy import Policy, asked_by
from models.policy.rule_words import said

HEAD = """\
<!-- Made from policies/{key} by `make docs`; change the data, not this file. -->
# {zh}

{en}. {issuer}. Applications from {first} to {last}.

Each number below stands in the policy's text, which the data quote; `liandong policy show N` prints the words,
the facts that an application states, and what the text leaves open.
{general}
"""

COLUMNS = (
    "",
    "措施 Measure",
    "类型 Kind",
    "责任单位（首位牵头） Units, the first leads",
    "限额与条件 Limits and conditions",
    "系统的处理 What the software does",
)

DOES = {
    "money": "办理申请并核定金额 takes claims and fixes the award",
    "voucher": "办理申请并核定券额 takes claims and fixes the voucher",
    "recognition": "办理申请并认定 takes claims and recognises",
    "listing": "办理申请并列入名单 takes claims and enters the list",
    "clearance": "办理审查，未通过的列入名录，各项措施均不支持 reviews; what is refused gets nothing under any measure",
}


def document(policy: Policy) -> str:
    """Return the whole document."""
    head = HEAD.format(
        key=policy.key,
        zh=policy.title.zh,
        en=policy.title.en,
        issuer=f"{policy.issuer.zh} {policy.issuer.en}",
        first=policy.window.first_day,
        last=policy.window.last_day,
        general="".join(_general(policy)),
    )
    rows = [COLUMNS, ("---:", *["---"] * (len(COLUMNS) - 1))]
    rows += [_row(policy, measure) for measure in policy.measures.values()]
    return head + "".join(f"| {' | '.join(cell.replace('|', '/') for cell in row)} |\n" for row in rows)


def _general(policy: Policy) -> Iterator[str]:
    """Yield what holds under every measure."""
    yield "\n各项措施均适用 Under every measure:\n\n"
    for group in policy.general:
        measure = policy.measures[group.measure]
        for rule in group.rules:
            zh, en = (said(policy, measure, rule, language) for language in ("zh", "en"))
            yield f"- {zh} {en} (措施 measure {group.measure})\n"
    yield f"- {policy.overlap.note.zh} {policy.overlap.note.en}\n"


def _row(policy: Policy, measure: Measure) -> tuple[str, ...]:
    return (
        str(measure.number),
        f"{measure.title.zh}<br>{measure.title.en}",
        " ".join(KINDS[measure.kind]),
        "<br>".join(_units(policy, measure)),
        "<br>".join(_limits(policy, measure)) or "—",
        "<br>".join(_does(policy, measure)),
    )


def _units(policy: Policy, measure: Measure) -> Iterator[str]:
    for place, key in enumerate(measure.units):
        name = policy.units[key].name
        yield f"**{name.zh}** {name.en}" if place == 0 else f"{name.zh} {name.en}"


def _limits(policy: Policy, measure: Measure) -> Iterator[str]:
    for key, option in measure.options.items():
        own = [bound for bound in rules_of(policy, measure, key) if bound.measure == measure.number]
        rules = [f"{said(policy, measure, b.rule, 'zh')} ({said(policy, measure, b.rule, 'en')})" for b in own]
        stated = "; ".join(rules) or "原文无限额 no limit in the text"
        yield f"*{option.name.zh} {option.name.en}*: {stated}"
    for duty in measure.duties.values():
        yield from (_target(target) for target in duty.targets)


def _target(target: Target) -> str:
    open_ended = "每年 a year" if target.each else "未定期限 no day set"
    when = f"至 by {target.by}" if target.by else open_ended
    return f"目标 target: {target.name.zh} {target.name.en} {target.number:,} {target.unit.zh} ({when})"


def _does(policy: Policy, measure: Measure) -> Iterator[str]:
    for gives in dict.fromkeys(option.gives for option in measure.options.values()):
        yield DOES[gives]
    if measure.options:
        stages = [stage for stage in policy.road_of(measure).values() if asked_by(stage, measure)]
        yield " → ".join(f"{stage.name.zh} {stage.name.en}" for stage in stages)
        facts = {fact for key in measure.options for fact in facts_wanted(policy, measure, key)}
        yield from ([f"核对 {len(facts)} 项申报情况 checks {len(facts)} stated facts"] if facts else [])
    for duty in measure.duties.values():
        yield f"任务 duty: {duty.title.zh} {duty.title.en}"
