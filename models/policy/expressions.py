"""Sums as a measure's data writes them: ``30% × contract_executed``. Exact, and no code is run.

An expression adds and subtracts products of facts, figures and numbers; money is in fen once read. A number is
``30%``, ``3`` or ``8,000,000 yuan``; ``×`` multiplies and ``/`` divides.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Self

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from models.money import fen_from_yuan, money

_WORD = re.compile(
    r"\s*(?:(?P<number>(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?)(?![0-9,.])\s*(?P<unit>%|yuan\b)?"
    r"|(?P<name>[a-z][a-z0-9_]*)|(?P<sign>[×/+-]))"
)
NAME = re.compile(r"[a-z][a-z0-9_]*")

#: What each name is called, by name.
Names = Mapping[str, str]


@dataclass(frozen=True)
class Literal:
    """A number that the data state: a share (``30%``), a plain number, or money in fen."""

    written: str
    value: Fraction
    is_money: bool

    def said(self, language: str) -> str:
        """Return the number as people read it."""
        return money(int(self.value), language) if self.is_money else self.written


Factor = Literal | str
#: The sign of the term (+1 or -1), and its factors, each multiplied (+1) or divided (-1).
Term = tuple[int, tuple[tuple[int, Factor], ...]]


class Written(ABC):
    """Something that pydantic reads from a text with ``parse``."""

    @classmethod
    @abstractmethod
    def parse(cls, text: str) -> Self:
        """Return what ``text`` says.

        Raises:
            ValueError: it says nothing; the message shows how it is written.

        """

    @classmethod
    def _read(cls, given: object) -> Self:
        """Return what was parsed before, or parse a text or a whole number (YAML reads ``10`` as one)."""
        if isinstance(given, cls):
            return given
        if isinstance(given, bool) or not isinstance(given, str | int):
            raise ValueError("write it as a text in quotes, which is read exactly")
        return cls.parse(str(given))

    @classmethod
    def __get_pydantic_core_schema__(cls, _: Any, __: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(cls._read, serialization=core_schema.to_string_ser_schema())


@dataclass(frozen=True)
class Expression(Written):
    """A sum of products, such as ``30% × contract_executed``."""

    written: str
    terms: tuple[Term, ...]

    def __str__(self) -> str:
        return self.written

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the expression that ``text`` writes; raises ValueError as ``Written.parse`` does."""
        terms: list[Term] = []
        factors: list[tuple[int, Factor]] = []
        sign, power, wants_factor = 1, 1, True
        for word in _words(text):
            if isinstance(word, Literal) or NAME.fullmatch(word):
                if not wants_factor:
                    raise ValueError(f"{text!r}: a sign (× / + -) is missing before {_shown(word)!r}")
                if power < 0 and isinstance(word, Literal) and not word.value:
                    raise ValueError(f"{text!r}: divides by zero; correct the number")
                factors.append((power, word))
                wants_factor = False
                continue
            if wants_factor:
                raise ValueError(f"{text!r}: a number or a name is missing before {word!r}")
            wants_factor = True
            if word in "×/":
                power = 1 if word == "×" else -1
            else:
                terms.append((sign, tuple(factors)))
                factors, sign, power = [], 1 if word == "+" else -1, 1
        if wants_factor:
            raise ValueError(f"{text!r}: ends where a number or a name is expected")
        return cls(" ".join(text.split()), (*terms, (sign, tuple(factors))))

    def _factors(self) -> Iterator[Factor]:
        for _, factors in self.terms:
            yield from (factor for _, factor in factors)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the facts, figures and readings that it is made of, each once."""
        return tuple(dict.fromkeys(factor for factor in self._factors() if isinstance(factor, str)))

    @property
    def literals(self) -> tuple[Literal, ...]:
        """Return the numbers that it states."""
        return tuple(factor for factor in self._factors() if isinstance(factor, Literal))

    def value(self, values: Mapping[str, Fraction]) -> Fraction:
        """Return the exact value, money in fen.

        Raises:
            KeyError: a name has no value.
            ZeroDivisionError: it divides by a name that is zero.

        """
        total = Fraction(0)
        for sign, factors in self.terms:
            product = Fraction(sign)
            for power, factor in factors:
                product *= (factor.value if isinstance(factor, Literal) else values[factor]) ** power
            total += product
        return total

    def money_power(self, is_money: Mapping[str, bool]) -> int:
        """Return 1 for a sum of money, 0 for a plain number, 2 for money times money.

        Raises:
            ValueError: it adds money to a plain number.

        """
        powers = {
            sum(
                power * (factor.is_money if isinstance(factor, Literal) else is_money[factor])
                for power, factor in factors
            )
            for _, factors in self.terms
        }
        if len(powers) > 1:
            raise ValueError(f"{self.written!r} adds money to a plain number")
        return powers.pop()

    def said(self, names: Names, language: str) -> str:
        """Return the expression with every name as people call it."""
        terms = []
        for sign, factors in self.terms:
            text = ""
            for power, factor in factors:
                mark = (" × " if power > 0 else " ÷ ") if text else ""
                text += mark + (factor.said(language) if isinstance(factor, Literal) else names[factor])
            terms.append((" + " if sign > 0 else " - ") + text)
        return "".join(terms).removeprefix(" + ").strip()


def _words(text: str) -> Iterator[Literal | str]:
    at, text = 0, text.rstrip()
    while at < len(text):
        found = _WORD.match(text, at)
        if found is None:
            raise ValueError(
                f"{text!r}: {text[at:].strip()!r} cannot be read; write e.g. 30% × contract_executed or 8,000,000 yuan"
            )
        at = found.end()
        if found["number"]:
            yield _literal(found["number"], found["unit"] or "")
        else:
            yield found["name"] or found["sign"]


def _literal(digits: str, unit: str) -> Literal:
    if unit == "yuan":
        return Literal(f"{digits} yuan", Fraction(fen_from_yuan(digits)), is_money=True)
    number = Fraction(digits.replace(",", ""))
    return Literal(digits + unit, number / 100 if unit == "%" else number, is_money=False)


def _shown(word: Literal | str) -> str:
    return word.written if isinstance(word, Literal) else word
