"""A rule in words, for people: ``不超过 30% × 合同实际执行额``. Pure."""

from models.policy.data import Bilingual
from models.policy.measure import Measure
from models.policy.policy import Policy
from models.policy.rules import AtMost, Ceiling, Requires, Rule


def in_words(policy: Policy, measure: Measure, rule: Rule) -> Bilingual:
    """Return ``rule`` in both languages."""
    return Bilingual(zh=said(policy, measure, rule, "zh"), en=said(policy, measure, rule, "en"))


def said(policy: Policy, measure: Measure, rule: Rule, language: str) -> str:
    """Return ``rule`` in ``language``: ``不超过 30% × 合同实际执行额``."""
    called = {key: kind.name for key, kind in (measure.facts | policy.figures | policy.registers).items()}
    called |= {key: reading.name for key, reading in measure.readings.items()}
    names = {key: name.get(language) for key, name in called.items()}
    zh = language == "zh"
    match rule:
        case Requires():
            return rule.requires.said(names, language)
        case AtMost():
            return f"{'不超过' if zh else 'at most'} {rule.at_most.said(names, language)}"
        case Ceiling():
            most = rule.ceiling.said(names, language) + ("" if rule.counts_money else " 项" if zh else " awards")
            who = {"applicant": ("每家单位", "an applicant"), "everyone": ("全部", "all together")}[rule.per]
            return f"{who[0]}每年不超过 {most}" if zh else f"{who[1]}: at most {most} a year"
