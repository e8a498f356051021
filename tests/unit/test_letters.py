"""Letters: every kind, in both languages, from what the verbs themselves queued."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from approvals import codes, inbound, judging
from approvals.asked import find
from approvals.database import Database
from approvals.late import reminders, stuck
from approvals.outbox import fail
from approvals.transaction import Transaction
from models.letter import Letter
from models.settings import Settings
from models.states import Channel, Outcome
from notifications.reading import REPLY_LINE, Command, read
from notifications.rendering.message import UnsafeHeader
from notifications.rendering.render import LETTERS, render
from notifications.wording import words
from tests.integration.mail_fixtures import proven
from tests.support.desk import Desk
from tests.support.forms import BINJIANG, SINGLE, THIRD
from tests.support.late import be_late, late_desk

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)

COUNTY = "@county:330110"
#: Those about moves are in test_letters_of_moves.py.
OF_MOVES = {"copied", "urge", "suspended", "resumed", "still_suspended", "deputy_appointed", "deputy_revoked"}
OF_MOVES |= {"override_proposed", "override_declined", "override_consented", "overridden", "lent_away"}
OF_DOORS = ("moved", "return_undone")
#: Those about applications; a duty, a panel, a public notice, a release and a morning have some of their own.
#: Those about machine mail and files are in test_letters_of_mail.py.
OF_MAIL = ("undelivered", "out_of_office", "files_not_kept", "flood")
OF_MAILBOX = ("too_large", "not_ours", "mailbox_lost", "mail_stuck")
OTHERS = (
    "digest",
    "panel_short",
    "notice_",
    "objection_",
    "recovery",
    "repayment",
    *OF_MOVES,
    *OF_DOORS,
    *OF_MAIL,
    *OF_MAILBOX,
)
KINDS = sorted(x.name for x in LETTERS.iterdir() if (x / "zh.j2").exists() and not x.name.startswith(OTHERS))
LANGUAGES = ("zh", "en")
#: Facts that no person writes.
AS_IT_IS = ("state", "act", "does", "to", "share", "due", "at", "received", "was", "by", "amend_until", "gives")
HOSTILE = "x\r\nBcc: victim@example.com\r\n\r\n<script>alert(1)</script>\u202e\x00\u2028"


def parsed(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def bodies(raw: bytes) -> tuple[str, str]:
    """Return text and HTML of a message."""
    found = [parsed(raw).get_body((kind,)) for kind in ("plain", "html")]
    text, html = (part.get_content() for part in found if part is not None)
    return text, html


async def reply(desk: Desk, letter: Letter, said: inbound.Reply) -> None:
    """Answer ``letter`` by a reply that reads as ``said``."""
    address = f"reply+{desk.token_in(letter, Channel.REPLY)}@liandong.example"
    now = desk.clock.tick(minutes=20)
    mail_id = await desk.db.write(inbound.receive, b"raw", "", address, f"<{now.timestamp()}@x>", "0" * 64, now)
    await desk.db.write(judging.judge, desk.office, mail_id or "", proven(said), now)


def send_code(tx: Transaction, desk: Desk, token: str) -> None:
    asked = find(tx, token)
    assert asked is not None
    codes.send(tx, desk.office, asked.app, asked.token, asked.officer, desk.clock())


async def write_every_kind(desk: Desk, folder: Path) -> None:
    """Let applications live through everything that anybody is written about."""
    await be_late(late_desk(desk, folder))
    await desk.submit(SINGLE, applicant__credit_code=THIRD, county="330106", project__title="无人可问")
    await desk.submit(county=BINJIANG, project__title="到期未答复")
    (letter,) = await desk.asked("@county:330108")
    mine = (letter.address,)
    await reply(desk, letter, inbound.Reply(mine, problem="UNKNOWN", sentence=("第一行不是命令。", "No command.")))
    await reply(desk, letter, inbound.Reply(("x@elsewhere.example",), Outcome.APPROVE))
    await desk.db.write(send_code, desk, desk.token_in(letter))
    desk.clock.tick(days=30)
    for stage in await desk.db.read(reminders.overdue, desk.clock()):
        await desk.db.write(reminders.look_at, desk.office, stage, desk.clock())
    await reply(desk, letter, inbound.Reply(mine, Outcome.REFUSE, "无配套资金\n不符合条件"))
    await reply(desk, letter, inbound.Reply(mine, Outcome.APPROVE))
    await desk.submit(project__title="退回后核定")
    await desk.answer(COUNTY, Outcome.RETURN, "一、补充协议。\n\n二、补充预算。")
    await desk.resubmit(project__title="退回后核定")
    await desk.approve_until()
    await desk.submit(project__title="会签不同意")
    await desk.approve_until("fgw")
    await desk.answer("fgw", Outcome.REFUSE, "重复支持")
    await desk.submit(project__title="申请人撤回")
    await desk.withdraw()
    await desk.db.write(fail, letter.id, "550 5.1.1 No such person")
    await desk.db.write(stuck.flag_stuck_letters, desk.office, desk.clock())


async def test_every_kind_renders_in_both_languages(desk: Desk, settings: Settings) -> None:
    await write_every_kind(desk, settings.home)
    letters = await desk.letters()
    assert sorted({letter.kind for letter in letters}) == KINDS
    assert {x.facts["state"] for x in letters if x.kind == "concluded"} == {"awarded", "refused", "withdrawn"}
    faults = []
    for letter in letters:
        for letter.language in LANGUAGES:
            try:
                looks_right(render(letter, settings), letter)
            except Exception as error:
                faults.append(f"{letter.kind} {letter.language}: {type(error).__name__}: {error}")
    assert not faults, "\n".join(faults)


def looks_right(raw: bytes, letter: Letter) -> None:
    message = parsed(raw)
    text, html = bodies(raw)
    assert not re.search(rb"(?<!\r)\n", raw)
    assert not message.defects
    assert message["Message-ID"] == f"<{letter.message_id}>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["From"].addresses[0].addr_spec == "no-reply@liandong.example"
    assert len(message["Subject"]) > 5
    assert "\n" not in message["Subject"]
    for shown in (text, html):
        assert "{{" not in shown
        assert "Undefined" not in shown
        assert "None" not in shown
    for link in re.findall(r"https?://\S+?(?=[\"\s<])", html):
        assert link.startswith("http://127.0.0.1:"), f"external resource {link}"
        assert link in text
    assert html.count("<a ") <= (2 if letter.kind in ("returned", "notice_published") else 1)
    labels = re.findall(r'<td[^>]*class="label face"[^>]*>([^<]+)</td>', html)
    assert all(row in text for row in labels)
    assert_looks(html, str(message["Subject"]))


def assert_looks(html: str, subject: str) -> None:
    """The first thing is a preview line that is not the subject, each element has its style, one link is a button."""
    preview = re.search(r'<body[^>]*>\s*<div class="preview[^>]*display: ?none[^>]*>([^<]+)</div>', html)
    assert preview, "nothing stands before the preview line"
    assert 10 < len(preview[1].removesuffix(REPLY_LINE)) <= 145, preview[1]
    assert preview[1] != subject
    body = html.partition("<body")[2]
    assert re.findall(r"<(?:td|p|div|h1|a|span)(?![^>]*style=)[^>]*>", body) == []
    assert html.count('class="button face"') <= 1


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_same_letter_is_the_same_bytes_at_every_try(desk: Desk, settings: Settings, language: str) -> None:
    await desk.submit(applicant__language=language)
    for letter in await desk.letters():
        assert render(letter, settings) == render(letter, settings)


async def test_a_letter_that_asks_says_what_how_much_until_when_and_what_otherwise(
    desk: Desk, settings: Settings
) -> None:
    await desk.submit()
    (letter,) = await desk.asked(COUNTY)
    text, html = bodies(render(letter, settings))
    for said in (
        "万卡集群训练框架",
        "杭州深澜智能科技有限公司",
        "1,800万元（省级 1,000万元，市级 500万元，县级 300万元）",
        "县级推荐（第 1 步，共 5 步）",
        "2026年11月30日 周一 18:00",
        "到期未答复将发催办函并告知运行人员，不会自动作出决定",
        "回复“同意”即按原申请承诺县级 300万元",
    ):
        assert said in text
        assert said in re.sub(r"</?span[^>]*>", "", html)
    assert text.startswith(REPLY_LINE)
    assert html.index(REPLY_LINE) < html.index("县级推荐", html.index("<body"))


async def test_a_deadline_in_an_unknown_year_is_marked_provisional(desk: Desk, settings: Settings) -> None:
    await desk.submit()
    (letter,) = await desk.asked(COUNTY)
    letter.facts["due_provisional"] = True
    assert "2026年11月30日 周一 18:00；暂定" in bodies(render(letter, settings))[0]


async def test_the_last_stage_says_what_a_plain_approval_awards(desk: Desk, settings: Settings) -> None:
    await desk.submit()
    await desk.approve_until("kjt")
    for unit in ("kjt", "fgw", "czt"):
        await desk.answer(unit)
    (letter, *_) = await desk.asked("kjt")
    said = "核定 1,800万元（省级 1,000万元，市级 500万元，县级 300万元）"
    assert said in bodies(render(letter, settings))[0]


async def test_one_neutral_link_and_a_private_reply_address(desk: Desk, settings: Settings) -> None:
    await desk.submit()
    (letter,) = await desk.asked(COUNTY)
    raw = render(letter, settings)
    text, html = bodies(raw)
    link = f"{settings.portal_url}/d/{desk.token_in(letter)}"
    assert re.findall(r"http\S+", text) == [link]
    assert re.findall(r'href="([^"]+)"', html) == [link]
    assert parsed(raw)["Reply-To"] == f"reply+{desk.token_in(letter, Channel.REPLY)}@liandong.example"
    assert parsed(raw)["References"] == f"<{letter.application_id}@liandong.example>"


async def test_letters_of_one_application_are_one_thread(desk: Desk, settings: Settings) -> None:
    await desk.submit()
    threads = {parsed(render(letter, settings))["References"] for letter in await desk.letters()}
    assert len(threads) == 1


@pytest.mark.parametrize("kind", ["ask", "concluded", "returned", "parked", "stuck", "remind", "escalated"])
async def test_hostile_facts_forge_no_header_and_run_no_script(kind: str, desk: Desk, settings: Settings) -> None:
    await write_every_kind(desk, settings.home)
    letter = next(x for x in await desk.letters(kind))
    hostile = {key: _hostile(key, value) for key, value in letter.facts.items()}
    letter.facts, letter.addressee = hostile, HOSTILE
    for letter.language in LANGUAGES:
        raw = render(letter, settings)
        message, (_, html) = parsed(raw), bodies(raw)
        assert message["Bcc"] is None
        assert [to.addr_spec for to in message["To"].addresses] == [letter.address]
        assert "<script" not in html
        assert "\u202e" not in html
        assert b"\nBcc" not in raw


def _hostile(key: str, value: object) -> object:
    if key in AS_IT_IS or key.endswith("_nonce"):
        return value
    if isinstance(value, str):
        return HOSTILE
    if isinstance(value, list):
        return [_hostile("", item) for item in value]
    if isinstance(value, dict):
        return {k: _hostile(k, v) for k, v in value.items()}
    return value


@pytest.mark.parametrize("address", ["a@b.example>\r\nRCPT TO:<c@d.example", "a b@c.example", "a@b\nc", "", "a@b,c@d"])
async def test_no_letter_goes_to_an_address_that_is_none(address: str, desk: Desk, settings: Settings) -> None:
    await desk.submit()
    (letter,) = await desk.asked(COUNTY)
    letter.address = address
    with pytest.raises(UnsafeHeader):
        render(letter, settings)


@pytest.mark.parametrize("said", [Command.APPROVE, Command.REFUSE, Command.RETURN])
async def test_our_own_letter_quoted_below_a_command_changes_nothing(
    said: Command, desk: Desk, settings: Settings
) -> None:
    await desk.submit()
    (letter,) = await desk.asked(COUNTY)
    ours = bodies(render(letter, settings))[0]
    for line in ({"approve": "同意", "refuse": "不同意", "return": "退回"}[said.value], said.value):
        answer = f"From: {letter.address}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{line}\n\n{ours}"
        assert read(answer.encode()).command is said


async def test_no_token_is_in_what_the_database_keeps_of_a_letter(desk: Desk, db: Database, settings: Settings) -> None:
    await desk.submit()
    for letter in await desk.letters():
        for door in words.doors(letter, settings).values():
            token = re.search(r"[a-z2-7]{40}", door)
            assert token is None or token.group() not in str(letter.facts)
