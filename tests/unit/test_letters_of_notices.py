"""Letters about public notices and objections: every kind, in both languages, from what the verbs queued."""

import pytest

from approvals import inbound
from approvals.inbound import Reply
from approvals.late import reminders
from approvals.notice import objection_mail
from approvals.notice.objections import Said
from models.settings import Settings
from models.states import Outcome
from notifications.reading import Command, read
from notifications.rendering.render import LETTERS, render
from tests.support.desk import Desk
from tests.support.notices import FACTORY, OTHER_FACTORY, noticed_city, object_to, on_view, sweep
from tests.unit.test_letters import LANGUAGES, bodies, looks_right, parsed, reply

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)

#: Those that only a notice has, and those that say something else of an objection.
KINDS = {
    *(folder.name for folder in LETTERS.iterdir() if folder.name.startswith(("notice_", "objection_"))),
    *(folder.name for folder in LETTERS.iterdir() if (folder / "objection_zh.j2").exists()),
}


async def write_every_kind(city: Desk) -> None:
    """Let notices live through everything that anybody is written about."""
    await on_view(city, FACTORY | {"amounts": {"city": "1,000"}})
    await object_to(city)
    city.clock.tick(days=30)
    for stage in await city.db.read(reminders.overdue, city.clock()):
        await city.db.write(reminders.look_at, city.office, stage, city.clock())
    (asked, *_) = await city.asked("industry", "remind")
    mine = (asked.address,)
    await reply(city, asked, Reply(mine, problem="UNKNOWN", sentence=("第一行不是命令。", "No command.")))
    await reply(city, asked, Reply(mine, Outcome.APPROVE, "经核实不属实。\n去年的补助是另一车间的。"))
    await reply(city, asked, Reply(mine, Outcome.REFUSE, "又想了想。"))
    await object_to(city, Said("Q. Smith", "smith@people.example", "It was paid twice.", language="en"))
    await object_to(city, Said("钱七", "13800001111", "环评没有通过。"))
    await city.withdraw()
    for outcome in (Outcome.RETURN, Outcome.REFUSE):
        await on_view(city, OTHER_FACTORY | {"project": {"title": f"车间 {outcome}"}, "amounts": {"city": "1,000"}})
        await object_to(city)
        await city.answer("industry", outcome, "查实。")
    await city.submit(FACTORY | {"project": {"title": "期满"}, "amounts": {"city": "1,000"}})
    await city.approve_to("notice")
    mail = f"object+{city.app.number.lower()}@liandong.example" if city.app else ""
    mail_id = await city.db.write(inbound.receive, b"raw", "a@b.example", mail, "<1@x>", "0" * 64, city.clock.tick())
    nothing = objection_mail.Mailed(("a@b.example",), problem="broken")
    await city.db.write(objection_mail.judge, city.office, mail_id or "", nothing, city.clock())
    city.clock.tick(days=14)
    assert await sweep(city) == 1


async def test_every_kind_about_a_notice_renders_in_both_languages(empty_desk: Desk, settings: Settings) -> None:
    city = await noticed_city(empty_desk)
    await write_every_kind(city)
    letters = await city.letters()
    assert {letter.kind for letter in letters} >= KINDS
    assert {x.facts["result"] for x in letters if x.kind == "objection_answered"} == {
        "not_upheld",
        "settled",
        "returned",
        "refused",
    }
    said = []
    for letter in letters:
        for letter.language in LANGUAGES:
            raw = render(letter, settings)
            looks_right(raw, letter)
            said.append(f"{parsed(raw)['Subject']}\n{bodies(raw)[0]}")
    everything = "\n".join(said)
    for words in (
        "请答复异议：无人值守车间",
        "赵六提出：",
        "第一行只写“不成立”“成立退回”“成立不予支持”其中之一",
        "已记录：异议不成立",
        "公示期满，没有异议成立",
        "公示期间收到异议，示例市经信局核实后认为异议成立",
        "（公示 5 个工作日后生效）",
        "does not uphold it; the notice goes on",
        "邮件过大、格式损坏或没有内容",
    ):
        assert words in everything, words


async def test_what_an_objector_is_sent_repeats_nothing_that_may_be_forged(
    empty_desk: Desk, settings: Settings
) -> None:
    city = await noticed_city(empty_desk)
    await on_view(city)
    await object_to(city, Said("点此领奖", "victim@people.example", "http://evil.example 加微信"))
    (letter,) = await city.letters("objection_received")
    text, html = bodies(render(letter, settings))
    for hidden in ("点此领奖", "evil.example", "微信", "/s/", "/d/"):
        assert hidden not in text + html


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("不成立", Command.APPROVE),
        ("成立退回", Command.RETURN),
        ("成立不予支持", Command.REFUSE),
        ("not upheld", Command.APPROVE),
        ("upheld return", Command.RETURN),
    ],
)
async def test_our_own_letter_quoted_below_an_answer_changes_nothing(
    empty_desk: Desk, settings: Settings, line: str, command: Command
) -> None:
    city = await noticed_city(empty_desk)
    await on_view(city)
    await object_to(city, Said("赵六", "zhao@people.example", "成立退回\n不成立\n同意"))
    (letter, *_) = await city.asked("industry", "ask")
    for letter.language in LANGUAGES:
        ours = bodies(render(letter, settings))[0]
        answer = f"From: a@b.example\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{line}\n已核实。\n\n{ours}"
        assert read(answer.encode(), "public_notice").command is command
