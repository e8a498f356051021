"""The pieces of a batch on the pages of both databases: the first of them, all as a file, and another file of rows."""

import csv
import io
from collections.abc import AsyncIterator
from html import unescape

import httpx
import pytest
import yaml

from approvals.database import Database
from approvals.pieces import pieces_of
from approvals.rows import SHOWN
from models.case.batch import MAX_FAULTS, read_batch
from models.settings import Settings
from models.states import ApplicationState, Outcome, Purpose
from portal import rows
from portal.amend import BATCH_BYTES, UPLOAD_BYTES
from portal.app import create_app
from portal.rows import harmless
from tests.integration.test_batches import TERMINALS, batch, send
from tests.integration.test_portal_judgement import applicants_link, decide_link, shown
from tests.support.browser import Browser, browsing, errors_in
from tests.support.clock import Clock
from tests.support.desk import Desk
from tests.support.forms import ANOTHER, fields_of
from tests.support.rules import POLICY

HEAD = "serial_number,product,product_price,amount\n"


@pytest.fixture
async def browser(settings: Settings, db: Database, clock: Clock) -> AsyncIterator[Browser]:
    async with browsing(create_app(settings, db, now=clock.tick)) as opened:
        yield opened


def file_of(*serials: str) -> bytes:
    return (HEAD + "".join(f"{serial},智能眼镜,2200,330\n" for serial in serials)).encode()


def cells_of(file: httpx.Response) -> list[list[str]]:
    assert file.status_code == 200
    return list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))


async def returned(desk: Desk, *serials: str) -> str:
    await send(desk, batch(*serials), amounts__province=f"{330 * len(serials)}")
    await desk.answer("fgw", Outcome.RETURN, "请更换明细。")
    return await applicants_link(desk, "returned", Purpose.AMEND)


async def amend(
    browser: Browser, link: str, data: bytes | None, name: str = "rows.csv", text: str = ""
) -> httpx.Response:
    page = await browser.open(link)
    text = text or (await browser.open(link + "/application.yaml")).text
    files: dict[str, tuple[str | None, str | bytes]] = {"text": (None, text)}
    if data is not None:
        files["rows"] = (name, data)
    return await browser.client.post(link, data={"csrf": browser.csrf_in(page)}, files=files)


async def test_who_decides_and_who_applied_see_the_first_pieces_and_how_many_there_are(
    desk: Desk, browser: Browser
) -> None:
    await send(desk, batch(*(f"SN-{n:02}" for n in range(25))), amounts__province="8,250")
    for link in (await decide_link(desk, "fgw"), await applicants_link(desk, "submitted", Purpose.STATUS)):
        page, english = await shown(browser, link), await shown(browser, link, "en")
        assert "明细 共 25 件，合计申请 8,250元；以下显示 20 件。 产品序列号 产品类别和型号 产品售价 申请 SN-00" in page
        assert f"SN-{SHOWN - 1} 智能眼镜 2,200元 330元" in page
        assert f"SN-{SHOWN}" not in page
        assert "20 of 25 shown; 8,250 yuan asked for in all" in english
        assert f'href="{link}/rows.csv" download' in (await browser.open(link)).text


async def test_all_pieces_come_as_a_file_that_excel_reads_and_runs_nothing_of(
    desk: Desk, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "PART", 2)
    serials = ["=1+1", "+1", "-1", "@A1", "＝2", "A=1"]
    app = await send(desk, batch(*serials), amounts__province="1,980")
    for link in (await decide_link(desk, "fgw"), await applicants_link(desk, "submitted", Purpose.STATUS)):
        file = await browser.open(link + "/rows.csv")
        assert file.headers["content-type"] == "text/csv; charset=utf-8"
        assert file.headers["content-disposition"] == f'attachment; filename="{app.number}.csv"'
        assert file.headers["cache-control"] == "no-store"
        assert file.content.startswith("\ufeff产品序列号 serial number,".encode())
        head, *cells = cells_of(file)
        assert head[-1] == "申请额（元） Asked for (yuan)"
        assert [row[0] for row in cells] == ["'=1+1", "'+1", "'-1", "'@A1", "'＝2", "A=1"]
        assert {tuple(row[1:]) for row in cells} == {("智能眼镜", "2200", "330")}
        assert "'=1+1" not in unescape((await browser.open(link)).text)


@pytest.mark.parametrize("cell", ["=A", "+A", "-A", "@A", "\tA", "\rA", "＝A", "＠A"])
def test_what_a_spreadsheet_would_run_is_quoted(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"
    assert [harmless(kept) for kept in ("", "A=1", "1", "'=A")] == ["", "A=1", "1", "'=A"]


async def test_the_file_is_for_its_own_link_as_long_as_the_page_shows_the_case(desk: Desk, browser: Browser) -> None:
    await send(desk, batch("A1", "A2"))
    link, status = await decide_link(desk, "fgw"), await applicants_link(desk, "submitted", Purpose.STATUS)
    foreign = ("/d/" + "A" * 52, "/d/" + status[3:], "/s/" + link[3:], "/a/" + status[3:], link[:-1], "/d/%20")
    for path in foreign:
        assert (await browser.open(path + "/rows.csv")).status_code == 404, path
    await desk.answer("fgw")
    assert [row[0] for row in cells_of(await browser.open(link + "/rows.csv"))[1:]] == ["A1", "A2"]
    assert "明细 共 2 件" in await shown(browser, link)
    waiting = await decide_link(desk, "czt")
    await desk.answer("czt", Outcome.RETURN, "请更换明细。")
    amending = await applicants_link(desk, "returned", Purpose.AMEND)
    assert (await amend(browser, amending, file_of("B1", "B2"))).status_code == 303
    assert [row[0] for row in cells_of(await browser.open(waiting + "/rows.csv"))[1:]] == ["A1", "A2"], "as decided"
    assert [row[0] for row in cells_of(await browser.open(status + "/rows.csv"))[1:]] == ["B1", "B2"], "as it is now"
    asked = await decide_link(desk, "fgw")
    await desk.withdraw()
    assert (await browser.open(asked)).status_code == (await browser.open(asked + "/rows.csv")).status_code == 410


async def test_what_is_no_batch_has_no_pieces_and_no_file(desk: Desk, browser: Browser) -> None:
    await desk.submit()
    link, status = await decide_link(desk, "@county:330110"), await applicants_link(desk, "submitted", Purpose.STATUS)
    await desk.answer("@county:330110", Outcome.RETURN, "请核减。")
    amending = await applicants_link(desk, "returned", Purpose.AMEND)
    for path in (link, status, amending):
        assert (await browser.open(path + "/rows.csv")).status_code == 404
        page = (await browser.open(path)).text
        assert "rows.csv" not in page
        assert 'name="rows"' not in page


async def test_what_was_downloaded_to_amend_reads_back_to_the_same_rows(desk: Desk, browser: Browser) -> None:
    odd = file_of("=1+1", "-2", '"a,""b"""', "＋３")
    first = read_batch(odd, POLICY.measures[25], "terminals")
    app = await send(desk, first, amounts__province="1,320")
    await desk.answer("fgw", Outcome.RETURN, "请补充说明。")
    link = await applicants_link(desk, "returned", Purpose.AMEND)
    page = await shown(browser, link)
    assert "现有明细 4 件，合计 1,320元；不选择文件即保持不变。" in page
    file = await browser.open(link + "/rows.csv")
    assert cells_of(file)[1] == ["=1+1", "智能眼镜", "2200", "330"]
    again = read_batch(file.content, POLICY.measures[25], "terminals")
    assert again.digest == first.digest
    assert (await amend(browser, link, file.content)).status_code == 303
    standing = await desk.standing()
    assert (standing.round, standing.pieces) == (2, (4, 1_320_00))
    assert [piece.key for piece in await desk.db.read(pieces_of, app)] == [row.key for row in first.rows]
    assert await desk.verify() is None


async def test_another_file_replaces_all_rows(desk: Desk, browser: Browser) -> None:
    link = await returned(desk, "A1", "A2")
    text = (await browser.open(link + "/application.yaml")).text.replace("'660'", "990").replace("660", "990")
    sent = await amend(browser, link, file_of("B1", "B2", "B3"), text=text)
    assert sent.status_code == 303, errors_in(sent)
    standing = await desk.standing()
    assert (standing.round, standing.pieces, standing.asked_total) == (2, (3, 990_00), 990_00)
    assert "B1 智能眼镜" in await shown(browser, await decide_link(desk, "fgw"))
    assert await desk.verify() is None


async def test_wrong_rows_are_named_by_their_lines_at_the_field_and_the_text_stays(
    desk: Desk, browser: Browser
) -> None:
    link = await returned(desk, "A1", "A2")
    text = (await browser.open(link + "/application.yaml")).text.replace("万卡集群", "还未提交的")
    wrong = (HEAD + "A1,眼镜,2200,331\n" + "A1,眼镜,x,1\n" * 30).encode()
    sent = await amend(browser, link, wrong, text=text)
    assert sent.status_code == 422
    errors = errors_in(sent)
    assert len(errors) == MAX_FAULTS + 1
    assert errors[0].startswith("第 2 行 line 2, amount: 331元 超过该件上限 330元")
    assert "第 3 行 line 3, product_price" in errors[1]
    assert 'id="rows-error"' in sent.text
    assert 'id="text-error"' not in sent.text
    assert "还未提交的" in sent.text
    assert (await desk.standing()).state is ApplicationState.RETURNED
    both = await amend(browser, link, wrong, text=text.replace("measure: 25", "measure: x"))
    assert 'id="rows-error"' in both.text, "what is wrong with either is said at once"
    assert 'id="text-error"' in both.text


async def test_rows_of_another_application_are_refused_at_the_field(desk: Desk, browser: Browser) -> None:
    other = await send(desk, batch("B1", "B2"), applicant__credit_code=ANOTHER)
    link = await returned(desk, "A1", "A2")
    sent = await amend(browser, link, file_of("A1", "B2"))
    assert sent.status_code == 422
    (error,) = errors_in(sent)
    assert error.startswith("第 3 行 line 3: ")
    assert other.number in error
    assert '<a href="#rows">' in sent.text
    assert (await amend(browser, link, None)).status_code == 303


async def test_rows_that_come_to_another_sum_are_said_at_the_text(desk: Desk, browser: Browser) -> None:
    link = await returned(desk, "A1", "A2")
    sent = await amend(browser, link, file_of("A1"))
    assert any("合计须等于明细之和 330元" in error for error in errors_in(sent))
    assert 'id="text-error"' in sent.text


@pytest.mark.parametrize(
    ("data", "sentence"),
    [(b"PK\x03\x04", "XLSX"), (b"", "是空的"), (b"a,b\n", "serial_number"), (HEAD.encode(), "没有任何记录")],
)
async def test_what_is_no_file_of_rows_is_refused_at_the_field(
    desk: Desk, browser: Browser, data: bytes, sentence: str
) -> None:
    link = await returned(desk, "A1", "A2")
    sent = await amend(browser, link, data)
    assert sent.status_code == 422
    assert sentence in errors_in(sent)[0]
    assert 'id="rows-error"' in sent.text


async def test_only_where_there_is_a_batch_to_amend_may_more_be_sent(desk: Desk, browser: Browser) -> None:
    link = await returned(desk, "A1", "A2")
    large = HEAD.encode() + b"\n" * (2 * UPLOAD_BYTES)
    assert (await amend(browser, link, large)).status_code == 422
    too_large = await browser.client.post(link, content=b"", headers={"content-length": str(BATCH_BYTES + 1)})
    assert too_large.status_code == 413
    assert (await amend(browser, link, None)).status_code == 303
    text = {"text": (None, yaml.safe_dump(fields_of(TERMINALS))), "rows": ("rows.csv", large)}
    assert (await browser.client.post(link, files=text)).status_code == 413, "the link was used"
    await desk.submit()
    await desk.answer("@county:330110", Outcome.RETURN, "请核减。")
    other = await applicants_link(desk, "returned", Purpose.AMEND)
    assert (await browser.client.post(other, files=text)).status_code == 413
