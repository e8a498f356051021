"""What happens when a stage is late, and when: pure."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.calendar import Calendar, closing, deadline, office_date
from models.policy.late import Late, Told, end_at, look, next_look
from models.policy.late_checks import late_faults
from tests.support.policies import ZHEJIANG

CALENDAR = Calendar()
#: A Monday.
OPENED = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)

days = st.integers(1, 8)
rules = st.builds(
    lambda before, every, escalate, to, end, does: Late.model_validate(
        {
            "remind_before": before,
            "remind_every": every,
            "escalate": {"after": escalate, "to": to} if to else None,
            "at_end": {"after": escalate + end, "does": does} if does else None,
        }
    ),
    st.none() | st.just(1),
    days,
    days,
    st.sampled_from([None, "superior", "operator"]),
    days,
    st.sampled_from([None, "pass", "refuse", "next_person"]),
)


def at(day: int, hour: int = 18) -> dt.datetime:
    """Return an hour of a day of March 2026 in Beijing, as UTC."""
    return closing(dt.date(2026, 3, day)) + dt.timedelta(hours=hour - 18)


def live(late: Late, sweeps: list[float]) -> list[tuple[dt.datetime, str]]:
    """Return what happens to a stage that nobody answers, the sweep coming so many hours late each time."""
    due, told, happened = deadline(CALENDAR, OPENED, 3).at, Told(OPENED), []
    for hours in sweeps:
        now = next_look(late, CALENDAR, due, told) + dt.timedelta(hours=hours)
        todo = look(late, CALENDAR, due, told, now)
        for what in ("reminds", "escalates", "ends"):
            if getattr(todo, what):
                happened.append((now, what))
        if todo.ends:
            return happened
        if todo.reminds:
            told = replace(told, newest=now, first=told.first or (now if now >= due else None))
        told = replace(told, escalated=told.escalated or todo.escalates)
    return happened


def test_the_short_form_reminds_at_the_date_and_every_so_many_working_days() -> None:
    assert [now for now, _ in live(Late(remind_every=2), [0] * 4)] == [at(5), at(9), at(11), at(13)]


def test_the_long_form_reminds_before_escalates_and_ends() -> None:
    late = Late.model_validate(
        {
            "remind_before": 1,
            "remind_every": 2,
            "escalate": {"after": 3, "to": "superior"},
            "at_end": {"after": 4, "does": "pass"},
        }
    )
    assert live(late, [0] * 9) == [
        (at(4), "reminds"),
        (at(5), "reminds"),
        (at(9), "reminds"),
        (at(10), "escalates"),
        (at(11), "ends"),
    ]


@given(rules, st.lists(st.floats(0, 400), min_size=12, max_size=12))
def test_nothing_ends_by_itself_before_a_reminder_and_a_working_day_however_late_the_sweep_comes(
    late: Late, sweeps: list[float]
) -> None:
    happened = live(late, sweeps)
    due = deadline(CALENDAR, OPENED, 3).at
    for now, what in happened:
        if what == "ends":
            assert late.at_end is not None
            past = [then for then, kind in happened if kind == "reminds" and then >= due]
            assert past
            assert CALENDAR.working_days(office_date(past[0]), office_date(now))[0] >= 1
            assert CALENDAR.working_days(office_date(due), office_date(now))[0] >= late.at_end.after
    assert [what for _, what in happened].count("escalates") <= 1


@given(rules, st.lists(st.floats(0, 100), min_size=15, max_size=15))
def test_every_look_does_something_and_the_next_one_is_later(late: Late, sweeps: list[float]) -> None:
    happened = live(late, sweeps)
    looks = list(dict.fromkeys(now for now, _ in happened))
    assert looks == sorted(looks)
    assert len(looks) == len(sweeps) or happened[-1][1] == "ends"


@given(rules, st.floats(0, 400))
def test_what_a_reminder_says_of_the_end_is_what_happens(late: Late, hours: float) -> None:
    due = deadline(CALENDAR, OPENED, 3).at
    first = due + dt.timedelta(hours=hours)
    said = end_at(late, CALENDAR, due, first)
    told = Told(first, first, escalated=True)
    if said is None:
        assert late.at_end is None
    else:
        assert look(late, CALENDAR, due, told, said).ends
        assert not look(late, CALENDAR, due, told, said - dt.timedelta(seconds=1)).ends


def test_nothing_is_written_as_nothing() -> None:
    assert Late.model_validate({"remind_every": 2, "at_end": "nothing"}) == Late(remind_every=2)


@given(rules)
def test_a_rule_that_was_kept_reads_back(late: Late) -> None:
    assert Late.model_validate(late.model_dump()) == late


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ({}, "remind_every"),
        ({"remind_every": 0}, "greater than or equal to 1"),
        ({"remind_every": 2, "surprise": 1}, "Extra inputs"),
        ({"remind_every": 2, "escalate": {"after": 3, "to": "mayor"}}, "superior"),
        ({"remind_every": 2, "at_end": {"after": 3, "does": "award"}}, "next_person"),
        (
            {"remind_every": 2, "escalate": {"after": 5, "to": "operator"}, "at_end": {"after": 5, "does": "pass"}},
            "the end comes first",
        ),
    ],
)
def test_a_rule_that_cannot_hold_is_refused(data: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        Late.model_validate(data)


@pytest.mark.parametrize("does", ["pass", "refuse", "next_person"])
def test_an_expert_never_votes_by_silence(does: str) -> None:
    late = Late.model_validate({"remind_every": 2, "at_end": {"after": 5, "does": does}})
    stage = ZHEJIANG.stages["cosignature"].model_copy(update={"act": "expert_panel", "late": late})
    policy = ZHEJIANG.model_copy(update={"stages": dict(ZHEJIANG.stages) | {"cosignature": stage}})
    refused = [path for path, fault in late_faults(policy) if "never by silence" in fault]
    assert refused == ([("stages", "cosignature", "late")] if does != "next_person" else [])
