"""Duties on paper: whom one asks, where any sequence of answers leads, and what data cannot say."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.policy.duty import place_units, reporters
from models.policy.folder import PolicyFault, files_of, read_policy
from models.policy.measure import Duty
from models.policy.policy import Policy
from models.road.route import Route, from_json, plan_duty, to_json
from models.road.step import EndAccomplished, OpenStage, SendBack, narrowed, next_step
from models.states import Level, Outcome
from tests.support.duties import HANGZHOU, KEY, NINGBO, policies_with_duties
from tests.support.policies import ZHEJIANG

PROVINCIAL = sorted(u for u, unit in ZHEJIANG.units.items() if unit.level == "province")
CITIES = [f"@city:{d.code}" for d in ZHEJIANG.divisions.values() if d.level is Level.CITY]
COUNTIES = [f"@county:{d.code}" for d in ZHEJIANG.divisions.values() if d.level is Level.COUNTY]
leads = st.sampled_from(PROVINCIAL)
others = st.lists(st.sampled_from([*PROVINCIAL, "@city", "@county"]), unique=True, max_size=6)
places = st.lists(st.sampled_from([*CITIES, *COUNTIES[:5]]), unique=True, max_size=5)


def route_of(units: list[str], of_duty: tuple[str, ...] = (), chosen: list[str] | None = None) -> Route:
    measure = ZHEJIANG.measures[19].model_copy(update={"units": tuple(units)})
    duty = Duty.model_validate({"title": {"zh": "任务", "en": "duty"}, "words": "x", "units": of_duty})
    return plan_duty(ZHEJIANG, measure, duty, chosen or [])


def expected(keys: list[str], chosen: list[str]) -> list[str]:
    found = []
    for key in keys:
        everyone = {"@city": CITIES, "@county": COUNTIES}.get(key)
        found += [key] if everyone is None else [unit for unit in everyone if not chosen or unit in chosen]
    return found


@given(leads, others, places)
def test_a_duty_asks_exactly_its_units_in_the_order_of_the_text_and_then_its_lead(
    lead: str, rest: list[str], chosen: list[str]
) -> None:
    rest = [unit for unit in rest if unit != lead]
    report, acceptance = route_of([lead, *rest], chosen=chosen)
    assert list(report.units) == expected(rest or [lead], chosen)
    assert acceptance.units == (lead,)
    assert (report.act, acceptance.act, acceptance.returns_to) == ("report", "accept", 0)
    assert [stage.position for stage in (report, acceptance)] == [0, 1]


def test_the_lead_reports_only_where_the_data_say_so() -> None:
    assert route_of(["fgw", "kjt"])[0].units == ("kjt",)
    assert route_of(["fgw", "kjt"], ("fgw", "kjt"))[0].units == ("fgw", "kjt")
    assert route_of(["fgw"])[0].units == ("fgw",)


def test_chosen_places_leave_out_the_other_places_and_no_unit_of_the_province() -> None:
    assert route_of(["fgw", "kjt", "@city", "@county"], chosen=[NINGBO, HANGZHOU])[0].units == ("kjt", HANGZHOU, NINGBO)


@given(st.lists(st.sampled_from(Outcome), max_size=40), st.data())
def test_any_answers_of_the_lead_lead_back_to_the_reports_or_to_the_end(
    answers: list[Outcome], data: st.DataObject
) -> None:
    route = route_of(["fgw", "kjt", "@city"])
    position, again, ended = 0, set(route[0].units), 0
    for answer in answers:
        if ended:
            break
        if position == 0:
            step = next_step(route, 0, Outcome.APPROVE)
            assert step == OpenStage(route[1])
            position = 1
        elif answer is Outcome.RETURN:
            named = data.draw(st.lists(st.sampled_from(route[0].units), unique=True))
            step = narrowed(next_step(route, 1, answer), named)
            assert isinstance(step, SendBack)
            assert step.stage.position == 0
            again = set(step.stage.units)
            assert again == (set(named) or set(route[0].units))
            position = 0
        elif answer is Outcome.APPROVE:
            assert next_step(route, 1, answer) == EndAccomplished()
            ended += 1
    assert ended <= 1
    assert again <= set(route[0].units)


def test_a_route_of_a_duty_is_kept_as_json_and_read_back_the_same() -> None:
    route = route_of(["fgw", "@county"])
    assert from_json(json.loads(json.dumps(to_json(route)))) == route


def test_places_are_known_by_unit_code_and_name() -> None:
    units = place_units(ZHEJIANG)
    assert {units[name] for name in ("@city:330100", "330100", "杭州市", "Hangzhou City")} == {HANGZHOU}
    assert units["余杭区"] == "@county:330110"
    assert set(units.values()) == {*CITIES, *COUNTIES}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return policies_with_duties(tmp_path) / KEY


def altered(folder: Path, file: str, old: str, new: str) -> Policy:
    path = folder / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    return read_policy(files_of(folder))


@pytest.mark.parametrize(
    ("file", "old", "new", "why"),
    [
        ("policy.yaml", "duty_road: duty\n", "", "duties need a road"),
        ("policy.yaml", "duty_road: duty\n", "duty_road: none\n", "there is no road 'none'"),
        ("policy.yaml", "duty: [report, acceptance]", "duty: [report]", "asks the reporters to report, then one"),
        ("policy.yaml", "duty: [report, acceptance]", "duty: [acceptance, report]", "asks the reporters to report"),
        ("policy.yaml", "    returns_to: report\n", "", "write `returns_to: report`"),
        ("policy.yaml", "city_determination]", "city_determination, report]", "only `duty_road` may"),
        ("measures/24.yaml", 'units: [fgw, "@city", "@county"]', 'units: ["@city", "@county"]', "list one unit first"),
    ],
)
def test_data_by_which_no_duty_could_be_opened_are_refused(root: Path, file: str, old: str, new: str, why: str) -> None:
    with pytest.raises(PolicyFault, match=why):
        altered(root, file, old, new)


def test_every_duty_of_the_policy_has_somebody_to_report_and_somebody_to_accept(root: Path) -> None:
    policy = read_policy(files_of(root))
    for measure in policy.measures.values():
        for duty in measure.duties.values():
            assert reporters(policy, measure, duty)
            assert plan_duty(policy, measure, duty)[-1].units == (measure.lead,)
