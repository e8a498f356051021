"""Public notice: the days that are left, where one may stand, what an objection may bring. Pure."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.calendar import OFFICE_ZONE, Calendar, deadline, is_working_day, office_date
from models.money import Fen
from models.notice_text import NoticeFacts, article_in, csv_of, html_of
from models.policy.data import Bilingual
from models.policy.notice_rules import (
    MAX_FILE_BYTES,
    WrongObjection,
    check_files,
    checked,
    contact_key,
    days_left,
    file_name,
    notice_faults,
)
from models.states import Level
from tests.support.policies import ZHEJIANG

CALENDAR = Calendar()
FIRST = dt.datetime(2026, 1, 1, tzinfo=OFFICE_ZONE)
moments = st.integers(0, 270 * 24 * 60).map(lambda minutes: FIRST + dt.timedelta(minutes=minutes))


@given(moments, st.integers(5, 20), st.floats(0, 1), st.integers(0, 60))
def test_however_often_the_clock_stops_a_notice_is_shown_for_all_its_working_days(
    published: dt.datetime, days: int, when: float, paused: int
) -> None:
    end = deadline(CALENDAR, published, days).at
    stopped = published + (end - published) * when
    left = days_left(CALENDAR, end, stopped)
    assert 1 <= left <= days + 1
    resumed = stopped + dt.timedelta(days=paused)
    again = deadline(CALENDAR, resumed, left).at
    shown = [
        day
        for day in (office_date(published) + dt.timedelta(days=n) for n in range(1, 400))
        if is_working_day(day)[0] and (day < office_date(stopped) or office_date(resumed) < day <= office_date(again))
    ]
    assert len(shown) >= days


@pytest.mark.parametrize(
    ("road", "faults"),
    [
        (["city_determination", "public_notice"], 0),
        (["county_recommendation", "city_determination"], 0),
        (["public_notice", "city_determination"], 1),
        (["city_determination", "public_notice", "public_notice"], 1),
        (["county_recommendation", "public_notice"], 1),
    ],
)
def test_a_notice_stands_once_at_the_end_after_the_award_is_fixed(road: list[str], faults: int) -> None:
    stages = [ZHEJIANG.stages[key] for key in road]
    fixes_award = any(stage.fixes_award for stage in stages)
    assert len(list(notice_faults([stage.act for stage in stages], fixes_award=fixes_award))) == faults


def test_nothing_is_left_after_the_end() -> None:
    end = deadline(CALENDAR, dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC), 5).at
    assert days_left(CALENDAR, end, end + dt.timedelta(days=1)) == 0


@pytest.mark.parametrize("contact", ["", "x", "不告诉你", "12345", "a@", "x" * 300])
def test_a_contact_is_an_address_or_a_telephone_number(contact: str) -> None:
    with pytest.raises(WrongObjection) as error:
        checked("甲", contact, "理由")
    assert error.value.field == "contact"


@pytest.mark.parametrize("contact", ["a@b.example", "0571-8765 4321", "微信同号 13800001111"])
def test_any_way_to_reach_somebody_is_taken(contact: str) -> None:
    assert checked(" 甲 ", contact, " 理由 ") == ("甲", contact, "理由")
    assert contact_key(contact.upper() + " ") == contact_key(contact)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\用户\\证据.PDF", "证据.PDF"),
        ("a\u202ecod.exe.pdf", "acod.exe.pdf"),
        ("\x00\r\n", "file"),
        ("长" * 200 + ".pdf", "长" * 116 + ".pdf"),
    ],
)
def test_a_files_name_has_no_path_and_nothing_invisible(name: str, kept: str) -> None:
    assert file_name(name) == kept


@pytest.mark.parametrize(
    "files",
    [
        [("a.exe", 1)],
        [("pdf", 1)],
        [("a.pdf.js", 1)],
        [("a.pdf", 0)],
        [("a.pdf", MAX_FILE_BYTES + 1)],
        [("a.pdf", MAX_FILE_BYTES)] * 3,
        [("a.pdf", 1)] * 6,
    ],
)
def test_files_have_their_limits(files: list[tuple[str, int]]) -> None:
    with pytest.raises(WrongObjection):
        check_files(files)


def test_a_notice_escapes_what_people_wrote_and_runs_nothing() -> None:
    name = Bilingual(zh="名称", en="name")
    at = dt.datetime(2026, 11, 23, 1, tzinfo=dt.UTC)
    facts = NoticeFacts(
        number="SC04-2026-00001",
        round=1,
        policy_title=name,
        measure=3,
        measure_title=name,
        option=name,
        gives="money",
        applicant='=cmd|"/c calc"!A1',
        title="</article><script>alert(1)</script>",
        place=name,
        amounts={Level.CITY: Fen(20_000_000), Level.COUNTY: Fen(10_000_000)},
        unit=name,
        working_days=5,
        published_at=at,
        ends_at=deadline(CALENDAR, at, 5).at,
        provisional=True,
        page="http://127.0.0.1/notices/SC04-2026-00001/object",
        address="object+sc04-2026-00001@liandong.example",
    )
    html = html_of(facts)
    assert b"<script" not in html
    assert "30万元" in article_in(html, "zh")
    assert "暂定" in article_in(html, "zh")
    assert "300,000 yuan" in article_in(html, "en")
    assert article_in(html, "en").encode() in html
    assert b"\"'=cmd|" in csv_of(facts)
