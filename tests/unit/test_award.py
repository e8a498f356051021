import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.case.award import Bounds, as_pledged, check_award, check_pledge
from models.errors import WrongAmount
from models.money import Fen
from models.states import Level

ASKED = {Level.PROVINCE: Fen(1_000), Level.CITY: Fen(500), Level.COUNTY: Fen(300)}
LIMIT = Fen(1_500)
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
        and 0 < sum(award.values()) <= LIMIT
    )
    bounds = Bounds(ASKED, pledges, Level.PROVINCE, LIMIT)
    if good:
        assert check_award(award, bounds) == award
    else:
        with pytest.raises(WrongAmount):
            check_award(award, bounds)


@given(shares, shares)
def test_where_something_is_set_off_pledged_shares_may_be_cut_and_never_raised(
    award: dict[Level, Fen], pledges: dict[Level, Fen]
) -> None:
    good = (
        0 <= award[Level.PROVINCE] <= ASKED[Level.PROVINCE]
        and all(
            award[level] == pledges[level] or 0 <= award[level] < pledges[level] for level in (Level.CITY, Level.COUNTY)
        )
        and 0 < sum(award.values()) <= LIMIT
    )
    bounds = Bounds(ASKED, pledges, Level.PROVINCE, LIMIT, set_off=True)
    if good:
        assert check_award(award, bounds) == award
    else:
        with pytest.raises(WrongAmount):
            check_award(award, bounds)


def test_a_recognition_is_awarded_without_money() -> None:
    nothing = dict.fromkeys(Level, Fen(0))
    assert check_award(nothing, Bounds(nothing, {}, Level.PROVINCE, None, gives_money=False)) == nothing
    with pytest.raises(WrongAmount, match="the award is zero"):
        check_award(nothing, Bounds(nothing, {}, Level.PROVINCE, None))


def test_a_plain_approval_fixes_what_was_pledged() -> None:
    pledges = {Level.CITY: Fen(400), Level.COUNTY: Fen(0)}
    award = as_pledged(ASKED, pledges, Level.PROVINCE)
    assert award == {Level.PROVINCE: 1_000, Level.CITY: 400, Level.COUNTY: 0}
    assert check_award(award, Bounds(ASKED, pledges, Level.PROVINCE, LIMIT)) == award


@pytest.mark.parametrize(("over", "stands"), [(-1, True), (0, True), (1, False)])
def test_an_award_ends_at_the_limit_to_the_fen(over: int, stands: bool) -> None:
    asked = {Level.PROVINCE: Fen(LIMIT + over), Level.CITY: Fen(0), Level.COUNTY: Fen(0)}
    bounds = Bounds(asked, {}, Level.PROVINCE, LIMIT)
    if stands:
        assert check_award(asked, bounds) == asked
    else:
        with pytest.raises(WrongAmount, match="over the limit of 15 yuan"):
            check_award(asked, bounds)


def test_whoever_fixes_the_award_answers_for_its_own_level() -> None:
    pledges = {Level.COUNTY: Fen(200)}
    award = as_pledged(ASKED, pledges, Level.CITY)
    assert award == {Level.PROVINCE: 0, Level.CITY: 500, Level.COUNTY: 200}
