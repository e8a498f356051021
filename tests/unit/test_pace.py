"""How fast letters go to one domain."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.pace import LONGEST_PAUSE, MOST_DOMAINS, Pace, Rates, domain_of, read_rates
from models.settings import Settings


def test_rates_are_read_from_one_setting() -> None:
    assert read_rates("") == Rates(None, {})
    assert read_rates("60, QQ.com = 30,163.com=0.5") == Rates(60, {"qq.com": 30, "163.com": 0.5})
    assert read_rates("qq.com=30").of("zj.example") is None
    assert read_rates("60,qq.com=30").of("qq.com") == 30


@pytest.mark.parametrize("wrong", ["fast", "0", "-1", "qq.com=", "=5", "qq com=5", "qq.com=0", "60;30", "１０"])
def test_a_rate_that_is_none_stops_the_start(wrong: str) -> None:
    with pytest.raises(ValueError, match="letters a minute"):
        Settings(smtp_domain_rate=wrong)


def test_a_domain_is_what_stands_behind_the_last_at() -> None:
    assert domain_of('"a@b"@ZJ.Example') == "zj.example"


def test_without_a_rate_nobody_waits_and_nothing_is_remembered() -> None:
    pace = Pace(Rates())
    assert {pace.wait(f"d{n % 7}.example", n / 1000) for n in range(1000)} == {0.0}
    assert not pace._buckets


@given(
    rate=st.floats(1, 600),
    steps=st.lists(st.floats(0, 5), min_size=1, max_size=150),
)
def test_no_domain_ever_gets_more_than_its_rate_and_one_burst(rate: float, steps: list[float]) -> None:
    pace, now, went = Pace(Rates(rate)), 0.0, []
    for step in steps:
        now += step
        if pace.wait("qq.com", now) == 0:
            went.append(now)
    burst = max(1.0, rate / 6)
    for first, start in enumerate(went):
        for last in range(first, len(went)):
            assert last - first + 1 <= burst + (went[last] - start) * rate / 60 + 1e-3


@given(rate=st.floats(1, 600), waiting=st.integers(1, 60))
def test_letters_that_come_back_at_their_turn_go(rate: float, waiting: int) -> None:
    pace = Pace(Rates(rate))
    while pace.wait("qq.com", 0.0) == 0:
        pass
    turns = sorted(pace.wait("qq.com", 0.0) for _ in range(waiting))
    assert turns == sorted(set(turns))
    assert [pace.wait("qq.com", turn) for turn in turns] == [0.0] * waiting


def test_a_domain_that_asks_for_less_is_left_alone_for_longer_and_longer() -> None:
    pace, now, pauses = Pace(Rates()), 100.0, []
    for _ in range(12):
        pace.slow_down("qq.com", now)
        pace.slow_down("qq.com", now + 0.1)  # a letter that was on its way
        pauses.append(pace.wait("qq.com", now))
        assert pace.wait("zj.example", now) == 0
        now += pauses[-1]
        assert pace.wait("qq.com", now) == 0
    assert pauses[:4] == [2, 4, 8, 16]
    assert pauses[-1] == LONGEST_PAUSE
    pace.went_well("qq.com")
    pace.slow_down("qq.com", now)
    assert pace.wait("qq.com", now) == 2


def test_domains_with_nothing_to_wait_for_are_forgotten() -> None:
    pace = Pace(Rates(60))
    pace.slow_down("qq.com", MOST_DOMAINS * 1.0)
    for n in range(MOST_DOMAINS * 2):
        pace.wait(f"d{n}.example", float(n))
    assert len(pace._buckets) <= MOST_DOMAINS
