import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.award import as_pledged, check_award, check_pledge
from models.errors import WrongAmount
from models.money import Fen
from models.policy import load_policy
from models.states import Level

OPTIONS = load_policy().measures[19].options
CONSORTIUM, SINGLE = OPTIONS["consortium"], OPTIONS["single"]
ASKED = {Level.PROVINCE: Fen(1_000), Level.CITY: Fen(500), Level.COUNTY: Fen(300)}
fen = st.integers(-10, 2_000).map(Fen)
shares = st.fixed_dictionaries(dict.fromkeys(Level, fen))


@given(fen)
def test_a_pledge_is_between_nothing_and_what_was_asked(amount: Fen) -> None:
    if 0 <= amount <= 500:
        assert check_pledge(Level.CITY, amount, Fen(500)) == amount
    else:
        with pytest.raises(WrongAmount, match="between 0 and the 5 yuan asked for") as refused:
            check_pledge(Level.CITY, amount, Fen(500))
        assert "市级" in refused.value.zh


@given(shares, shares)
def test_an_award_stands_only_where_the_pledges_add_up_to_it(
    award: dict[Level, Fen], pledges: dict[Level, Fen]
) -> None:
    good = (
        0 <= award[Level.PROVINCE] <= ASKED[Level.PROVINCE]
        and all(award[level] == pledges[level] for level in (Level.CITY, Level.COUNTY))
        and 0 < sum(award.values()) <= CONSORTIUM.at_most_yuan
    )
    if good:
        assert check_award(award, ASKED, pledges, CONSORTIUM) == award
    else:
        with pytest.raises(WrongAmount):
            check_award(award, ASKED, pledges, CONSORTIUM)


def test_a_plain_approval_fixes_what_was_pledged() -> None:
    pledges = {Level.CITY: Fen(400), Level.COUNTY: Fen(0)}
    award = as_pledged(ASKED, pledges)
    assert award == {Level.PROVINCE: 1_000, Level.CITY: 400, Level.COUNTY: 0}
    assert check_award(award, ASKED, pledges, CONSORTIUM) == award


@pytest.mark.parametrize(("over", "stands"), [(-1, True), (0, True), (1, False)])
def test_an_award_ends_at_the_limit_to_the_fen(over: int, stands: bool) -> None:
    asked = {Level.PROVINCE: Fen(SINGLE.at_most_yuan + over), Level.CITY: Fen(0), Level.COUNTY: Fen(0)}
    if stands:
        assert check_award(asked, asked, {}, SINGLE) == asked
    else:
        with pytest.raises(WrongAmount, match="over the limit of 10,000,000 yuan"):
            check_award(asked, asked, {}, SINGLE)
