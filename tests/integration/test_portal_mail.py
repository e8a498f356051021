"""What pages say of machine mail: officials see it, applicants do not."""

from collections.abc import AsyncIterator

import pytest

from approvals import inbound
from approvals.database import Database
from approvals.post import bounced
from models.secrets import derive_token
from models.settings import Settings
from models.states import Purpose
from notifications.sending.bounce_address import bounce_address
from portal.app import create_app
from tests.support.browser import Browser, browsing
from tests.support.clock import Clock
from tests.support.desk import Desk

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


@pytest.fixture
async def browser(settings: Settings, db: Database, clock: Clock) -> AsyncIterator[Browser]:
    async with browsing(create_app(settings, db, now=clock.tick)) as opened:
        yield opened


async def test_a_letter_that_came_back_is_shown_to_officials_and_not_to_the_applicant(
    settings: Settings, desk: Desk, browser: Browser
) -> None:
    await desk.submit()
    (letter,) = await desk.asked("@county:330110")
    to, now = bounce_address(settings, letter.id), desk.clock()
    mail = await desk.db.write(inbound.receive, b"raw", "", to, "<1@x>", "0" * 64, now)
    report = bounced.Report(is_report=True, final=True, status="5.1.1", diagnostic="550 <b>no such person</b>")
    await desk.db.write(bounced.judge, desk.office, mail or "", report, now)
    official = (await browser.open(f"/d/{desk.token_in(letter)}")).text
    assert "来函被退回" in official
    assert "<b>no such person" not in official
    (submitted,) = await desk.letters("submitted")
    status = derive_token(desk.office.key, Purpose.STATUS, submitted.facts["status_nonce"])
    applicant = (await browser.open(f"/s/{status}")).text
    for hidden in ("来函被退回", letter.address, "no such person"):
        assert hidden not in applicant
