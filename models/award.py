"""What a unit may promise and what the lead may fix: amounts in fen. Pure.

A pledge is at most what was asked of its level. An award takes city and county exactly as pledged, the
province at most as asked, and is at most the option's limit: the pledges add up to what is awarded.
"""

from collections.abc import Mapping

from models.errors import WrongAmount
from models.money import Fen, money_en, money_zh
from models.policy import Option
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


def as_pledged(asked: Shares, pledges: Shares) -> dict[Level, Fen]:
    """Return the award that a plain approval fixes: the province as asked, the others as pledged."""
    return {level: asked[level] if level is Level.PROVINCE else pledges.get(level, Fen(0)) for level in Level}


def check_award(award: Shares, asked: Shares, pledges: Shares, option: Option) -> dict[Level, Fen]:
    """Return ``award`` if the lead may fix it.

    Raises:
        WrongAmount: a share is not as pledged or asked, the sum is zero or over the option's limit.

    """
    check_pledge(Level.PROVINCE, award[Level.PROVINCE], asked[Level.PROVINCE])
    for level in (Level.CITY, Level.COUNTY):
        pledged = pledges.get(level, Fen(0))
        if award[level] != pledged:
            raise WrongAmount(
                f"{name(level, 'zh')}金额须等于其承诺额 {money_zh(pledged)}",
                f"the {level.value}'s amount must be the {money_en(pledged)} that it pledged",
            )
    total = sum(award.values())
    if total == 0:
        raise WrongAmount("核定金额合计为零；如不予支持请选择“不同意”", "the award is zero; refuse instead")
    if total > option.at_most_yuan:
        raise WrongAmount(
            f"核定合计 {money_zh(total)} 超过上限 {money_zh(option.at_most_yuan)}",
            f"the award of {money_en(total)} is over the limit of {money_en(option.at_most_yuan)}",
        )
    return dict(award)
