"""The policy's data are checked against their text while they are read."""

import shutil
from pathlib import Path

import pytest

import policies
from models.policy.folder import read_policy
from models.policy.policy import Policy
from models.policy.source import PolicyFault, files_of
from models.road.route import plan
from models.states import Level
from tests.support.policies import ZHEJIANG

KEY = "zhejiang-ai-2025"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(policies.ROOT / KEY, tmp_path / KEY))


def reread(folder: Path) -> Policy:
    return read_policy(files_of(folder))


def altered(folder: Path, file: str, old: str, new: str) -> Path:
    path = folder / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    return folder


def test_every_measure_of_every_policy_has_a_route_from_every_county() -> None:
    found = []
    for path in sorted(p for p in policies.ROOT.iterdir() if (p / "policy.yaml").exists()):
        policy = read_policy(files_of(path))
        counties = [d for d in policy.divisions.values() if d.level is Level.COUNTY]
        for measure in (m for m in policy.measures.values() if m.options):
            for county in counties:
                try:
                    route = plan(policy, measure, policy.place(county.code))
                except (KeyError, ValueError) as error:
                    found.append(f"{path.name} {measure.number} {county.code}: {error!r}")
                    continue
                if not any(stage.fixes_award for stage in route):
                    found.append(f"{path.name} {measure.number} {county.code}: no stage fixes the award")
    assert not found, "\n".join(found)


def test_zhejiang_has_eleven_cities_and_ninety_counties() -> None:
    levels = [d.level for d in ZHEJIANG.divisions.values()]
    assert (levels.count(Level.CITY), levels.count(Level.COUNTY)) == (11, 90)


def test_words_that_are_not_in_the_text_are_refused(folder: Path) -> None:
    with pytest.raises(PolicyFault, match=r"19\.yaml:\d+: these words are not in the text"):
        reread(altered(folder, "measures/19.yaml", "up to 10 million yuan", "up to 11 million yuan"))


def test_a_window_that_the_text_does_not_set_is_refused(folder: Path) -> None:
    with pytest.raises(PolicyFault, match="these words are not in the text"):
        reread(altered(folder, "policy.yaml", "May 31, 2025", "May 30, 2025"))


def test_a_unit_that_nobody_knows_is_refused(folder: Path) -> None:
    with pytest.raises(PolicyFault, match=r"'nasa' is not in units\.csv"):
        reread(altered(folder, "measures/19.yaml", "[kjt, fgw", "[nasa, fgw"))


def test_every_fault_is_named_at_once(folder: Path) -> None:
    altered(folder, "measures/19.yaml", "[kjt, fgw", "[nasa, fgw")
    altered(folder, "policy.yaml", "May 31, 2025", "May 30, 2025")
    with pytest.raises(PolicyFault, match=r"(?s)not in units.csv.*not in the text|not in the text.*not in units.csv"):
        read_policy(files_of(folder))


def test_a_road_that_fixes_no_award_is_refused(folder: Path) -> None:
    with pytest.raises(PolicyFault, match="must end with the one stage that fixes the award"):
        reread(altered(folder, "policy.yaml", "    fixes_award: true\n", ""))


def test_a_window_that_ends_before_it_starts_is_refused(folder: Path) -> None:
    with pytest.raises(PolicyFault, match="last_day is before first_day"):
        reread(altered(folder, "policy.yaml", "last_day: 2027-12-31", "last_day: 2024-12-31"))


@pytest.mark.parametrize("limit", ["10,000,000.005 yuan", "-1 yuan", "1.0e+7 yuan", "10,000,000"])
def test_a_limit_that_is_no_whole_fen_is_refused(folder: Path, limit: str) -> None:
    with pytest.raises(PolicyFault):
        reread(altered(folder, "measures/19.yaml", "at_most: 10,000,000 yuan", f"at_most: {limit}"))


def test_a_field_that_nobody_reads_is_refused(folder: Path) -> None:
    with pytest.raises(PolicyFault, match="surprise"):
        reread(altered(folder, "policy.yaml", "prefix: ZJAI", "prefix: ZJAI\nsurprise: 1"))


def test_a_missing_file_is_refused(folder: Path) -> None:
    (folder / "units.csv").unlink()
    with pytest.raises(PolicyFault, match=r"units\.csv"):
        read_policy(files_of(folder))


def test_any_change_of_the_data_is_another_version(folder: Path) -> None:
    before = read_policy(files_of(folder)).version
    assert before == ZHEJIANG.version
    assert reread(altered(folder, "policy.yaml", "working_days: 7", "working_days: 8")).version != before


def test_units_of_a_place_are_called_by_its_name() -> None:
    policy = ZHEJIANG
    assert policy.unit_name("@county:330110").zh == "余杭区人民政府"
    assert policy.unit_name("kjt").en == "Provincial Department of Science and Technology"
    with pytest.raises(KeyError):
        policy.unit_name("@county:999999")


def test_money_of_a_level_that_nobody_pledges_is_refused(folder: Path) -> None:
    with pytest.raises(PolicyFault, match="no stage pledges the share of the county"):
        reread(altered(folder, "measures/19.yaml", ', "@county"]', "]"))


def test_a_listed_unit_that_no_stage_asks_is_refused(folder: Path) -> None:
    altered(folder, "policy.yaml", "formal_check, cosignature, determination]", "formal_check, determination]")
    with pytest.raises(PolicyFault, match="no stage of the road asks its unit 'fgw'"):
        reread(folder)


def test_a_measure_of_local_governments_travels_the_local_road() -> None:
    assert list(ZHEJIANG.road_of(ZHEJIANG.measures[14])) == ["county_recommendation", "city_determination"]
    route = plan(ZHEJIANG, ZHEJIANG.measures[14], ZHEJIANG.place("330110"))
    assert [stage.units for stage in route] == [("@county:330110",), ("@city:330100",)]
    assert (route[-1].fixes_award, route[-1].own) == (True, "city")
