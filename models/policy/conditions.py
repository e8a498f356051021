"""Conditions as a measure's data writes them: comparisons, memberships in registers, facts that must be yes. Pure."""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Self

from models.policy.expressions import NAME, Expression, Literal, Names, Written

_COMPARISON = re.compile(r"(?P<left>[^<>=]+)(?P<sign>>=|<=|>|<)(?P<right>[^<>=]+)")
_MEMBERSHIP = re.compile(r"(?P<subject>applicant|project)\s+(?P<sign>not in|in)\s+(?P<register>[a-z][a-z0-9_]*)")

_COMPARE: dict[str, Callable[[Fraction, Fraction], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
_SAID = {
    "zh": {">": "大于", ">=": "不低于", "<": "小于", "<=": "不超过"},
    "en": {">": "over", ">=": "at least", "<": "under", "<=": "at most"},
}


@dataclass(frozen=True)
class Comparison:
    """``rd_expense > 3% × operating_income``."""

    left: Expression
    sign: str
    right: Expression

    def holds(self, values: Mapping[str, Fraction]) -> bool:
        """Return whether it is so; raises as ``Expression.value`` does."""
        return _COMPARE[self.sign](self.left.value(values), self.right.value(values))


@dataclass(frozen=True)
class Membership:
    """``applicant in provincial_innovation_consortia``, or ``not in``."""

    subject: str
    register: str
    inside: bool


@dataclass(frozen=True)
class Truth:
    """A fact of the type yes_no that must be yes."""

    fact: str


@dataclass(frozen=True)
class Condition(Written):
    """What must be so: a comparison, a membership in a register, or a fact that must be yes."""

    written: str
    test: Comparison | Membership | Truth

    def __str__(self) -> str:
        return self.written

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the condition that ``text`` writes; raises ValueError as ``Written.parse`` does."""
        text = " ".join(text.split())
        if found := _COMPARISON.fullmatch(text):
            left, right = Expression.parse(found["left"]), Expression.parse(found["right"])
            return cls(text, Comparison(left, found["sign"], right))
        if found := _MEMBERSHIP.fullmatch(text):
            return cls(text, Membership(found["subject"], found["register"], found["sign"] == "in"))
        if NAME.fullmatch(text):
            return cls(text, Truth(text))
        raise ValueError(
            f"{text!r} is no condition; write a comparison (salary > 1,000,000 yuan), a membership "
            "(applicant in some_register) or the name of a yes_no fact"
        )

    @property
    def names(self) -> tuple[str, ...]:
        """Return the facts, figures and readings that it looks at, each once."""
        match self.test:
            case Comparison(left, _, right):
                return tuple(dict.fromkeys((*left.names, *right.names)))
            case Truth(fact):
                return (fact,)
            case Membership():
                return ()

    @property
    def literals(self) -> tuple[Literal, ...]:
        """Return the numbers that it states."""
        match self.test:
            case Comparison(left, _, right):
                return (*left.literals, *right.literals)
            case _:
                return ()

    def said(self, names: Names, language: str) -> str:
        """Return the condition in ``language``, with every name as people call it."""
        zh = language == "zh"
        match self.test:
            case Comparison(left, sign, right):
                return f"{left.said(names, language)} {_SAID[language][sign]} {right.said(names, language)}"
            case Truth(fact):
                return names[fact]
            case Membership(subject, register, inside):
                who = {"applicant": ("申请单位", "the applicant"), "project": ("项目", "the project")}[subject]
                if zh:
                    return f"{who[0]}{'已' if inside else '未'}列入{names[register]}"
                return f"{who[1]} is {'' if inside else 'not '}in the {names[register]}"
