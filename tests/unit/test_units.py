"""Units: which a policy can ask, and which stand above which, by its data alone."""

import pytest

from models.policy.units import above, all_units, is_unit
from models.road.route import plan
from models.states import Level
from tests.support.policies import ZHEJIANG

MEASURE = ZHEJIANG.measures[19]


def test_every_unit_that_any_route_asks_is_among_all_units() -> None:
    units = list(all_units(ZHEJIANG))
    assert len(units) == len(set(units)) == 18 + 11 + 90
    for county in (d for d in ZHEJIANG.divisions.values() if d.level is Level.COUNTY):
        for measure in ZHEJIANG.measures.values():
            for stage in plan(ZHEJIANG, measure, ZHEJIANG.place(county.code)):
                assert set(stage.units) <= set(units)


@pytest.mark.parametrize("unit", ["", "@", "@city", "@county", "@city:", "@city:330110", "@county:330100", "kjt:", "x"])
def test_what_no_route_can_ask_is_no_unit(unit: str) -> None:
    assert not is_unit(ZHEJIANG, unit)


def test_all_units_are_units() -> None:
    assert all(is_unit(ZHEJIANG, unit) for unit in all_units(ZHEJIANG))


@pytest.mark.parametrize(
    ("unit", "higher"),
    [
        ("@county:330110", ["@city:330100", "kjt"]),
        ("@county:330212", ["@city:330200", "kjt"]),
        ("@city:330100", ["kjt"]),
        ("hz", ["kjt"]),
        ("fgw", ["kjt"]),
        ("kjt", []),
    ],
)
def test_above_a_government_stand_its_division_and_then_the_lead(unit: str, higher: list[str]) -> None:
    assert list(above(ZHEJIANG, MEASURE, unit)) == higher


def test_above_a_unit_of_another_measure_stands_that_measures_lead() -> None:
    other = MEASURE.model_copy(update={"units": ("jxt", "kjt", "@city", "@county")})
    assert list(above(ZHEJIANG, other, "kjt")) == ["jxt"]
    assert list(above(ZHEJIANG, other, "@county:330110")) == ["@city:330100", "jxt"]


def test_a_city_that_leads_stands_above_no_province_and_an_unnamed_one_above_nobody() -> None:
    by_hangzhou = MEASURE.model_copy(update={"units": ("hz", "kjt")})
    assert list(above(ZHEJIANG, by_hangzhou, "kjt")) == []
    assert list(above(ZHEJIANG, by_hangzhou, "@county:330110")) == ["@city:330100", "hz"]
    by_its_city = MEASURE.model_copy(update={"units": ("@city", "kjt")})
    assert list(above(ZHEJIANG, by_its_city, "kjt")) == []
    assert list(above(ZHEJIANG, by_its_city, "@county:330110")) == ["@city:330100"]
