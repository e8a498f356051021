from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.road.quorum import Quorum, Seat, evaluate, from_json, needs, to_json, voters
from models.states import Outcome

YES, NO, BACK, OUT, AWAY = Outcome.APPROVE, Outcome.REFUSE, Outcome.RETURN, Outcome.ABSTAIN, Outcome.RECUSE
UNITS = ("kjt", "fgw", "czt", "jxt", "@city:330100")
answers = st.lists(st.sampled_from([YES, NO, BACK, OUT, AWAY]), max_size=4)


@st.composite
def quorums(draw: st.DrawFn) -> Quorum:
    return Quorum(
        at_least=draw(st.sampled_from(["all", "any", "1", "2", "3", "1/2", "2/3", "3/4"])),
        weights=draw(st.dictionaries(st.sampled_from(["kjt", "czt", "@city"]), st.integers(1, 3), max_size=2)),
        veto=tuple(draw(st.sets(st.sampled_from(["kjt", "fgw", "@city"]), max_size=1))),
        one_no=draw(st.sampled_from(["ends", "returns", "to_lead"])),
        abstention=draw(st.sampled_from(["left_out", "as_no"])),
    )


def stage(said: list[Outcome], asked: int = 4) -> list[Seat]:
    return [Seat(unit, said[n] if n < len(said) else None) for n, unit in enumerate(UNITS[:asked])]


def outcome(quorum: Quorum, said: list[Outcome], asked: int = 4) -> Outcome | None:
    return evaluate(quorum, stage(said, asked)).outcome


@given(quorums(), answers)
def test_a_stage_closes_exactly_when_no_answer_still_to_come_can_make_it_pass_or_fail(q: Quorum, said: list[Outcome]):
    could_pass = {
        outcome(q, [*said, *rest]) is YES for rest in product([YES, NO, BACK, OUT, AWAY], repeat=4 - len(said))
    }
    now = outcome(q, said)
    assert (now is None) == (len(could_pass) == 2)
    assert now is None or could_pass == {now is YES}


@given(quorums(), answers)
def test_what_has_closed_stays_closed_the_same_way_whatever_is_answered_later(q: Quorum, said: list[Outcome]) -> None:
    now = outcome(q, said)
    for later in (YES, NO, OUT):
        if now is not None and len(said) < 4:
            assert outcome(q, [*said, later]) is now


@given(quorums(), st.lists(st.sampled_from([YES, NO, OUT]), min_size=4, max_size=4), st.randoms())
def test_the_order_of_answers_does_not_matter_where_nobody_returns(q: Quorum, said: list[Outcome], random: object):
    seats = stage(said)
    random.shuffle(seats)  # type: ignore[attr-defined]
    assert evaluate(q, seats).outcome is outcome(q, said)


@given(quorums())
def test_a_rule_is_read_back_as_it_was_kept(q: Quorum) -> None:
    assert from_json(to_json(q)) == q
    assert from_json("all") == from_json({}) == Quorum()


@pytest.mark.parametrize(
    ("rule", "said", "closes"),
    [
        ({"at_least": "all"}, [YES, YES, YES], None),
        ({"at_least": "all"}, [YES, YES, YES, YES], YES),
        ({"at_least": "all"}, [YES, NO], NO),
        ({"at_least": "all"}, [YES, BACK], BACK),
        ({"at_least": "all"}, [OUT, YES, YES, YES], YES),
        ({"at_least": "all", "abstention": "as_no"}, [OUT], NO),
        ({"at_least": "any"}, [NO, NO, YES], YES),
        ({"at_least": "any"}, [NO, NO, NO], None),
        ({"at_least": "any"}, [BACK, NO, NO, NO], BACK),
        ({"at_least": "2"}, [YES, YES], YES),
        ({"at_least": "2"}, [NO, NO, YES], None),
        ({"at_least": "2"}, [NO, NO, NO], NO),
        ({"at_least": "2/3"}, [YES, YES], None),
        ({"at_least": "2/3"}, [YES, YES, YES], YES),
        ({"at_least": "2/3"}, [OUT, YES, YES], YES),
        ({"at_least": "2/3"}, [AWAY, YES, YES], YES),
        ({"at_least": "2/3"}, [NO, NO], NO),
        ({"at_least": "2/3", "weights": {"kjt": 3}}, [YES, YES], YES),
        ({"at_least": "any", "veto": ["czt"]}, [YES, YES], None),
        ({"at_least": "any", "veto": ["czt"]}, [YES, YES, NO], NO),
        ({"at_least": "any", "veto": ["czt"]}, [YES, NO, OUT], YES),
        ({"at_least": "all", "one_no": "to_lead"}, [YES, NO], Outcome.REFER),
        ({"at_least": "all", "one_no": "returns"}, [YES, NO], BACK),
    ],
)
def test_each_rule_closes_a_stage_of_four_when_it_should(rule: dict[str, object], said: list[Outcome], closes: object):
    assert outcome(Quorum.model_validate(rule), said) is closes


def test_the_first_answer_that_does_not_agree_says_how_the_stage_closes() -> None:
    assert outcome(Quorum(at_least="3"), [BACK, NO]) is BACK
    assert outcome(Quorum(at_least="3"), [NO, BACK]) is NO


def test_a_local_government_has_the_votes_of_its_kind() -> None:
    seats = [Seat("@city:330100", YES), Seat("kjt", NO), Seat("fgw", NO)]
    assert evaluate(Quorum(at_least="1/2", weights={"@city": 2}), seats).outcome is YES


def test_why_a_stage_closed_is_said_with_its_count_in_both_languages() -> None:
    why = evaluate(Quorum(at_least="2/3", weights={"kjt": 2}, veto=("fgw",)), stage([YES, NO, OUT])).why
    assert why.zh == "须 2/3 以上同意：同意 1，不同意或退回 1，弃权或回避 1，未答复 1，计票 2/4，有否决权的单位未同意"
    assert why.en.startswith("2/3 of the votes must agree: 1 agreed, 1 did not, 1 abstained or recused, 1 open")


def test_who_abstained_or_recused_is_no_voter() -> None:
    assert voters(Quorum(), stage([YES, OUT, AWAY])) == 2
    assert voters(Quorum(abstention="as_no"), stage([YES, OUT, AWAY])) == 3
    assert voters(Quorum(), stage([OUT, AWAY], 2)) == 0


@pytest.mark.parametrize("wrong", [{"at_least": "most"}, {"at_least": "3/2"}, {"at_least": 0}, {"weights": {"kjt": 0}}])
def test_a_rule_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Quorum.model_validate(wrong)


def test_a_stage_without_seats_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="without seats"):
        evaluate(Quorum(), [])


def test_what_a_rule_needs_is_said_in_words() -> None:
    assert needs(Quorum(at_least=str(Fraction(2, 3))))[0] == "须 2/3 以上同意"
    assert needs(Quorum(at_least="2"))[1] == "2 votes must agree"
