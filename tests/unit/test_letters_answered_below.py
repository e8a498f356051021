"""A reply that stands below our own letter, as text and as a page, where nothing marks the history."""

import re

import pytest

from models.settings import Settings
from notifications.reading import REPLY_LINE, Command, read
from notifications.rendering.render import render
from tests.support.desk import Desk
from tests.unit.test_letters import COUNTY, LANGUAGES, bodies

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)

HEAD = (
    "From: official@county.example\r\nTo: reply+k3y@{domain}\r\nIn-Reply-To: <1@{domain}>\r\n"
    "Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
)


def said(kind: str, body: str, settings: Settings) -> Command | None:
    return read((HEAD.format(kind=kind, domain=settings.mail_domain) + body).encode()).command


@pytest.mark.parametrize("language", LANGUAGES)
async def test_an_answer_below_our_letter_is_read_unless_the_letter_was_changed(
    desk: Desk, settings: Settings, language: str
) -> None:
    await desk.submit(applicant__language=language)
    (letter,) = await desk.asked(COUNTY)
    text, page = bodies(render(letter, settings))
    us = f"联动 Liandong <no-reply@{settings.mail_domain}>"
    block = f"发件人: {us}\n发送时间: 2026年11月23日 17:46\n主题: 请答复\n\n"
    in_html = "<div>" + block.replace("<", "&lt;").replace("\n", "<br>") + "</div>"
    body = page.partition("<body")[2].partition(">")[2].partition("</body>")[0]
    shown = re.sub(r"<[^>]+>", "\n", body).replace("&nbsp;", " ")
    assert said("plain", f"{block}{text}\n同意\n", settings) is Command.APPROVE
    assert said("plain", f"{block}{shown}\n不同意\n无预算\n", settings) is Command.REFUSE
    assert said("html", f"{in_html}{body}<div>退回</div><div>请盖章</div>", settings) is Command.RETURN
    for due in ("1,800", "2026"):
        changed = text.replace(due, f"{due} 但须先补材料")
        assert changed != text
        assert said("plain", f"{block}{changed}\n同意\n", settings) is None
    assert text.count(REPLY_LINE) == 1
