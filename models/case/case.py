"""A case: one application, read as far as the rules of its measure need it. Pure."""

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

from models.case.facts import Facts, read_facts
from models.case.form import ApplicationForm
from models.errors import Fault
from models.money import money_en, money_zh
from models.policy.data import Bilingual
from models.policy.measure import Measure, Option
from models.policy.policy import Policy
from models.policy.rule_words import in_words
from models.policy.rules import AtMost, Ceiling, Requires, Rule
from models.states import Level, name


@dataclass(frozen=True)
class RuleInForce:
    """A rule that binds an option, with the measure and the words that it comes from."""

    measure: int
    rule: Rule
    words: str


def rules_of(policy: Policy, measure: Measure, key: str) -> list[RuleInForce]:
    """Return the rules that bind option ``key`` of ``measure``: the policy's general ones, then its own."""
    option = measure.options[key]
    general = [
        RuleInForce(group.measure, rule, rule.words or group.words)
        for group in policy.general
        if measure.number not in group.but_not
        for rule in group.rules
    ]
    own = [RuleInForce(measure.number, rule, rule.words or option.words) for rule in option.rules]
    return general + own


def names_in(rule: Rule) -> tuple[str, ...]:
    """Return the facts, figures and readings that ``rule`` names."""
    match rule:
        case Requires():
            names, day = rule.requires.names, rule.as_of
        case AtMost():
            names, day = rule.at_most.names, rule.as_of
        case Ceiling():
            names, day = (), rule.year_of
    return (*names, day) if day else names


def facts_wanted(policy: Policy, measure: Measure, key: str) -> list[str]:
    """Return the names of the facts that an application under option ``key`` states, as the measure orders them."""
    option = measure.options[key]
    named = {name for bound in rules_of(policy, measure, key) for name in names_in(bound.rule)} | set(option.also_state)
    rows = set(option.batch.columns) if option.batch else set()
    return [fact for fact in measure.facts if fact in named - rows]


@dataclass(frozen=True)
class Case:
    """One application, read as far as its rules need it."""

    policy: Policy
    measure: Measure
    key: str
    form: ApplicationForm
    facts: Facts
    day: dt.date

    @property
    def option(self) -> Option:
        """Return the option that is applied for."""
        return self.measure.options[self.key]

    @property
    def rules(self) -> list[RuleInForce]:
        """Return the rules that bind it."""
        return rules_of(self.policy, self.measure, self.key)

    def says(self, rule: Rule) -> Bilingual:
        """Return ``rule`` in words."""
        return in_words(self.policy, self.measure, rule)

    def figures_needed(self) -> set[tuple[str, dt.date]]:
        """Return the figures that the rules look up, each with its day."""
        return {
            (name, self.facts.date(getattr(bound.rule, "as_of", None), self.day))
            for bound in self.rules
            for name in names_in(bound.rule)
            if name in self.policy.figures
        }

    def year(self, ceiling: Ceiling, otherwise: dt.date) -> int:
        """Return the year whose awards ``ceiling`` adds up."""
        stated = self.facts.values.get(ceiling.year_of) if ceiling.year_of else None
        return int(stated) if isinstance(stated, Fraction) else self.facts.date(ceiling.year_of, otherwise).year


def read_case(form: ApplicationForm, policy: Policy, day: dt.date) -> tuple[Case | None, list[Fault]]:
    """Return the case that ``form`` makes, with the faults of what it states; None where its rules are unknown."""
    measure = policy.measures.get(form.measure)
    if measure is None or not measure.options:
        return None, [_unknown_measure(policy)]
    found = [*_window(policy, day), *_county(form, policy)]
    if form.option not in measure.options:
        return None, [*found, _unknown_option(measure)]
    wanted = facts_wanted(policy, measure, form.option)
    stated, wrong = read_facts(form.facts, measure, set(wanted))
    case = Case(policy, measure, form.option, form, stated, day)
    return case, [*found, *_split(case), *_levels(case), *wrong]


def _unknown_measure(policy: Policy) -> Fault:
    open_ones = ", ".join(str(n) for n, measure in sorted(policy.measures.items()) if measure.options)
    return Fault(
        "measure",
        f"该措施不受理申请；可申请的措施：{open_ones}",
        f"applications are not taken under this measure; choose one of: {open_ones}",
    )


def _unknown_option(measure: Measure) -> Fault:
    zh = "、".join(f"{key}（{option.name.zh}）" for key, option in measure.options.items())
    en = ", ".join(f"{key} ({option.name.en})" for key, option in measure.options.items())
    return Fault("option", f"没有这一类别；可选：{zh}", f"there is no such option; choose one of: {en}")


def _window(policy: Policy, day: dt.date) -> list[Fault]:
    window = policy.window
    if window.first_day <= day <= window.last_day:
        return []
    return [
        Fault(
            "date",
            f"{day} 不在申报期 {window.first_day} 至 {window.last_day} 之内",
            f"{day} is outside the window {window.first_day} to {window.last_day}",
            window.words,
        )
    ]


def _county(form: ApplicationForm, policy: Policy) -> list[Fault]:
    try:
        policy.place(form.county)
    except KeyError:
        return [
            Fault(
                "county",
                f"{policy.issuer.zh}所辖县（市、区）中没有“{form.county}”；请填写 GB/T 2260 代码，如 330110",
                f"“{form.county}” is no county of this policy's area; give its GB/T 2260 code, such as 330110",
            )
        ]
    return []


def _split(case: Case) -> list[Fault]:
    total, stated = case.form.amounts.total, case.form.total
    if total == 0 and case.option.levels:
        return [Fault("amounts", "申请金额合计为零；请填写至少一级资金", "the sum asked for is zero; state a share")]
    if stated is not None and stated != total:
        return [
            Fault(
                "total",
                f"合计 {money_zh(stated)} 与省、市、县三级之和 {money_zh(total)} 不一致；请核对",
                f"the total of {money_en(stated)} is not the sum of province, city and county, "
                f"{money_en(total)}; make them agree",
            )
        ]
    return []


def _levels(case: Case) -> list[Fault]:
    option = case.option
    return [
        Fault(
            f"amounts.{level.value}",
            f"“{option.name.zh}”没有{name(level, 'zh')}资金，上限为 0 元",
            f"“{option.name.en}” has no money from the {level.value}; the limit is 0 yuan",
            option.words,
        )
        for level in Level
        if level not in option.levels and case.form.amounts.of(level) > 0
    ]
