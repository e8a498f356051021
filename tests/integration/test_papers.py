"""Papers on the record: made once, the same when made again, sealed, and read by those whom they are for."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from approvals import papers
from approvals.database import Database
from approvals.transaction import Transaction
from models.event import EventKind
from models.files.directory_file import Entry
from models.hashing import sha256
from models.paper import NoPaper, Paper, PaperKind
from models.settings import Settings
from models.states import Outcome
from notifications.papers.making import made_again, made_of, make_papers
from portal.app import create_app
from tests.integration.test_audit import tamper
from tests.integration.test_portal_applicant import status_link
from tests.support.browser import Browser, browsing
from tests.support.clock import Clock
from tests.support.desk import Desk

ROOT = Path(__file__).parents[2]
COUNTY = "@county:330110"
#: Prints the hash of each paper of the only application of a database, made anew from its tables.
MAKE = """
import asyncio, json, sys
from approvals import papers
from approvals.database import Database
from models.hashing import sha256
from models.paper import PaperKind
from models.settings import Settings
from notifications.papers.making import made_of
async def main():
    db = Database(Settings(database_url=sys.argv[1], home=sys.argv[2]))
    draft = await db.read(papers.draft, "ZJAI19-2026-00001")
    print(json.dumps({kind.value: sha256(made_of(draft, kind).pdf) for kind in PaperKind}))
    await db.close()
asyncio.run(main())
"""


async def awarded(desk: Desk) -> str:
    app = await desk.submit()
    await desk.approve_until("fgw")
    await desk.answer("fgw", opinion="同意，按规划实施。")
    for unit in ("czt", "kjt"):
        await desk.answer(unit)
    return app.id


async def kept(desk: Desk) -> dict[PaperKind, Paper]:
    def query(tx: Transaction) -> dict[PaperKind, Paper]:
        return {paper.kind: paper for paper in tx.exec(select(Paper))}

    return await desk.db.read(query)


async def test_an_award_is_given_its_papers_once(desk: Desk) -> None:
    app = await awarded(desk)
    assert await make_papers(desk.db, app, desk.clock.tick) == 3
    assert await make_papers(desk.db, app, desk.clock.tick) == 0
    found = await kept(desk)
    assert set(found) == set(PaperKind)
    sealed = {e.payload["paper"]: e.payload["sha256"] for e in await desk.events(EventKind.PAPER_MADE)}
    assert sealed == {kind.value: sha256(paper.pdf) for kind, paper in found.items()}
    (end,) = await desk.events(EventKind.AWARDED)
    assert {paper.facts["fingerprint"]["hash"] for paper in found.values()} == {end.hash}
    assert not any(paper.facts["sample"] for paper in found.values())
    assert await desk.verify() is None


async def test_two_that_make_them_at_once_keep_one_of_each(desk: Desk) -> None:
    app = await awarded(desk)
    made = await asyncio.gather(*(make_papers(desk.db, app, desk.clock.tick) for _ in range(3)))
    assert sum(made) == 3
    assert len(await desk.events(EventKind.PAPER_MADE)) == 3
    assert await desk.verify() is None


async def test_a_refusal_and_a_withdrawal_have_sheets_and_no_letter(desk: Desk) -> None:
    await desk.submit()
    await desk.answer(COUNTY, Outcome.REFUSE, "不符合条件。")
    assert desk.app is not None
    await make_papers(desk.db, desk.app.id, desk.clock.tick)
    withdrawn = await desk.submit(project__title="另一个项目")
    await desk.withdraw("市场变化")
    await make_papers(desk.db, withdrawn.id, desk.clock.tick)
    paper = await desk.db.read(papers.read, withdrawn.number, PaperKind.DECISION_SHEET)
    assert paper.facts["result"]["reason"] == "市场变化"
    with pytest.raises(NoPaper):
        await desk.db.read(papers.read, withdrawn.number, PaperKind.AWARD_LETTER)
    assert await desk.verify() is None


async def test_what_goes_on_and_duties_have_no_papers(duty_desk: Desk) -> None:
    app = await duty_desk.submit()
    assert await make_papers(duty_desk.db, app.id, duty_desk.clock.tick) == 0
    duty = await duty_desk.open_duty(24, "scenarios")
    await duty_desk.withdraw()
    assert await make_papers(duty_desk.db, duty.id, duty_desk.clock.tick) == 0


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_papers_are_the_same_bytes_in_another_process_at_another_place(desk: Desk, settings: Settings) -> None:
    app = await awarded(desk)
    await make_papers(desk.db, app, desk.clock.tick)
    place = {"PYTHONHASHSEED": "1", "TZ": "America/New_York", "LC_ALL": "C"}
    command = [sys.executable, "-c", MAKE, settings.database, str(settings.home)]
    there = subprocess.run(command, cwd=ROOT, env=os.environ | place, capture_output=True, timeout=60)
    here = {kind.value: paper.sha256 for kind, paper in (await kept(desk)).items()}
    assert json.loads(there.stdout or "{}") == here, there.stderr.decode()


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_a_kept_paper_is_made_again_from_its_facts_whoever_is_renamed_since(desk: Desk) -> None:
    app = await awarded(desk)
    await make_papers(desk.db, app, desk.clock.tick)
    sheet = (await kept(desk))[PaperKind.DECISION_SHEET]
    await desk.import_directory([Entry(unit="fgw", name="新的名称", email="fgw@zj.example", language="zh")])
    draft = await desk.db.read(papers.draft, app)
    assert draft is not None
    assert made_of(draft, PaperKind.DECISION_SHEET).pdf != sheet.pdf
    assert await made_again(desk.db, app, PaperKind.DECISION_SHEET) == sheet.pdf


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("UPDATE paper SET pdf = 'x' WHERE kind = 'award_letter'", "the award-letter differs from what was sealed"),
        ("UPDATE paper SET sha256 = '{zeros}' WHERE kind = 'decision_sheet'", "the decision-sheet differs"),
        ("UPDATE paper SET facts = '[]' WHERE kind = 'award_letter'", "the award-letter differs"),
        ("DELETE FROM paper WHERE kind = 'decision_sheet'", "its paper is missing"),
    ],
)
async def test_an_altered_paper_is_found(desk: Desk, statement: str, why: str) -> None:
    app = await awarded(desk)
    await make_papers(desk.db, app, desk.clock.tick)
    await tamper(desk, statement.format(zeros="0" * 64))
    found = await desk.verify()
    assert found is not None
    assert why in found.why


async def test_a_paper_is_written_once(desk: Desk) -> None:
    app = await awarded(desk)
    await make_papers(desk.db, app, desk.clock.tick)

    def change(tx: Transaction, statement: str) -> None:
        tx.execute(sa.text(statement))

    for statement in ("UPDATE paper SET round = 2", "DELETE FROM paper"):
        with pytest.raises(DBAPIError, match="append-only"):
            await desk.db.write(change, statement)


@pytest.fixture
async def browser(settings: Settings, db: Database, clock: Clock) -> AsyncIterator[Browser]:
    async with browsing(create_app(settings, db, now=clock.tick)) as opened:
        yield opened


async def test_the_status_page_gives_the_applicant_the_letter_and_the_copy(desk: Desk, browser: Browser) -> None:
    app = await awarded(desk)
    link = await status_link(desk)
    assert ".pdf" not in (await browser.open(link)).text, "they are not made yet"
    await make_papers(desk.db, app, desk.clock.tick)
    page = (await browser.open(link)).text
    assert "下载核定通知书" in page
    assert "申请人联" in page
    given: Any = await browser.open(f"{link}/award-letter.pdf")
    assert given.headers["content-type"] == "application/pdf"
    assert given.content == (await kept(desk))[PaperKind.AWARD_LETTER].pdf
    assert (await browser.open(f"{link}/applicant-copy.pdf")).status_code == 200
    for other in ("decision-sheet", "anything"):
        assert (await browser.open(f"{link}/{other}.pdf")).status_code == 404, other
    assert (await browser.open("/s/ABCDEFGH/award-letter.pdf")).status_code == 404
    (token, *_) = await desk.tokens_of(COUNTY)
    assert (await browser.open(f"/s/{token}/award-letter.pdf")).status_code == 404, "a link to decide is another door"
