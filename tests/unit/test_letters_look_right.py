"""What every letter has: a preview line, one button, its list and thread, no element without its style."""

import re
from email.message import EmailMessage

import pytest

from models.letter import Letter
from models.settings import Settings
from notifications.reading import Command, read
from notifications.rendering.render import render
from tests.support.desk import Desk
from tests.unit.test_letters import COUNTY, KINDS, LANGUAGES, assert_looks, bodies, parsed, write_every_kind

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)

#: What a letter that asks says in its table, in both languages: who asks, what, how much, until when, what otherwise.
ASKED = (
    ("申请单位", "Applicant"),
    ("项目名称", "Project"),
    ("申请金额", "Asked for"),
    ("答复期限", "Answer by"),
    ("逾期", "If late"),
)


async def test_every_kind_of_letter_has_all_that_a_letter_has(desk: Desk, settings: Settings) -> None:
    await write_every_kind(desk, settings.home)
    letters = {letter.kind: letter for letter in await desk.letters()}
    assert sorted(letters) == KINDS
    for letter in letters.values():
        for letter.language in LANGUAGES:
            has_all(letter, settings)


def has_all(letter: Letter, settings: Settings) -> None:
    raw = render(letter, settings)
    message, (text, html) = parsed(raw), bodies(raw)
    assert ('class="button face"' in html) == bool(re.search(r"http\S+/[dasrm]/", text)), "a link is a button"
    assert "{" not in html.partition("<body")[2], "no rule of a sheet is left in the body"
    assert_looks(html, str(message["Subject"]))
    has_headers(message, letter)
    if message["Reply-To"]:
        labels = re.findall(r'class="label face"[^>]*>([^<]+)<', html)
        assert [both for both in ASKED if both[letter.language != "zh"] not in labels] == [], letter.kind


def has_headers(message: EmailMessage, letter: Letter) -> None:
    assert message["Content-Language"] == ("zh-CN" if letter.language == "zh" else "en")
    assert re.search(r"<[a-z0-9-]+(\.[a-z0-9-]+)+>$", str(message["List-Id"]))
    assert message["List-Unsubscribe"] is None
    assert (message["In-Reply-To"] is None) == (letter.application_id is None)
    assert message["In-Reply-To"] == message["References"]


async def test_all_letters_of_one_application_are_one_conversation_in_every_client(
    desk: Desk, settings: Settings
) -> None:
    await desk.submit()
    await desk.answer(COUNTY)
    found = [parsed(render(letter, settings)) for letter in await desk.letters()]
    assert len(found) >= 3
    for header in ("In-Reply-To", "References", "Thread-Topic"):
        assert len({str(one[header]) for one in found}) == 1
    assert len({str(one["Thread-Index"])[8:] for one in found}) == 1, "the GUID of the conversation"


async def test_a_letter_belongs_to_the_list_of_its_unit_and_policy(desk: Desk, settings: Settings) -> None:
    await desk.submit()
    (asked,) = await desk.asked(COUNTY)
    (told,) = await desk.letters("submitted")
    assert str(parsed(render(asked, settings))["List-Id"]).endswith("<county-330110.zhejiang-ai-2025.liandong.example>")
    assert str(parsed(render(told, settings))["List-Id"]).endswith("<zhejiang-ai-2025.liandong.example>")


async def test_bounces_and_out_of_office_may_come_and_receipts_may_not(desk: Desk, settings: Settings) -> None:
    await desk.submit()
    (asked,) = await desk.asked(COUNTY)
    suppressed = str(parsed(render(asked, settings))["X-Auto-Response-Suppress"]).split(", ")
    assert not {"All", "OOF", "NDR"} & set(suppressed)
    assert {"DR", "RN", "AutoReply"} <= set(suppressed)


async def test_a_style_is_that_of_the_sheet_in_the_language_of_the_letter(desk: Desk, settings: Settings) -> None:
    await desk.submit()
    (letter,) = await desk.asked(COUNTY)
    for letter.language, spacing in (("zh", "6px"), ("en", "1px")):
        style = re.search(r'class="seal" style="([^"]*)"', bodies(render(letter, settings))[1])
        assert style and re.search(rf"letter-spacing: ?{spacing}", style[1])


async def test_no_long_word_makes_a_letter_wider(desk: Desk, settings: Settings) -> None:
    await desk.submit(project__title="A" * 200)
    (asked,) = await desk.asked(COUNTY)
    html = bodies(render(asked, settings))[1]
    holders = re.findall(r"<(?:td|p|h1|div)([^>]*)>[^<]*A{200}", html)
    assert all("overflow-wrap" in one or "display:none" in one.replace(" ", "") for one in holders)


@pytest.mark.parametrize(("said", "read_as"), [("同意", Command.APPROVE), ("不同意\n\n重复支持", Command.REFUSE)])
@pytest.mark.parametrize("language", LANGUAGES)
async def test_our_letter_quoted_with_its_preview_line_is_not_read(
    said: str, read_as: Command, language: str, desk: Desk, settings: Settings
) -> None:
    """As HTML without a box around it, and as the text that a client makes of it, hidden line and all."""
    await desk.submit()
    (letter,) = await desk.asked(COUNTY)
    letter.language = language
    html = bodies(render(letter, settings))[1]
    body = html.partition("<body")[2].partition(">")[2]
    mine = "".join(f"<div>{row or '<br>'}</div>" for row in said.split("\n"))
    shown = re.sub(r"\n\s*\n+", "\n", re.sub(r"<[^>]+>", "", body))
    for kind, answer in (("html", f"<html><body>{mine}<br>{body}"), ("plain", f"{said}\n\n{shown}")):
        head = f"From: {letter.address}\r\nContent-Type: text/{kind}; charset=utf-8\r\n\r\n"
        found = read((head + answer).encode())
        assert found.command is read_as, (kind, found)
        assert found.opinion == said.partition("\n\n")[2], (kind, found)
