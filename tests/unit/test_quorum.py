from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.quorum import evaluate
from models.states import Outcome

outcomes = st.sampled_from(Outcome)


def final(asked: int, answers: list[Outcome]) -> Outcome | None:
    return evaluate("all", asked, answers).outcome


@given(st.integers(1, 6).flatmap(lambda n: st.tuples(st.just(n), st.lists(outcomes, max_size=n))))
def test_a_stage_waits_exactly_as_long_as_its_outcome_can_change(case: tuple[int, list[Outcome]]) -> None:
    asked, answers = case
    could_be = {final(asked, [*answers, *rest]) for rest in product(Outcome, repeat=asked - len(answers))}
    now = final(asked, answers)
    assert (now is None) == (len(could_be) > 1)
    assert now is None or could_be == {now}


@given(st.lists(st.sampled_from([Outcome.APPROVE, Outcome.REFUSE]), min_size=1, max_size=6), st.randoms())
def test_the_order_of_answers_does_not_matter_where_nobody_returns(answers: list[Outcome], random: object) -> None:
    shuffled = list(answers)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert final(6, shuffled) is final(6, answers)


@given(st.integers(1, 20), st.integers(0, 20))
def test_approvals_close_a_stage_only_when_all_have_answered(asked: int, given_: int) -> None:
    given_ = min(asked, given_)
    assert final(asked, [Outcome.APPROVE] * given_) is (Outcome.APPROVE if given_ == asked else None)


def test_the_first_answer_that_does_not_agree_says_how_the_stage_closes() -> None:
    assert final(3, [Outcome.APPROVE, Outcome.RETURN]) is Outcome.RETURN
    assert final(3, [Outcome.REFUSE, Outcome.RETURN]) is Outcome.REFUSE


def test_more_answers_than_units_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="2 answers from 1"):
        evaluate("all", 1, [Outcome.APPROVE, Outcome.APPROVE])


def test_an_unknown_rule_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="majority"):
        evaluate("majority", 1, [])
