"""The pages where a unit above answers in the place of one that has no officer."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from approvals.database import Database
from models.secrets import derive_token
from models.settings import Settings
from models.states import Channel, Purpose
from portal.app import create_app
from tests.support.browser import Browser, browsing
from tests.support.clock import Clock
from tests.support.desk import Desk, hangzhou_directory
from tests.support.late import late_desk, sweep_on

COUNTY = "@county:330110"


@pytest.fixture
async def browser(settings: Settings, db: Database, clock: Clock) -> AsyncIterator[Browser]:
    async with browsing(create_app(settings, db, now=clock.tick)) as opened:
        yield opened


@pytest.fixture
async def lacking_desk(parent_desk: Desk) -> Desk:
    """Yuhang and two co-signers have no officer, and by the setting the unit above is asked in their place."""
    lacking = (COUNTY, "fgw", "czt")
    await parent_desk.import_directory([entry for entry in hangzhou_directory() if entry.unit not in lacking])
    await parent_desk.submit()
    return parent_desk


async def test_the_page_says_for_whom_one_is_asked_and_the_decision_names_both(
    lacking_desk: Desk, browser: Browser
) -> None:
    (letter,) = await lacking_desk.letters("ask")
    link = f"/d/{lacking_desk.token_in(letter)}"
    page = (await browser.open(link)).text
    assert "余杭区人民政府在通讯录中没有经办人，现请您（杭州市人民政府）代为答复" in page
    assert "由您代为答复" in page
    assert "您的单位" not in page
    english = (await browser.open(f"{link}?lang=en")).text
    assert "are asked in place of Yuhang District Government, which has no officer in the directory" in english
    await browser.open(f"{link}?lang=zh")
    await browser.send(link, outcome="approve")
    decided = (await browser.open(link)).text
    assert "余杭区人民政府（由杭州市人民政府代）" in decided
    assert "330100@zj.example" in decided


async def test_once_the_unit_has_an_officer_both_pages_say_that_the_first_answer_counts(
    lacking_desk: Desk, browser: Browser
) -> None:
    (above,) = await lacking_desk.letters("ask")
    lacking_desk.clock.tick()
    await lacking_desk.import_directory()
    own, _ = await lacking_desk.letters("ask")
    there, here = (f"/d/{lacking_desk.token_in(letter)}" for letter in (above, own))
    assert "该单位现已有自己的经办人，以先到的答复为准" in (await browser.open(there)).text
    assert "代为答复" not in (await browser.open(here)).text
    await browser.send(there, outcome="approve")
    late = (await browser.open(here)).text
    assert "余杭区人民政府（由杭州市人民政府代）已就本件作出决定" in late
    assert "由您代为答复" not in late


async def test_whoever_decides_next_sees_that_one_address_answered_for_two_cosigners(
    lacking_desk: Desk, browser: Browser
) -> None:
    while (await lacking_desk.standing()).position != 4:
        waiting = (await lacking_desk.standing()).open_stage
        assert waiting is not None
        task = next(task for task in waiting.tasks if task.outcome is None)
        letter = next(x for x in await lacking_desk.letters("ask") if task.id in x.key)
        await lacking_desk.present(lacking_desk.token_in(letter, Channel.REPLY))
    (letter, *_) = await lacking_desk.letters("ask")
    page = (await browser.open(f"/d/{lacking_desk.token_in(letter)}")).text
    assert page.count("同一邮箱在本环节代表多个单位答复") == 2
    assert "省发展改革委（由省科技厅代）" in page
    assert "省财政厅（由省科技厅代）" in page
    (applied,) = await lacking_desk.letters("submitted")
    status = derive_token(lacking_desk.office.key, Purpose.STATUS, applied.facts["status_nonce"])
    assert "省财政厅（由省科技厅代）" in (await browser.open(f"/s/{status}")).text


async def test_the_page_says_what_the_clock_does_and_who_is_asked_instead_when_it_has(
    desk: Desk, browser: Browser, tmp_path: Path
) -> None:
    late = late_desk(desk, tmp_path)
    await late.submit()
    (letter,) = await late.letters("ask")
    link = f"/d/{late.token_in(letter)}"
    page = (await browser.open(link)).text
    assert (
        "2026年12月3日 周四 18:00 仍未答复将报告上级单位；2026年12月8日 周二 18:00 仍未答复将改请上级单位答复" in page
    )
    assert "申请停在本环节等待" not in page
    assert (
        "after Tue 8 Dec 2026, 18:00 Beijing time the unit above is asked instead"
        in (await browser.open(f"{link}?lang=en")).text
    )
    for day in ("2026-11-30", "2026-12-08"):
        await sweep_on(late, day)
    (asked,) = await late.asked("@city:330100")
    there = (await browser.open(f"/d/{late.token_in(asked)}?lang=zh")).text
    assert "余杭区人民政府逾期未答复，现请您（杭州市人民政府）代为答复" in there
    assert "在通讯录中没有经办人" not in there
