"""A policy broken in one way each: the fault is found, with its file, its line and what to do about it."""

import shutil
from pathlib import Path

import pytest

from models.policy.folder import read_policy
from models.policy.rule_checks import numbers_in
from models.policy.source import Mistake, PolicyFault, files_of
from tests.support.rules import FOLDER

P, M02, M11, M14, M15, M17, M19, M22, M24 = (
    "policy.yaml",
    *(f"measures/{n}.yaml" for n in ("02", "11", "14", "15", "17", "19", "22", "24")),
)

PASSES = "late: {remind_every: 1, at_end: {after: 3, does: refuse}}"
SPARE = '{value: "1", name: {zh: 一, en: one}, note: {zh: 一, en: one}}'
COSIGN, REPORTERS = "    asks: cosigners\n    quorum: all", "    asks: reporters\n    quorum: all"
CITY = "    asks: city\n    share: city\n    fixes_award: true\n    quorum: all"
#: File, what stands there, what is put there instead, the text on the line of the fault, and what the fault says.
BROKEN = [
    # Who.
    (M19, "[kjt, fgw", "[nasa, fgw", "units:", "unit 'nasa' is not in units.csv; add it there or correct the key"),
    (M19, '[kjt, fgw, czt, "@city", "@county"]', "[]", "units:", "units: is empty; state at least one"),
    (M17, '    units: ["@city", "@county"]', "    units: [gzw]", "units: [gzw]", "the measure does not list 'gzw'"),
    # Routes.
    (P, "cosignature, determination]", "cosignature]", None, "its route cannot end: it must end with the one stage"),
    (M19, ', "@county"]', "]", "units:", "no stage pledges the share of the county; take it out of `levels`"),
    (M19, "kind: claim", "kind: claim\nroad: local", "units:", "no stage of the road asks its unit 'kjt'"),
    (M19, "kind: claim", "kind: claim\nroad: sea", "road: sea", "there is no road 'sea'; choose from: duty, local"),
    (P, "[county_recommendation, city_determination]", "[county]", "local:", "there is no stage 'county'"),
    (P, "local_road: local", "local_road: sea", "local_road:", "there is no road 'sea'"),
    (P, "asks: nobody", "asks: lead", "public_notice:", "a public notice asks nobody"),
    (P, "# Never fewer than 5.\n    working_days: 5", "working_days: 4", "public_notice:", "at least 5 working days"),
    (P, "asks: nobody", "asks: nobody\n    share: city", "public_notice:", "it pledges and fixes none"),
    # Quorum.
    (P, COSIGN, COSIGN.replace("all", "most"), "quorum: most", "at_least"),
    (P, COSIGN, COSIGN.replace("all", "{veto: [nasa]}"), "cosignature:", "quorum: there is no unit 'nasa'"),
    (P, COSIGN, COSIGN.replace("all", "5"), None, "stage 'cosignature' needs 5 votes, and the units that it asks have"),
    (P, CITY, CITY.replace("all", "{one_no: to_lead}"), "city_determination:", "needs a later stage on each of its"),
    (
        P,
        CITY,
        CITY.replace("all", "{asked_twice: carry}"),
        "city_determination:",
        "what fixes an award is decided each",
    ),
    (P, REPORTERS, REPORTERS.replace("all", "any"), "report:", "units of a duty report, and the lead accepts"),
    # Words and numbers.
    (M22, "subsidy of 5 million", "subsidy of 6 million", "words: >-", "these words are not in the text; quote it"),
    (P, "words: This measure will", "words: This policy will", "words: This policy", "quote it letter for letter"),
    (M22, "- at_most: 5,000,000 yuan", "- at_most: 6,000,000 yuan", "6,000,000", "the rule says 6,000,000 yuan"),
    (M22, "ceiling: 10", "ceiling: 11", "ceiling: 11", "the rule says 11, and its words do not"),
    (M02, "> 3% ×", "> 4% ×", "> 4% ×", "the rule says 4%, and its words do not"),
    (M24, "number: 50", "number: 60", "key: open_scenarios", "the target is 60, and its words do not say so"),
    (M17, "words: *standards", 'words: ""', 'words: ""', "is empty; write it"),
    # Rules.
    (M19, "- at_most: 10,000,000 yuan", "- at_most: 10 yuan\n      - at_most: 9 yuan", "single:", "limits: 10 and 9"),
    (M22, "- at_most: 5,000,000 yuan", "- at_most: 0 yuan", "benchmark:", "a limit of nothing lets nobody apply"),
    (M22, "30% × investment", "30% × outlay", "30% × outlay", "'outlay' is no fact, figure or reading; declare it"),
    (M22, "30% × investment", "30% investment", "30% investment", "a sign (× / + -) is missing before 'investment'"),
    (M22, "30% × investment", "30%", "at_most: 30%", "is no sum of money; write yuan, or multiply a share by a sum"),
    (M22, "30% × investment", "30% × scenario_field", "30% ×", "is text, which cannot be reckoned with"),
    (M02, "> 3% × operating_income", "> 3%", "requires: rd_expense > 3%", "compares money with a plain number"),
    (M02, "- rd_expense_before >", "- 20% >", "- 20% >", "adds money to a plain number"),
    (M02, "rd_expense > 3% × operating_income", "3% > 3%", "3% > 3%", "looks at nothing; compare a fact"),
    (M14, "requires: complies_with_planning", "requires: loan_day", "loan_day", "is date, not yes_no; compare it"),
    (M14, "as_of: loan_day", "as_of: loan_principal", "at_most: 50%", "name a fact of the type date"),
    (M14, "year_of: interest_year", "year_of: loan_principal", "ceiling:", "name a fact of the type date or count"),
    (M14, 'value: "365"', "value: 365 yuan", "days_in_a_year:", "state one plain number"),
    (M19, "in provincial_innovation_consortia", "in friends", "in friends", "there is no register 'friends'"),
    (M19, "requires: applicant in", "requires: project in", "project in", "lists applicants; write `applicant in"),
    (M19, "requires: applicant in", "require: applicant in", "require:", "is no rule: write requires, at_most or"),
    (M11, "award_lists_in: demo", "award_lists_in: memo", "award_lists_in: memo", "there is no register 'memo"),
    (M11, "of: demonstration_scenario", "of: fair", "key: scenarios", "there is no option 'fair'; choose"),
    # Facts, and what an option gives.
    (M22, "also_state: [scenario_field]", "also_state: [size]", "also_state:", "there is no fact 'size'"),
    (M22, "    also_state: [scenario_field]\n", "", "scenario_field:", "no option asks for this fact; name it"),
    (M14, "readings:", f"readings:\n  spare: {SPARE}", "spare:", "no rule looks at this reading; name it"),
    (M22, "  scenario_field:", "  lpr_5y:", "lpr_5y:", "'lpr_5y' is a figure or a reading too; rename one of them"),
    (M22, "    levels: [province, city, county]\n", "", "benchmark:", "gives money: say whose money it is"),
    (M11, "gives: listing", "gives: listing\n    levels: [city]", "levels: [city]", "that is no money, so no level"),
    (M19, "kind: claim", "kind: duty", "kind: duty", "a duty states what its units are to do: give it `duties`"),
    # When it is late.
    *(
        (P, f"{here}\n", f"{here}\n    late: {{{late}}}\n", "late:", says)
        for here, late, says in (
            ("act: check", "remind_before: 5, remind_every: 2", "the stage has 5 working days in all; remind later"),
            (
                "share: county",
                "remind_every: 2, at_end: {after: 5, does: pass}",
                "a stage that pledges or fixes money does not pass by itself",
            ),
            ("fixes_award: true", "remind_every: 2, at_end: {after: 5, does: pass}", "does not pass by itself"),
            (
                "act: report",
                "remind_every: 2, at_end: {after: 5, does: pass}",
                "nobody can report what a unit did but the unit",
            ),
            (
                "act: accept",
                "remind_every: 2, at_end: {after: 5, does: refuse}",
                "accepted or sent back, never refused",
            ),
            (
                "act: check",
                "remind_every: 2, at_end: {after: 5, does: next_person}",
                "next_person: nobody stands above 'kjt', asked here under measure 19",
            ),
            (
                "act: check",
                "remind_every: 2, escalate: {after: 1, to: superior}",
                "escalate to the superior: nobody stands above 'kjt'",
            ),
            (
                "act: check",
                "remind_every: 2, escalate: {after: 5, to: operator}, at_end: {after: 5, does: pass}",
                "the end comes first",
            ),
        )
    ),
    # Panels of experts.
    (P, "asks: panel", "asks: lead", "expert_review:", "`act: expert_panel`, `asks: panel` and a `panel:` block"),
    (P, "act: expert_panel", "act: check", "expert_review:", "state all three or none"),
    (P, "fields: [artificial_intelligence", "fields: [cookery", "fields:", "there is no field 'cookery'; add it"),
    (P, "      seats: 7", "      seats: 4", "panel:", "5 scores from 4 seats; lower it"),
    (P, "      trim: 1", "      trim: 3", "panel:", "3 at each end of 5 scores leaves none; lower it"),
    (P, "weight: 20%, max: 20}\n        - {key: b", "weight: 25%, max: 20}\n        - {key: b", "panel:", "make 105%"),
    (P, "      threshold: 60", "      threshold: 160", "threshold:", "is points of 100, with two decimals at most"),
    (
        P,
        "    asks: panel\n    quorum: all",
        "    asks: panel\n    quorum: any",
        "quorum:",
        "when every seat has scored",
    ),
    (P, "    asks: panel", f"    asks: panel\n    {PASSES}", "expert_review:", "no clock scores for an expert"),
    (P, "    asks: panel", "    asks: panel\n    share: city", "expert_review:", "take `share`, `fixes_award`"),
    (M19, "kind: claim", "kind: claim\nexpert_fields: [cookery]", "expert_fields:", "there is no field 'cookery'"),
    # Form.
    (M19, "kind: claim", "kind: clam", "kind: clam", "'claim', 'duty' or 'gate'"),
    (M19, "kind: claim", "kind: claim\nsurprise: 1", "surprise:", "is not known here; correct its spelling"),
    (M15, "    gives: voucher", "    gives: voucher\n    gives: money", "gives: money", "is written twice; keep one"),
    (M19, "number: 19", "number: 22", None, "measures/19.yaml is measure 22 already; correct one of them"),
    (M19, "[kjt, fgw", "[kjt, fgw:", None, "is not valid YAML"),
    (P, "prefix: ZJAI", "prefix: ZJAI\nversion: 1", "version: 1", "has a file of its own; take it out"),
    (P, "code_above: 20,000,000 yuan", "code_above: 20,000,000", "one_time_code_above", "write a sum of money"),
    (P, "last_day: 2027-12-31", "last_day: 2024-12-31", "window:", "last_day is before first_day"),
    (P, "default_road: provincial\n", "", None, "default_road: is missing; state it"),
    ("units.csv", "jxt,", "jxt2,", None, "unit 'jxt' is not in units.csv"),
    ("units.csv", "Commerce,province", "Commerce,planet", None, "level: Input should be 'province', 'city' or"),
    ("divisions.csv", "330110,", "33011,", None, "code: String should match pattern"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / FOLDER.name))


def alter(folder: Path, file: str, old: str, new: str) -> str:
    """Put ``new`` in the place of the first ``old``, and return the file's text."""
    text = (folder / file).read_text("utf-8")
    assert old in text
    text = text.replace(old, new, 1)
    (folder / file).write_text(text, "utf-8")
    return text


def faults_of(folder: Path) -> tuple[Mistake, ...]:
    with pytest.raises(PolicyFault) as error:
        read_policy(files_of(folder), folder.name)
    assert all(f"{folder.name}/{fault}" in str(error.value) for fault in error.value.faults)
    return error.value.faults


def test_the_policy_as_it_is_has_no_fault(folder: Path) -> None:
    assert len(read_policy(files_of(folder)).measures) == 27


@pytest.mark.parametrize(("file", "old", "new", "line", "says"), BROKEN)
def test_each_fault_is_found_where_it_stands(
    folder: Path, file: str, old: str, new: str, line: str | None, says: str
) -> None:
    lines = alter(folder, file, old, new).splitlines()
    found = [fault for fault in faults_of(folder) if says in fault.message]
    assert found, "\n".join(map(str, faults_of(folder)))
    if line is not None:
        assert {fault.file for fault in found} == {file}
        assert all(line in lines[(fault.line or 0) - 1] for fault in found), found


def test_a_fault_of_the_form_of_a_file_names_its_line(folder: Path) -> None:
    alter(folder, M19, "units: [kjt", "units: [[kjt")
    rows = alter(folder, "divisions.csv", "330110,", "33011,").splitlines()
    yaml, row = faults_of(folder)
    assert (yaml.file, yaml.line) == (M19, 8)
    assert row.file == "divisions.csv"
    assert rows[(row.line or 0) - 1].startswith("33011,")


@pytest.mark.parametrize("file", ["policy.yaml", "text-en.txt", "units.csv", "divisions.csv"])
def test_a_missing_an_empty_and_an_unreadable_file_are_named_and_nothing_else(folder: Path, file: str) -> None:
    for content, says in ((None, "is missing"), (b"\n", "is empty"), ("浙江".encode("gbk"), "save it as UTF-8")):
        (folder / file).unlink() if content is None else (folder / file).write_bytes(content)
        assert [(fault.file, says in fault.message) for fault in faults_of(folder)] == [(file, True)]


def test_a_measure_that_is_no_mapping_is_refused(folder: Path) -> None:
    (folder / M19).write_text("- 19\n", "utf-8")
    (fault,) = faults_of(folder)
    assert (fault.file, fault.line) == (M19, 1)
    assert "is no mapping; write names and values" in fault.message


def test_every_fault_is_named_at_once(folder: Path) -> None:
    alter(folder, M14, "50% × lpr_5y", "50% × lpr_1y")
    alter(folder, M19, "[kjt, fgw", "[nasa, esa")
    alter(folder, M22, "- at_most: 5,000,000 yuan", "- at_most: 6,000,000 yuan")
    alter(folder, M24, "roll open no less", "roll open not less")
    alter(folder, M17, "kind: claim", "kind: clam")
    alter(folder, P, "words: This measure will", "words: This policy will")
    found = {(fault.file, fault.message.split(";")[0].split(",")[0]) for fault in faults_of(folder)}
    assert {file for file, _ in found} == {M14, M17, M19, M22, M24, P}
    assert {"unit 'nasa' is not in units.csv", "unit 'esa' is not in units.csv"} <= {said for _, said in found}


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("a maximum subsidy of 8 million yuan at a rate not exceeding 10%", {"8000000", "1/10"}),
        ("1 million yuan/item, 500000 yuan/item, and 100000 yuan/item", {"1000000", "500000", "100000"}),
        ("more than 10 billion yuan", {"10000000000"}),
        ("3 billion level chain leading enterprises", {"3"}),
        ("1.2 trillion yuan, 1,000 scenarios", {"1200000000000", "1000"}),
        ("no number", set()),
    ],
)
def test_the_numbers_of_a_quotation_are_read_as_it_writes_them(words: str, numbers: set[str]) -> None:
    assert {str(number) for number in numbers_in(words)} == numbers
