"""What a unit may promise and what the award may be: amounts in fen. Pure.

A pledge is at most what was asked of its level. An award takes every other level exactly as pledged, the level
of the unit that fixes it at most as asked, and is at most what the rules allow: the pledges add up to what is
awarded. Where something is set off against an earlier award, pledged shares may be cut as well.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from models.errors import WrongAmount
from models.money import Fen, money_en, money_zh
from models.states import Level, name

Shares = Mapping[Level, Fen]


def check_pledge(level: Level, amount: Fen, asked: Fen) -> Fen:
    """Return ``amount`` if ``level`` may pledge it.

    Raises:
        WrongAmount: negative, or more than was asked of the level.

    """
    if 0 <= amount <= asked:
        return amount
    raise WrongAmount(
        f"{name(level, 'zh')}承诺金额须在 0 至申请额 {money_zh(asked)} 之间",
        f"the {level.value}'s pledge must be between 0 and the {money_en(asked)} asked for",
    )


def as_pledged(asked: Shares, pledges: Shares, own: Level | None) -> dict[Level, Fen]:
    """Return the award that a plain approval fixes: the level ``own`` as asked, the others as pledged."""
    return {level: asked[level] if level is own else pledges.get(level, Fen(0)) for level in Level}


@dataclass(frozen=True)
class Bounds:
    """What an award is held against."""

    asked: Shares
    pledges: Shares
    #: The level whose money the unit that fixes the award gives; None where it gives none.
    own: Level | None
    #: The largest sum that the rules allow; None: no limit.
    largest: Fen | None
    #: False for a recognition or a listing.
    gives_money: bool = True
    #: True where an earlier award for the same thing is set off: pledged shares may be cut.
    set_off: bool = False


def check_award(award: Shares, bounds: Bounds) -> dict[Level, Fen]:
    """Return ``award`` if it may be fixed.

    Raises:
        WrongAmount: a share is not as pledged or asked, the sum is zero or over the limit.

    """
    for level in Level:
        _check_share(level, award[level], bounds)
    total = sum(award.values())
    if total == 0 and bounds.gives_money:
        raise WrongAmount("核定金额合计为零；如不予支持请选择“不同意”", "the award is zero; refuse instead")
    if bounds.largest is not None and total > bounds.largest:
        raise WrongAmount(
            f"核定合计 {money_zh(total)} 超过上限 {money_zh(bounds.largest)}",
            f"the award of {money_en(total)} is over the limit of {money_en(bounds.largest)}",
        )
    return dict(award)


def _check_share(level: Level, amount: Fen, bounds: Bounds) -> None:
    if level is bounds.own:
        check_pledge(level, amount, bounds.asked[level])
        return
    pledged = bounds.pledges.get(level, Fen(0))
    if amount == pledged or (bounds.set_off and 0 <= amount < pledged):
        return
    raise WrongAmount(
        f"{name(level, 'zh')}金额须{'不超过' if bounds.set_off else '等于'}其承诺额 {money_zh(pledged)}",
        f"the {level.value}'s amount must be {'at most ' if bounds.set_off else ''}the {money_en(pledged)} "
        "that it pledged",
    )
