"""The samples are what their first lines say."""

import csv
import datetime as dt
from pathlib import Path

import pytest

from models.case.eligibility import judge
from models.case.judgement import Records
from models.files.directory_file import read_directory
from models.files.experts_file import read_experts
from models.files.form_file import read_form
from models.money import fen_from_yuan
from models.policy.units import all_units
from models.road.route import plan
from models.states import Level
from tests.support.policies import ZHEJIANG

SAMPLES = Path(__file__).parents[2] / "samples"
DAY = dt.date(2026, 11, 23)
LISTED = Records(listed=frozenset({"provincial_innovation_consortia"}))


@pytest.mark.parametrize(
    ("name", "option", "yuan", "place"),
    [
        ("single", "single", 10_000_000, "宁波市鄞州区"),
        ("consortium", "consortium", 30_000_000, "杭州市余杭区"),
        ("yours", "consortium", 6_000_000, "金华市义乌市"),
    ],
)
def test_a_sample_is_admitted_as_it_is_meant(name: str, option: str, yuan: int, place: str) -> None:
    form = read_form((SAMPLES / f"{name}.yaml").read_bytes())
    assert form.option == option
    assert form.amounts.total == form.total == fen_from_yuan(yuan)
    assert ZHEJIANG.place(form.county).name("zh") == place
    assert not judge(form, ZHEJIANG, DAY, LISTED).faults


def test_the_sample_over_the_limit_is_refused_for_that_alone() -> None:
    form = read_form((SAMPLES / "over-limit.yaml").read_bytes())
    (fault,) = judge(form, ZHEJIANG, DAY, LISTED).faults
    assert fault.field == "amounts"
    assert "10,000,000 yuan" in fault.en


def test_no_two_samples_are_from_the_same_applicant() -> None:
    forms = [read_form(path.read_bytes()) for path in sorted(SAMPLES.glob("*.yaml"))]
    assert len({form.applicant.credit_code for form in forms}) == len(forms) == 4


def test_the_directory_has_a_mailbox_for_everybody_who_can_be_asked() -> None:
    entries = read_directory((SAMPLES / "directory.csv").read_bytes(), ZHEJIANG)
    units = {entry.unit for entry in entries}
    assert units == set(all_units(ZHEJIANG))
    assert units >= {key for key in ZHEJIANG.units if not key.startswith("@")}
    assert len(units) == 18 + 11 + 90
    for county in (d for d in ZHEJIANG.divisions.values() if d.level is Level.COUNTY):
        for measure in (m for m in ZHEJIANG.measures.values() if m.options):
            for stage in plan(ZHEJIANG, measure, ZHEJIANG.place(county.code)):
                assert units >= set(stage.units)
    assert len(entries) == len(units)
    assert all(entry.role for entry in entries)
    assert sum(entry.language == "en" for entry in entries) in (2, 3)


def test_each_mailbox_of_the_directory_is_named_after_its_unit() -> None:
    with (SAMPLES / "directory.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert all(row["email"] == f"{row['unit'].rpartition(':')[2]}@zj.example" for row in rows)


def test_the_sample_experts_fill_a_panel_of_the_policy() -> None:
    experts = read_experts((SAMPLES / "experts.csv").read_bytes(), ZHEJIANG.expert_fields)
    panel = ZHEJIANG.stages["expert_review"].panel
    assert panel is not None and len(experts) >= panel.seats + 3
    assert len(experts[-1].employments) == 2 and experts[2].ties == ("91330110MA2H3K7X6W",)
