"""Whoever presents a link in vain decides nothing, is told, and is on the chain: once for each form sent."""

from collections.abc import AsyncIterator

import pytest

from approvals.database import Database
from models.event import EventKind
from models.secrets import derive_token
from models.settings import Settings
from models.states import ApplicationState, Channel, Outcome, Purpose
from portal.app import create_app
from portal.mailbox import create_mailbox_app
from tests.support.browser import Browser, browsing
from tests.support.clock import Clock
from tests.support.desk import Desk
from tests.support.dump import dump

COUNTY = "@county:330110"
APPROVE = {"outcome": "approve"}


@pytest.fixture
async def browser(settings: Settings, db: Database, clock: Clock) -> AsyncIterator[Browser]:
    async with browsing(create_app(settings, db, now=clock.tick)) as opened:
        yield opened


async def refusals(desk: Desk) -> list[tuple[str | None, str]]:
    """Return by which door and why, for each refusal on the chain; the chain must hold."""
    assert await desk.verify() is None
    events = await desk.events(EventKind.ANSWER_REFUSED)
    return [(e.payload.get("door"), e.payload["why"]) for e in events]


async def applicants(desk: Desk, kind: str, purpose: Purpose) -> str:
    assert desk.app is not None
    letter = (await desk.letters(kind, application_id=desk.app.id))[-1]
    return derive_token(desk.office.key, purpose, letter.facts[f"{purpose}_nonce"])


def altered(token: str) -> str:
    return token[:-1] + ("a" if token[-1] != "a" else "b")


async def test_an_altered_cut_or_foreign_token_sent_to_decide_is_on_the_chain_once_each(
    desk: Desk, browser: Browser, db: Database
) -> None:
    await desk.submit()
    (good,) = await desk.tokens_of(COUNTY)
    (reply,) = await desk.tokens_of(COUNTY, Channel.REPLY)
    status = await applicants(desk, "submitted", Purpose.STATUS)
    field = await browser.csrf(f"/d/{good}")
    for count, token in enumerate(
        (altered(good), good[:30], good + ";x", "%20" + good + "%00", reply, status), start=1
    ):
        before = await dump(db)
        assert (await browser.open(f"/d/{token}")).status_code == 404
        assert await dump(db) == before, "looking changes nothing"
        sent = await browser.client.post(f"/d/{token}", data={"csrf": field, "outcome": "approve"})
        assert sent.status_code == 404
        assert len(await refusals(desk)) == count, token
    assert set(await refusals(desk)) == {("decide", "UnknownToken")}
    assert (await desk.standing()).stages[0].state == "open"


@pytest.mark.parametrize("token", ["a" * 40, "x", "%00", "1" * 40, "%F0%A0%AE%B7" * 12, "x" * 3000])
async def test_a_token_of_no_application_is_told_so_and_writes_nothing(
    desk: Desk, browser: Browser, db: Database, token: str
) -> None:
    await desk.submit()
    before = await dump(db)
    for path in (f"/d/{token}", f"/d/{token}/code", f"/a/{token}", f"/s/{token}/withdraw"):
        assert (await browser.client.post(path, data=APPROVE)).status_code == 404, path
    assert await dump(db) == before


async def test_a_used_link_is_on_the_chain_even_where_no_form_was_shown(desk: Desk, browser: Browser) -> None:
    await desk.submit()
    (token,) = await desk.tokens_of(COUNTY)
    await browser.send(f"/d/{token}", outcome="approve")
    again = await browser.client.post(f"/d/{token}", data={"outcome": "refuse", "opinion": "改主意"})
    assert again.status_code == 409
    assert "已作决定：同意" in again.text
    assert await refusals(desk) == [("decide", "AlreadyDecided")]


async def test_an_expired_link_is_on_the_chain_even_where_the_form_says_nothing(desk: Desk, browser: Browser) -> None:
    await desk.submit()
    (token,) = await desk.tokens_of(COUNTY)
    field = await browser.csrf(f"/d/{token}")
    desk.clock.tick(days=100)
    for sent in ({}, {"csrf": field}, {"csrf": field, "outcome": "maybe"}):
        assert (await browser.client.post(f"/d/{token}", data=sent)).status_code == 410
    assert await refusals(desk) == [("decide", "ExpiredToken")] * 3


async def test_a_good_link_with_a_form_that_is_not_ours_is_no_refusal_of_the_link(
    desk: Desk, browser: Browser, db: Database
) -> None:
    await desk.submit(amounts__province="15,000,000")
    (token,) = await desk.tokens_of(COUNTY)
    before = await dump(db)
    for path in (f"/d/{token}", f"/d/{token}/code"):
        assert (await browser.client.post(path, data=APPROVE)).status_code == 403
    assert await dump(db) == before


async def test_a_code_that_is_not_sent_is_on_the_chain(desk: Desk, browser: Browser) -> None:
    await desk.submit(amounts__province="15,000,000")
    (token,) = await desk.tokens_of(COUNTY)
    assert (await browser.client.post(f"/d/{altered(token)}/code")).status_code == 404
    await browser.send(f"/d/{token}", "/code")
    assert (await browser.send(f"/d/{token}", "/code")).status_code == 409
    assert await refusals(desk) == [("code", "UnknownToken"), ("code", "WrongState")]
    (letter,) = await desk.letters("code")
    assert letter.address == "330110@zj.example"


async def test_an_amendment_by_a_wrong_or_used_link_is_on_the_chain(desk: Desk, browser: Browser) -> None:
    await desk.submit()
    (foreign,) = await desk.tokens_of(COUNTY)
    await desk.answer(COUNTY, Outcome.RETURN, "请修改。")
    token = await applicants(desk, "returned", Purpose.AMEND)
    for wrong in (altered(token), foreign):
        assert (await browser.client.post(f"/a/{wrong}", files={"text": (None, "x")})).status_code == 404
    await desk.resubmit(project__summary="补充")
    used = await browser.client.post(f"/a/{token}", files={"text": (None, "x")})
    assert used.status_code == 410
    assert "修改稿已收到" in used.text
    assert await refusals(desk) == [("amend", "UnknownToken")] * 2 + [("amend", "ContentChanged")]


async def test_an_amendment_of_a_withdrawn_application_is_on_the_chain(desk: Desk, browser: Browser) -> None:
    await desk.submit()
    await desk.answer(COUNTY, Outcome.RETURN, "请修改。")
    token = await applicants(desk, "returned", Purpose.AMEND)
    await desk.withdraw()
    assert (await browser.client.post(f"/a/{token}", files={"text": (None, "x")})).status_code == 409
    assert await refusals(desk) == [("amend", "WrongState")]


async def test_a_withdrawal_by_a_wrong_link_or_after_the_end_is_on_the_chain(desk: Desk, browser: Browser) -> None:
    await desk.submit()
    token, sent = await applicants(desk, "submitted", Purpose.STATUS), {"reason": "市场变化", "confirm": "yes"}
    (foreign,) = await desk.tokens_of(COUNTY)
    for wrong in (altered(token), foreign):
        assert (await browser.client.post(f"/s/{wrong}/withdraw", data=sent)).status_code == 404
    assert (await desk.standing()).state is ApplicationState.IN_PROGRESS
    await desk.withdraw()
    assert (await browser.client.post(f"/s/{token}/withdraw", data=sent)).status_code == 409
    assert await refusals(desk) == [("withdraw", "UnknownToken")] * 2 + [("withdraw", "WrongState")]


async def test_altered_cut_and_foreign_tokens_open_nothing(desk: Desk, browser: Browser, db: Database) -> None:
    await desk.submit()
    (good,) = await desk.tokens_of(COUNTY)
    (reply,) = await desk.tokens_of(COUNTY, Channel.REPLY)
    field = await browser.csrf(f"/d/{good}")
    altered = good[:-1] + ("a" if good[-1] != "a" else "b")
    for token in (altered, good[:30], reply, "a" * 40, "x" * 500, "%00", "..%2f" + good, good + ";x"):
        for path in (f"/d/{token}", f"/s/{good}", f"/a/{good}"):
            assert (await browser.open(path)).status_code == 404, path
        assert (await browser.client.post(f"/d/{token}", data={"csrf": field, "outcome": "approve"})).status_code == 404
    assert (await desk.standing()).stages[0].state == "open"


async def test_an_expired_link_decides_nothing_and_says_so(desk: Desk, browser: Browser) -> None:
    app = await desk.submit()
    link = "/d/" + (await desk.tokens_of(COUNTY))[0]
    field = await browser.csrf(link)
    desk.clock.tick(days=100)
    for page in (
        await browser.open(link),
        await browser.client.post(link, data={"csrf": field, "outcome": "approve"}),
    ):
        assert page.status_code == 410
        assert "此链接已过期" in page.text
        assert app.applicant not in page.text, "an expired link shows no file"
    assert (await desk.events(EventKind.ANSWER_REFUSED))[0].payload["why"] == "ExpiredToken"


async def test_the_link_of_a_stage_that_closed_says_who_closed_it(desk: Desk, browser: Browser) -> None:
    await desk.submit()
    await desk.approve_until("fgw")
    link = "/d/" + (await desk.tokens_of("czt"))[0]
    field = await browser.csrf(link)
    await desk.answer("fgw", Outcome.REFUSE, "与已立项项目重复。")
    for page in (
        await browser.open(link),
        await browser.client.post(link, data={"csrf": field, "outcome": "approve"}),
    ):
        assert page.status_code == 410
        assert "该环节已经结束" in page.text
        assert "与已立项项目重复。" in page.text


async def test_links_die_with_a_return_an_amendment_and_a_withdrawal(desk: Desk, browser: Browser) -> None:
    await desk.submit()
    await desk.approve_until("fgw")
    link = "/d/" + (await desk.tokens_of("czt"))[0]
    await desk.answer("fgw", Outcome.RETURN, "请补充材料。")
    assert "该环节已经结束" in (await browser.open(link)).text
    await desk.resubmit(project__summary="补充后的简介")
    assert (await browser.open(link)).status_code == 410
    assert "请使用新来信中的链接" in (await browser.open(link)).text
    new = "/d/" + (await desk.tokens_of(COUNTY))[0]
    assert "第 2 轮" in (await browser.open(new)).text
    await desk.withdraw()
    assert (await browser.open(new)).status_code == 410


HOSTS = [("127.0.0.1:8460", 200), ("localhost", 200), ("LOCALHOST:1", 200), ("[::1]:8460", 200), ("liandong.gov", 200)]
FOREIGN = [("evil.example", 421), ("127.0.0.1.evil.example", 421), ("x@127.0.0.1", 421), ("", 421), ("a b", 421)]


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("host", "status"), HOSTS + FOREIGN)
async def test_only_a_host_of_ours_is_answered(settings: Settings, db: Database, host: str, status: int) -> None:
    public = settings.model_copy(update={"public_url": "https://Liandong.gov/"})
    for app in (create_app(public, db), create_mailbox_app(public)):
        async with browsing(app) as browser:
            page = await browser.client.get("/", headers={"host": host})
        assert page.status_code == status
        assert page.headers["cache-control"] == "no-store"
        assert (status == 200) == ("LIANDONG_PUBLIC_URL" not in page.text)
