"""The draw of a panel: one order for all who may score, which nobody chooses and anybody repeats."""

import datetime as dt
import hashlib
import json
from dataclasses import replace
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.panel.conflicts import (
    Employment,
    Parties,
    address_key,
    conflicts,
    parties_of,
    person_key,
    tie_key,
    years_before,
)
from models.panel.draw import Basis, Candidate, differences, draw, draw_hash, following, place_in, repeated

DAY = dt.date(2026, 11, 23)
APPLICANT, MEMBER, OTHER = "91330110MA2H3K7X6W", "91330200MA2H8T4Q5J", "91330402MA2J6R3Y8F"
PARTIES = Parties(APPLICANT, (MEMBER,), (person_key("李雷"),), (address_key("w@robots.example"),))
BASIS = Basis("SC01-2026-00001", "experts", 1, 1, "a" * 64, DAY, 5, ("robots",), 3)


def employed(code: str, since: str = "2010-01-01", until: str | None = None) -> Employment:
    return Employment(code, dt.date.fromisoformat(since), dt.date.fromisoformat(until) if until else None)


def candidate(key: str, *employments: Employment, ties: tuple[str, ...] = (), fields: str = "robots") -> Candidate:
    return Candidate(key, (fields,), employments, tuple(map(tie_key, ties)), address_key(f"{key}@experts.example"))


def why(one: Candidate, day: dt.date = DAY, years: int = 3) -> list[tuple[str, str]]:
    found = conflicts(one.employments, one.ties, one.address, PARTIES, day, years)
    return [(conflict.kind, conflict.party) for conflict in found]


keys = st.sets(st.integers(0, 99999).map(lambda n: f"e{n:05}"), min_size=1, max_size=40)
heads = st.text("0123456789abcdef", min_size=64, max_size=64)
jobs = st.builds(
    Employment,
    st.sampled_from((APPLICANT, MEMBER, OTHER)),
    st.dates(dt.date(2000, 1, 1), dt.date(2010, 1, 1)),
    st.none() | st.dates(dt.date(2011, 1, 1), dt.date(2030, 1, 1)),
)
candidates = st.builds(
    Candidate,
    st.integers(0, 99999).map(lambda n: f"e{n:05}"),
    st.sets(st.sampled_from(("robots", "law")), min_size=1).map(tuple),
    st.lists(jobs, max_size=2).map(tuple),
    st.lists(st.sampled_from((MEMBER, OTHER, person_key("李雷"))), max_size=2).map(tuple),
    st.just(address_key("x@y.example")),
)


@given(st.lists(candidates, max_size=20, unique_by=lambda one: one.key), heads, st.randoms(use_true_random=False))
def test_the_order_of_the_candidates_says_nothing(all_: list[Candidate], head: str, random: object) -> None:
    basis, shuffled = replace(BASIS, head=head), list(all_)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert draw(basis, PARTIES, all_).as_json() == draw(basis, PARTIES, shuffled).as_json()


@given(keys, heads)
def test_one_expert_more_or_less_changes_nobodys_place_before_another(keys: set[str], head: str) -> None:
    basis, all_ = replace(BASIS, head=head), [candidate(key) for key in keys]
    order = draw(basis, PARTIES, all_).order
    assert set(order) == keys
    without = draw(basis, PARTIES, all_[1:]).order
    assert list(without) == [key for key in order if key != all_[0].key]


@given(st.lists(candidates, max_size=20, unique_by=lambda one: one.key), heads)
def test_whoever_reads_what_was_published_makes_the_same_draw(all_: list[Candidate], head: str) -> None:
    kept = draw(replace(BASIS, head=head), PARTIES, all_).as_json()
    published = json.loads(json.dumps(kept))
    again = repeated(published)
    assert differences(published, again) == []
    assert draw_hash(again.as_json()) == draw_hash(kept)


@given(st.lists(candidates, max_size=20, unique_by=lambda one: one.key))
def test_every_candidate_of_the_field_is_drawn_or_left_out_for_a_reason(all_: list[Candidate]) -> None:
    made = draw(BASIS, PARTIES, all_)
    wanted = {one.key for one in all_ if "robots" in one.fields}
    assert set(made.order) | set(made.excluded) == wanted
    assert not set(made.order) & set(made.excluded)
    assert all(made.excluded.values())


def test_the_first_ones_are_spread_evenly_over_the_experts() -> None:
    """Not a proof of chance; it would find a seed that is not used."""
    all_, first = [candidate(f"e{n:05}") for n in range(10)], dict[str, int]()
    for n in range(1000):
        winner = draw(replace(BASIS, head=f"{n:064x}"), PARTIES, all_).order[0]
        first[winner] = first.get(winner, 0) + 1
    assert len(first) == 10
    assert min(first.values()) > 60 and max(first.values()) < 140


def test_the_order_is_that_of_the_hashes_of_seed_and_key() -> None:
    made = draw(BASIS, PARTIES, [candidate(f"e{n:05}") for n in range(5)])
    assert list(made.order) == sorted(made.order, key=lambda key: place_in(BASIS.seed, key))
    written = f'["liandong-draw-1","SC01-2026-00001","experts",1,1,"{"a" * 64}"]'
    assert BASIS.seed == hashlib.sha256(written.encode()).hexdigest(), "as a sheet of paper would explain it"


@pytest.mark.parametrize(
    "changes", [{"head": "b" * 64}, {"number": 2}, {"round": 2}, {"stage": "other"}, {"application": "SC01-2026-00002"}]
)
def test_every_draw_has_a_seed_of_its_own(changes: dict[str, object]) -> None:
    assert replace(BASIS, **changes).seed != BASIS.seed  # type: ignore[arg-type]


def test_the_next_in_the_draw_is_whoever_follows_and_had_no_seat() -> None:
    order = draw(BASIS, PARTIES, [candidate(f"e{n:05}") for n in range(6)]).order
    taken = {order[0], order[1], order[3]}
    assert list(islice(following(order, taken), 2)) == [order[2], order[4]]


@pytest.mark.parametrize("part", ["seed", "order", "excluded", "candidates", "parties", "head", "day"])
def test_a_draw_that_was_altered_is_found_out(part: str) -> None:
    made = draw(BASIS, PARTIES, [candidate("e00001"), candidate("e00002"), candidate("e00003", employed(APPLICANT))])
    altered = json.loads(json.dumps(made.as_json()))
    match part:
        case "seed" | "head":
            altered[part] = "c" * 64
        case "order":
            altered[part].reverse()
        case "excluded":
            altered[part] = {}
        case "candidates":
            altered[part][2]["employments"] = []
        case "parties":
            altered[part]["applicant"] = OTHER
        case "day":
            altered[part] = "1999-01-01"
            altered["conflict_years"] = "3"
    try:
        assert differences(altered, repeated(altered))
    except TypeError:
        assert part == "day"


@pytest.mark.parametrize(
    ("job", "found"),
    [
        (employed(APPLICANT), [("employer", "applicant")]),
        (employed(MEMBER), [("employer", "member")]),
        (employed(APPLICANT, until="2026-11-23"), [("employer", "applicant")]),
        (employed(APPLICANT, until="2026-11-22"), [("former_employer", "applicant")]),
        (employed(MEMBER, until="2023-11-23"), [("former_employer", "member")]),
        (employed(APPLICANT, until="2023-11-22"), []),
        (employed(APPLICANT, since="2027-01-01"), [("employer", "applicant")]),
        (employed(OTHER), []),
    ],
)
def test_an_employer_now_or_in_the_last_years_is_a_conflict(job: Employment, found: list[tuple[str, str]]) -> None:
    assert why(candidate("e00001", job)) == found


def test_the_present_employer_counts_where_no_past_years_do() -> None:
    assert why(candidate("e00001", employed(APPLICANT, until="2026-11-22")), years=0) == []
    assert why(candidate("e00001", employed(APPLICANT)), years=0) == [("employer", "applicant")]


@pytest.mark.parametrize(
    ("tie", "found"),
    [
        (APPLICANT.lower(), [("tie", "applicant")]),
        (f" {MEMBER}", [("tie", "member")]),
        ("李 雷", [("tie", "person")]),
        ("韩梅梅", []),
        (OTHER, []),
    ],
)
def test_a_declared_tie_is_a_conflict(tie: str, found: list[tuple[str, str]]) -> None:
    assert why(candidate("e00001", ties=(tie,))) == found


def test_whoever_applies_by_the_same_address_may_not_score() -> None:
    one = replace(candidate("e00001"), address=address_key(" W@Robots.example"))
    assert why(one) == [("address", "address")]


def test_every_conflict_is_named_in_both_languages() -> None:
    one = candidate("e1", employed(APPLICANT), employed(MEMBER, until="2025-01-01"), ties=("李雷", MEMBER))
    found = conflicts(one.employments, one.ties, PARTIES.addresses[0], PARTIES, DAY, 3)
    assert len(found) == 5
    for conflict in found:
        assert conflict.said("zh") != conflict.said("en")
        assert conflict.about in conflict.said("zh") and conflict.about in conflict.said("en")


def test_three_years_before_29_february_is_28_february() -> None:
    assert years_before(dt.date(2028, 2, 29), 3) == dt.date(2025, 2, 28)
    assert years_before(dt.date(2028, 2, 29), 4) == dt.date(2024, 2, 29)


def test_the_members_of_a_consortium_are_the_codes_that_the_application_names() -> None:
    content = {
        "applicant": {"credit_code": APPLICANT, "contact": "王 芳", "email": "W@robots.example"},
        "facts": {"members": f"甲公司（{MEMBER}）、乙公司 {OTHER.lower()}", "leader": "李雷、韩梅梅", "price": "200"},
        "project": {"title": "机器人", "summary": f"与{MEMBER[:-1]}X 无关；{APPLICANT}自己", "cost_basis": ""},
    }
    parties = parties_of(content, ("officer@city.example",))
    assert (parties.applicant, parties.members) == (APPLICANT, tuple(sorted((MEMBER, OTHER))))
    assert {person_key(name) for name in ("王芳", "李 雷", "韩梅梅")} <= set(parties.people)
    assert "王芳" not in str(parties.as_json()), "what is published names nobody"
    assert parties.addresses == tuple(sorted(map(address_key, ("w@robots.example", "officer@city.example"))))
    assert Parties.from_json(json.loads(json.dumps(parties.as_json()))) == parties
