"""The plot of targets: one panel a target, within its frame whatever was reported, in both languages."""

import datetime as dt
import re
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from models.policy.measure import Target
from models.policy.policy import Window
from models.road.progress import Figures, Progress, from_reports, newest, span
from portal.plot import BASE, LEFT, PANEL, RIGHT, TOP, WIDTH, plot
from tests.support.clock import START

WINDOW = Window(first_day=dt.date(2025, 5, 31), last_day=dt.date(2027, 12, 31), words="x")
NAMED = {"zh": "开放<应用>场景", "en": 'scenarios "opened"'}
TARGET = Target.model_validate({"key": "n", "name": NAMED, "number": 50, "unit": NAMED, "words": "50"})


def progress(*told: tuple[int, int]) -> Progress:
    """Progress by figures of one unit, each (days after the start, figure)."""
    days = span(TARGET, WINDOW, START.date())
    reports = [Figures("a", START + dt.timedelta(days=day), 2026, {"n": figure}) for day, figure in told]
    return Progress(24, "d", TARGET, *days, from_reports(TARGET, days, reports), newest(TARGET, days, reports))


def test_no_targets_are_no_plot() -> None:
    assert plot((), "zh", START) == ""


def test_each_target_has_a_panel_with_its_number_and_what_is_reached() -> None:
    svg = plot((progress((1, 12)), progress()), "zh", START + dt.timedelta(days=9), alone=True)
    tree = ElementTree.fromstring(svg)
    assert tree.get("viewBox") == f"0 0 {WIDTH} {2 * PANEL}"
    texts = [text.text or "" for text in tree.iter("{http://www.w3.org/2000/svg}text")]
    assert any("12 / 50" in text and "24%" in text for text in texts)
    assert any("0 / 50" in text for text in texts)
    assert "2025-05-31" in texts and "2027-12-31" in texts
    assert "script" not in svg and "style=" not in svg


def test_the_words_are_the_readers() -> None:
    assert "Measure 24" in plot((progress(),), "en", START)
    assert "措施 24" in plot((progress(),), "zh", START)


@given(st.lists(st.tuples(st.integers(-900, 900), st.integers(0, 10**15)), max_size=20), st.integers(-900, 900))
def test_no_line_leaves_its_frame(told: list[tuple[int, int]], now: int) -> None:
    svg = plot((progress(*told),), "zh", START + dt.timedelta(days=now))
    ElementTree.fromstring(svg)
    paths = re.findall(r'<path d="([^"]+)"', svg)
    for path in paths:
        places = re.findall(r"([MHV])(\d+)(?:,(\d+))?", path)
        assert "".join(f"{a}{b}{',' + c if c else ''}" for a, b, c in places) == path, "whole numbers only"
        for letter, first, second in places:
            (ys, xs) = ([int(first)], []) if letter == "V" else ([int(second)] if second else [], [int(first)])
            assert all(LEFT <= x <= RIGHT for x in xs)
            assert all(TOP <= y <= BASE for y in ys)
