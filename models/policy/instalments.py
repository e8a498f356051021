"""Instalments: in which parts an award is paid, each on a milestone. Pure; amounts in fen, shares exact fractions."""

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Annotated

from pydantic import Field, field_validator

from models.money import Fen
from models.policy.data import Bilingual, Data
from models.policy.expressions import Expression


class Instalment(Data):
    """One part of an award, and the milestone on which it is paid."""

    #: Names the milestone: ``award``, ``acceptance``.
    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    name: Bilingual
    #: Of the award, such as ``60%``.
    share: Expression

    @field_validator("share")
    @classmethod
    def _is_a_share(cls, share: Expression) -> Expression:
        if share.names or share.money_power({}) != 0 or not 0 < share.value({}) <= 1:
            raise ValueError("state a share of the award over 0% and up to 100%, such as 60%")
        return share


#: How an award is paid where neither its option nor its policy says: all of it, on the award.
AT_ONCE = (
    Instalment(key="award", name=Bilingual(zh="核定后一次拨付", en="all on the award"), share=Expression.parse("100%")),
)


def instalment_faults(instalments: Sequence[Instalment]) -> Iterator[str]:
    """Yield why an award could not be paid in these parts."""
    total = sum((one.share.value({}) for one in instalments), Fraction(0))
    if instalments and total != 1:
        yield f"the instalments come to {total.numerator}/{total.denominator} of the award; they must come to 100%"
    yield from (
        f"two instalments are called {key!r}; rename one"
        for key, n in Counter(one.key for one in instalments).items()
        if n > 1
    )


def split(fen: Fen, instalments: Sequence[Instalment]) -> tuple[Fen, ...]:
    """Return the parts of ``fen``, whole fen each: rounded down, and the last takes the rest."""
    parts = [fen * one.share.value({}) // 1 for one in instalments[:-1]]
    return (*(Fen(int(part)) for part in parts), Fen(fen - int(sum(parts))))
