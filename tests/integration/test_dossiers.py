"""Dossiers, on both databases: what a reviewer is sent, the same at every try, and never in the way of a letter."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from approvals import dossiers
from approvals.database import Database
from models.settings import Settings
from models.states import Outcome
from notifications.papers.dossier import dossier
from notifications.papers.dossiers import Dossiers, wanted
from notifications.render import render
from portal.app import create_app
from tests.support.browser import Browser, browsing
from tests.support.clock import Clock
from tests.support.desk import Desk
from tests.support.dump import dump
from tests.support.pdf import pages
from tests.unit.test_letters import bodies, parsed

COUNTY, CITY = "@county:330110", "@city:330100"


@pytest.fixture
async def browser(settings: Settings, db: Database, clock: Clock) -> AsyncIterator[Browser]:
    async with browsing(create_app(settings, db, now=clock.tick)) as opened:
        yield opened


async def test_a_letter_that_asks_carries_the_same_dossier_at_every_try(desk: Desk, settings: Settings) -> None:
    await desk.submit()
    await desk.answer(COUNTY, opinion="材料齐全，建议支持。")
    (letter, *_) = await desk.asked(CITY)
    made = await Dossiers(desk.db, desk.clock).of(letter)
    await desk.answer(CITY)
    desk.clock.tick(days=1)
    again = await Dossiers(desk.db, desk.clock).of(letter)
    assert made is not None
    assert made == again, "whatever happened meanwhile"
    assert pages(made) >= 1
    files = {
        part.get_filename(): part.get_content() for part in parsed(render(letter, settings, made)).iter_attachments()
    }
    number = letter.facts["number"]
    assert list(files) == [f"卷宗-{number}.pdf", f"规则核验-{number}.txt"]
    assert files[f"卷宗-{number}.pdf"] == made


async def test_it_tells_the_road_so_far_with_opinions_and_the_road_ahead(desk: Desk) -> None:
    app = await desk.submit()
    await desk.answer(COUNTY, opinion="材料齐全，建议支持。")
    facts = dossier(await desk.db.read(dossiers.basis, app.id))
    (county, city) = facts["stages"]
    assert county["answers"][0]["opinion"] == "材料齐全，建议支持。"
    assert county["answers"][0]["answer"]["zh"] == "同意"
    assert city["answers"][0]["answer"]["zh"] == "未答复"
    assert [row["name"]["zh"] for row in facts["ahead"]] == ["2 市级推荐", "3 形式审查", "4 会签", "5 核定"]
    assert facts["ahead"][0]["due"] != "—"
    assert facts["limit"]["zh"] == "规则上限：3,000万元"
    assert {row["name"]["zh"] for row in facts["case"]} >= {"申请单位", "项目名称", "申请"}


async def test_two_senders_attach_the_same(desk: Desk) -> None:
    await desk.submit()
    (letter,) = await desk.asked(COUNTY)
    first, second = Dossiers(desk.db, desk.clock), Dossiers(desk.db, desk.clock)
    assert await first.of(letter) == await second.of(letter)
    assert await first.of(letter) is await first.of(letter), "set once"


async def test_two_senders_at_the_same_moment_attach_the_same(desk: Desk, other: Database) -> None:
    await desk.submit()
    (letter,) = await desk.asked(COUNTY)
    made = await asyncio.gather(*(Dossiers(db, desk.clock).of(letter) for db in (desk.db, other, desk.db)))
    assert made[0] is not None
    assert made[0] == made[1] == made[2]


async def test_a_dossier_over_the_limit_is_named_and_not_attached(desk: Desk, settings: Settings) -> None:
    await desk.submit()
    (letter,) = await desk.asked(COUNTY)
    small = settings.model_copy(update={"dossier_bytes": 1000})
    pdf = b"%PDF" + b"x" * 1000
    raw = render(letter, small, pdf)
    assert [part.get_content_type() for part in parsed(raw).iter_attachments()] == ["text/plain"]
    assert "卷宗（PDF）较大，未附在本函" in bodies(raw)[0]
    assert "卷宗（PDF）和规则逐条核验的结果见附件" in bodies(render(letter, settings, pdf))[0]
    assert "卷宗" not in bodies(render(letter, settings))[0]


async def test_a_letter_does_not_wait_for_a_dossier_that_cannot_be_made(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.submit()
    (letter,) = await desk.asked(COUNTY)

    def broken(*_: object) -> bytes:
        raise RuntimeError("no compiler")

    monkeypatch.setattr("notifications.papers.dossiers.set_in", broken)
    assert await Dossiers(desk.db, desk.clock).of(letter) is None


async def test_only_those_who_decide_on_a_claim_get_one(desk: Desk) -> None:
    await desk.submit()
    await desk.answer(COUNTY, Outcome.REFUSE, "不符合条件")
    sent = {letter.kind for letter in await desk.letters() if wanted(letter.kind, letter.facts)}
    assert sent == {"ask"}
    (letter,) = await desk.asked(COUNTY)
    assert not wanted("ask", letter.facts | {"act": "expert_panel"}), "experts score blind"


async def test_the_page_gives_it_as_the_case_stands_and_changes_nothing(
    desk: Desk, browser: Browser, db: Database
) -> None:
    await desk.submit()
    (token,) = await desk.tokens_of(COUNTY)
    before = await dump(db)
    page = await browser.open(f"/d/{token}")
    assert f"/d/{token}/dossier.pdf" in page.text
    pdf = await browser.open(f"/d/{token}/dossier.pdf")
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF")
    assert await dump(db) == before
    assert (await browser.open(f"/d/{'a' * 40}/dossier.pdf")).status_code == 404


async def test_a_link_that_shows_nothing_any_more_gives_no_dossier(desk: Desk, browser: Browser) -> None:
    await desk.submit()
    (token,) = await desk.tokens_of(COUNTY)
    await desk.withdraw()
    assert (await browser.open(f"/d/{token}/dossier.pdf")).status_code == 410
