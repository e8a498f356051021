"""What holds for every page: headers, words, errors, size limits, and what is never logged."""

import logging
import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest

from approvals import pages
from approvals.database import Database
from models.secrets import derive_token
from models.settings import Settings
from models.states import Outcome, Purpose
from portal.app import create_app
from portal.render import TEMPLATES, environment
from portal.words import FILE, WordsFault, catalogue
from tests.support.browser import Browser, browsing, serving
from tests.support.clock import Clock
from tests.support.desk import Desk
from tests.support.dump import dump

COUNTY = "@county:330110"
PORTAL = Path(FILE).parent


@pytest.fixture
async def browser(settings: Settings, db: Database, clock: Clock) -> AsyncIterator[Browser]:
    async with browsing(create_app(settings, db, now=clock.tick)) as opened:
        yield opened


async def test_every_answer_forbids_scripts_frames_caches_and_referrers(desk: Desk, browser: Browser) -> None:
    await desk.submit()
    link = "/d/" + (await desk.tokens_of(COUNTY))[0]
    wrong = await browser.client.post(link, data={"outcome": "approve"})
    for page in (await browser.open(link), await browser.open("/nothing"), await browser.open("/"), wrong):
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert "form-action 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert page.headers["referrer-policy"] == "no-referrer"
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["x-content-type-options"] == "nosniff"
        assert "noindex" in page.headers["x-robots-tag"]


async def test_the_csrf_cookie_is_kept_from_scripts_and_to_its_page(
    settings: Settings, db: Database, desk: Desk, browser: Browser
) -> None:
    await desk.submit()
    link = "/d/" + (await desk.tokens_of(COUNTY))[0]
    cookie = (await browser.open(link)).headers["set-cookie"]
    for part in ("HttpOnly", "SameSite=strict", f"Path={link}"):
        assert part in cookie
    assert "Secure" not in cookie
    public = settings.model_copy(update={"public_url": "https://liandong.example"})
    async with browsing(create_app(public, db, now=desk.clock)) as there:
        assert "Secure" in (await there.open(link)).headers["set-cookie"]


async def test_addresses_that_are_none_get_a_page(browser: Browser) -> None:
    for path in ("/nothing", "/d/", "/d/abc", "/static/nothing.css", "/docs", "/openapi.json", "/static/../app.py"):
        page = await browser.open(path)
        assert page.status_code == 404, path
    assert (await browser.client.delete("/d/abc")).status_code == 405
    assert (await browser.open("/")).status_code == 200
    assert "Disallow: /" in (await browser.open("/robots.txt")).text


async def test_health_says_whether_the_database_answers(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (await browser.open("/healthz")).status_code == 200
    monkeypatch.setattr(pages, "ping", lambda tx: 1 / 0)
    sick = await browser.open("/healthz")
    assert (sick.status_code, sick.text) == (503, "database: ZeroDivisionError\n")


async def test_the_unexpected_is_a_plain_page_whose_id_is_in_the_log(
    desk: Desk, browser: Browser, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await desk.submit()
    (token,) = await desk.tokens_of(COUNTY)
    monkeypatch.setattr(pages, "decide_page", lambda *_: 1 / 0)
    page = await browser.open(f"/d/{token}")
    assert page.status_code == 500
    assert "ZeroDivisionError" not in page.text
    found = re.search(r"错误编号 (\w+)", page.text)
    assert found
    assert found[1] in caplog.text
    assert token not in caplog.text


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_no_token_is_logged(
    settings: Settings, db: Database, desk: Desk, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG, "uvicorn")
    caplog.set_level(logging.DEBUG, "liandong")
    await desk.submit()
    (token,) = await desk.tokens_of(COUNTY)
    async with (
        serving(create_app(settings, db, now=desk.clock.tick), settings.portal_port) as address,
        httpx.AsyncClient(base_url=address) as client,
    ):
        await Browser(client).send(f"/d/{token}", outcome="approve")
        await client.get(f"/d/{token}")
        await client.get(f"/x/{token}")
    out, err = capfd.readouterr()
    ours = "\n".join(r.getMessage() for r in caplog.records if not r.name.startswith(("http", "asyncio")))
    assert token not in out + err + ours


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_fifty_megabytes_are_refused_without_being_kept(settings: Settings, db: Database, desk: Desk) -> None:
    await desk.submit()
    await desk.answer(COUNTY, Outcome.RETURN, "请修改。")
    (letter,) = await desk.letters("returned")
    link = "/a/" + derive_token(desk.office.key, Purpose.AMEND, letter.facts["amend_nonce"])
    size, piece = 50_000_000, b"x" * 65536
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.yaml"\r\n\r\n'

    async def flood() -> AsyncIterator[bytes]:
        yield head
        for _ in range(size // len(piece)):
            yield piece

    before = await dump(db)
    async with (
        serving(create_app(settings, db, now=desk.clock.tick), settings.portal_port) as address,
        httpx.AsyncClient(base_url=address, timeout=60) as client,
    ):
        kind = {"content-type": "multipart/form-data; boundary=b"}
        for path in (link, link.replace("/a/", "/d/")):
            stated = await client.post(path, content=b"x" * size, headers=kind)
            streamed = await client.post(path, content=flood(), headers=kind)
            assert (stated.status_code, streamed.status_code) == (413, 413)
            assert "未作任何更改" in stated.text
        assert (await client.get("/healthz")).status_code == 200
    assert await dump(db) == before


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_a_scanner_that_follows_every_link_changes_nothing(settings: Settings, db: Database, desk: Desk) -> None:
    await desk.submit()
    await desk.answer(COUNTY, Outcome.RETURN, "请修改。")
    (letter,) = await desk.letters("returned")
    amend = "/a/" + derive_token(desk.office.key, Purpose.AMEND, letter.facts["amend_nonce"])
    status = "/s/" + derive_token(desk.office.key, Purpose.STATUS, letter.facts["status_nonce"])
    await desk.submit(project__title="另一项目")
    waiting = ["/d/" + (await desk.tokens_of(COUNTY))[0], amend, status]
    seen: set[str] = set()
    before = await dump(db)
    async with (
        serving(create_app(settings, db, now=desk.clock.tick), settings.portal_port) as address,
        httpx.AsyncClient(base_url=address, follow_redirects=True) as client,
    ):
        while waiting:
            path = waiting.pop()
            if path in seen:
                continue
            seen.add(path)
            assert (await client.head(path)).status_code < 500
            page = await client.get(path)
            assert page.status_code < 500
            assert await dump(db) == before, f"GET {path} changed something"
            found = re.findall(r'(?:href|action|formaction|src)="([^"#]*)', page.text)
            waiting += [urljoin(path, one) for one in found if one]
    assert len(seen) >= 10
    assert await dump(db) == before


def test_every_word_of_a_template_is_in_the_catalogue_and_every_word_is_used() -> None:
    templates = "".join(path.read_text("utf-8") for path in TEMPLATES.glob("*.html"))
    code = "".join(path.read_text("utf-8") for path in PORTAL.glob("*.py"))
    asked = set(re.findall(r'\bt\("(\w+)"[,)]', templates)) | set(re.findall(r'Slip\.of\([^,]+, "(\w+)"', code))
    assert asked <= set(catalogue())
    unused = {key for key in catalogue() if not re.search(f"""["']{key}["']""", templates + code)}
    built = ("step_", "status_", "next_", "by_", "sorry_", "end_", "paper_")  # t("step_" ~ look) and the like
    assert {key for key in unused if not key.startswith(built) and not key.endswith("_hint")} == set()


def test_every_template_compiles() -> None:
    for path in TEMPLATES.glob("*.html"):
        environment().get_template(path.name)


@pytest.mark.parametrize("text", ["a: {zh: 甲}", "a: {zh: 甲, en: ''}", 'a: {zh: "{n} 甲", en: "{m}"}'])
def test_an_incomplete_catalogue_stops_the_portal(tmp_path: Path, text: str) -> None:
    faulty = tmp_path / "words.yaml"
    faulty.write_text(text, "utf-8")
    with pytest.raises(WordsFault, match=r"words\.yaml: .*: a$"):
        catalogue(faulty)
