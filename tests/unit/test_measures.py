"""The data of every measure against the text: which there are, who answers, what each is, where its words stand."""

import datetime as dt
import re

import pytest

from models.policy.measure import Measure
from models.policy.policy import asked_by
from tests.support.rules import POLICY

#: The measures' paragraphs by number.
PARAGRAPHS = {int(n): text for n, text in re.findall(r"^\((\d+)\) (.*)$", POLICY.text, re.MULTILINE)}
#: The text's two ways to say "the governments of the applicant's place", and its other names of some units.
PLACES = (
    "municipal and county [city, district] governments",
    "governments of various cities, counties [cities, districts]",
)
VARIANTS = {
    "Provincial Party Committee Organization Department": "zzb",
    "Provincial Party Committee Propaganda Department": "xcb",
    "Provincial Party Committee Cyberspace Administration": "wxb",
    "Provincial State owned Assets Supervision and Administration Commission": "gzw",
}
KEYS = {unit.name.en: key for key, unit in POLICY.units.items()} | VARIANTS
DUTIES = {1, 3, 4, 5, 8, 9, 10, 13, 16, 24, 26, 27}
BY_2027 = dt.date(2027, 12, 31)
CLAIMED = [measure for measure in POLICY.measures.values() if measure.options]

every_claim = pytest.mark.parametrize("measure", CLAIMED, ids=lambda measure: str(measure.number))


def units_in(paragraph: str) -> list[str]:
    """Return the keys of the units that a paragraph's last bracket lists, in its order."""
    (listed,) = re.findall(r"\(Responsible [Uu]nits?: (.*?)(?:\. The first .*)?\)$", paragraph)
    listed = listed.replace("Governments", "governments")
    for place in PLACES:
        listed = listed.replace(place, "@city, @county")
    return [KEYS.get(name, name) for name in listed.split(", ")]


def flat(text: str) -> str:
    return " ".join(text.split())


def quotations(measure: Measure) -> list[str]:
    words = [rule.words for option in measure.options.values() for rule in (option, *option.rules)]
    words += [told.words for duty in measure.duties.values() for told in (duty, *duty.targets)]
    return [quoted for quoted in words if quoted]


def test_the_policy_has_the_27_measures_of_its_text_in_their_order() -> None:
    assert list(POLICY.measures) == list(range(1, 28)) == list(PARAGRAPHS)


@pytest.mark.parametrize("number", PARAGRAPHS)
def test_the_units_are_those_that_the_text_lists_in_its_order(number: int) -> None:
    listed = units_in(PARAGRAPHS[number])
    assert list(POLICY.measures[number].units) == listed
    assert POLICY.measures[number].lead == listed[0]
    assert set(listed) <= set(POLICY.units)


def test_the_parser_of_this_test_reads_every_way_in_which_the_text_lists_units() -> None:
    assert units_in(PARAGRAPHS[1]) == ["jxt", "fgw", "kjt"]
    assert units_in(PARAGRAPHS[11]) == ["jxt"]
    assert units_in(PARAGRAPHS[14]) == ["@city", "@county"]
    assert units_in(PARAGRAPHS[16]) == ["sjj", "jxt", "gzw", "@city", "@county"]
    assert units_in(PARAGRAPHS[26]) == ["fgw", "zzb", "wxb", "jxt", "rst", "swt", "@city", "@county"]


@pytest.mark.parametrize("number", PARAGRAPHS)
def test_the_english_title_is_the_heading_of_the_paragraph(number: int) -> None:
    assert PARAGRAPHS[number].startswith(f"{POLICY.measures[number].title.en}. ")


@pytest.mark.parametrize("number", PARAGRAPHS)
def test_every_quotation_stands_in_the_paragraph_of_its_measure(number: int) -> None:
    words = quotations(POLICY.measures[number])
    assert words
    assert [quoted for quoted in words if flat(quoted) not in PARAGRAPHS[number]] == []


@pytest.mark.parametrize("number", PARAGRAPHS)
def test_each_measure_is_a_claim_a_duty_or_the_one_gate(number: int) -> None:
    kind = "gate" if number == 12 else "duty" if number in DUTIES else "claim"
    measure = POLICY.measures[number]
    assert measure.kind == kind
    assert bool(measure.options) == (kind != "duty")


def test_a_duty_states_whom_it_tells_where_not_all_of_the_others_report() -> None:
    told = {(n, key): duty.units for n, m in POLICY.measures.items() for key, duty in m.duties.items() if duty.units}
    assert told == {(16, "local_spaces"): ("@city", "@county"), (17, "annotation_bases"): ("@city", "@county")}


def test_the_targets_are_the_numbers_of_the_text() -> None:
    stated = {
        (n, target.key): (target.number, target.by, target.each, target.counts_awards_of)
        for n, measure in POLICY.measures.items()
        for duty in measure.duties.values()
        for target in duty.targets
    }
    assert stated == {
        (1, "chain_leaders"): (3, BY_2027, None, None),
        (1, "leaders"): (30, BY_2027, None, None),
        (3, "fund_size"): (10_000_000_000, None, None, None),
        (6, "top_talents"): (10, None, "year", "top_talent"),
        (6, "supported_talents"): (300, None, "year", None),
        (11, "enterprises"): (100, BY_2027, None, "benchmark_enterprise"),
        (11, "scenarios"): (1000, BY_2027, None, "demonstration_scenario"),
        (24, "open_scenarios"): (50, None, None, None),
    }


@every_claim
def test_a_claim_asks_every_unit_exactly_in_its_role(measure: Measure) -> None:
    asked: dict[str, list[str]] = {unit: [] for unit in measure.units}
    for stage in POLICY.road_of(measure).values():
        for unit in asked_by(stage, measure):
            asked[unit].append(stage.act)
    local = measure.lead.startswith("@")
    for unit, acts in asked.items():
        if unit == measure.lead:
            assert acts == (["determine"] if local else ["check", "determine"])
        else:
            assert acts == (["recommend"] if unit.startswith("@") else ["cosign"])


@every_claim
def test_a_claim_ends_with_the_one_stage_that_fixes_the_award_and_its_lead_decides_there(measure: Measure) -> None:
    stages = [stage for stage in POLICY.road_of(measure).values() if asked_by(stage, measure)]
    assert [stage.fixes_award for stage in stages] == [False] * (len(stages) - 1) + [True]
    assert asked_by(stages[-1], measure) == (measure.lead,)


@every_claim
def test_money_and_vouchers_say_whose_money_it_is_and_nothing_else_does(measure: Measure) -> None:
    for option in measure.options.values():
        assert bool(option.levels) == (option.gives in ("money", "voucher"))


def test_what_each_claim_gives() -> None:
    other = {
        (n, key): option.gives
        for n, measure in POLICY.measures.items()
        for key, option in measure.options.items()
        if option.gives != "money"
    }
    assert other == {
        (6, "top_talent"): "recognition",
        (6, "special_talent"): "recognition",
        (6, "talent_track"): "recognition",
        (7, "leading_by_salary"): "recognition",
        (7, "young_by_salary"): "recognition",
        (7, "leading_by_project"): "recognition",
        (11, "benchmark_enterprise"): "listing",
        (11, "demonstration_scenario"): "listing",
        (12, "layout_review"): "clearance",
        (15, "autonomous"): "voucher",
        (15, "non_autonomous"): "voucher",
        (18, "corpus_voucher"): "voucher",
        (21, "model_voucher"): "voucher",
    }


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "billion level"),
        (2, "a certain proportion"),
        (6, "based on work performance"),
        (12, "in principle"),
        (15, "shall be implemented in accordance with national regulations"),
        (18, "shall be implemented in accordance with national requirements"),
        (20, "certain policy support"),
        (21, "shall be implemented in accordance with national requirements"),
        (23, "certain policy support"),
    ],
)
def test_what_the_text_leaves_open_is_said_to_reviewers_in_both_languages(number: int, words: str) -> None:
    measure = POLICY.measures[number]
    parts = (measure, *measure.options.values(), *measure.duties.values())
    notes = [note for part in parts for note in part.notes]
    assert any(f'"{words}' in note.en or words in note.en for note in notes)
    assert all(re.search(r"[\u4e00-\u9fff]", note.zh) for note in notes)
