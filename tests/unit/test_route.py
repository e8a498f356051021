"""The route, on the real measure and on toy measures that list whichever units they like."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.policy.measure import Measure
from models.road.route import Route, from_json, plan, to_json
from models.road.step import EndAwarded, EndRefused, OpenStage, ReturnToApplicant, next_step
from models.states import Outcome
from tests.support.policies import ZHEJIANG

PLACE = ZHEJIANG.place("330110")
PROVINCIAL = sorted(u for u, unit in ZHEJIANG.units.items() if unit.level == "province")
ORDER = [*ZHEJIANG.roads["provincial"], "city_determination"]
outcomes = st.sampled_from(Outcome)


def level_of(unit: str) -> int:
    return {"@county": 0, "@city": 1}.get(unit.partition(":")[0], 2)


def toy(*units: str) -> Measure:
    return ZHEJIANG.measures[19].model_copy(update={"units": units})


def route_of(*units: str) -> Route:
    return plan(ZHEJIANG, toy(*units), PLACE)


toys = st.lists(st.sampled_from([*PROVINCIAL[:5], "@city", "@county"]), min_size=1, unique=True).filter(
    lambda units: not units[0].startswith("@") or set(units) == {"@city", "@county"}  # led by a province, or local
)


def test_measure_19_goes_county_city_lead_cosigners_lead() -> None:
    route = plan(ZHEJIANG, ZHEJIANG.measures[19], PLACE)
    assert [stage.units for stage in route] == [
        ("@county:330110",),
        ("@city:330100",),
        ("kjt",),
        ("fgw", "czt"),
        ("kjt",),
    ]
    assert [stage.position for stage in route] == [0, 1, 2, 3, 4]
    assert [stage.fixes_award for stage in route] == [False] * 4 + [True]


@given(toys)
def test_any_route_goes_up_and_never_down(units: list[str]) -> None:
    route = route_of(*units)
    levels = [level_of(unit) for stage in route for unit in stage.units]
    assert levels == sorted(levels)
    keys = [stage.key for stage in route]
    assert keys == [key for key in ORDER if key in keys]
    assert [stage.position for stage in route] == list(range(len(route)))


@given(toys)
def test_any_route_asks_exactly_the_units_that_the_measure_lists(units: list[str]) -> None:
    asked = {unit.partition(":")[0] for stage in route_of(*units) for unit in stage.units}
    assert asked == set(units)


@given(toys, st.lists(outcomes, max_size=60))
def test_any_sequence_of_outcomes_visits_stages_in_order_skips_none_and_ends_at_most_once(
    units: list[str], answers: list[Outcome]
) -> None:
    route = route_of(*units)
    position, visited, ended = 0, [0], 0
    for answer in answers:
        if ended:
            break
        match next_step(route, position, answer):
            case OpenStage(stage):
                assert stage.position == position + 1
                position = stage.position
                visited.append(position)
            case ReturnToApplicant():
                position, visited = 0, [0]
            case EndRefused():
                assert answer is Outcome.REFUSE
                ended += 1
            case EndAwarded():
                assert visited == list(range(len(route)))
                ended += 1
    assert ended <= 1
    assert visited == list(range(len(visited)))


@given(toys)
def test_a_route_is_kept_as_json_and_read_back_the_same(units: list[str]) -> None:
    route = route_of(*units)
    assert from_json(json.loads(json.dumps(to_json(route)))) == route


def test_a_measure_without_local_units_starts_at_the_province() -> None:
    assert [stage.key for stage in route_of("kjt")] == ["formal_check", "determination"]
    assert [stage.key for stage in route_of("kjt", "@city")] == ["city_recommendation", "formal_check", "determination"]


def test_a_route_that_asks_nobody_is_refused() -> None:
    policy = ZHEJIANG.model_copy(update={"roads": {"provincial": ("county_recommendation", "cosignature")}})
    with pytest.raises(ValueError, match="asks any of its units"):
        plan(policy, toy("kjt"), PLACE)
