"""Letters about duties: every kind, in both languages, from what the verbs themselves queued."""

import re

import pytest

from approvals import inbound
from approvals.late import reminders
from models.settings import Settings
from models.states import Channel, Outcome
from notifications.rendering.render import render
from tests.support.desk import Desk
from tests.support.duties import HANGZHOU, NINGBO
from tests.unit.test_letters import LANGUAGES, bodies, parsed, reply

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


async def write_every_kind(desk: Desk) -> None:
    """Let duties live through everything that anybody is written about."""
    await desk.open_duty(24, "scenarios", places=(HANGZHOU, NINGBO, "温州市"), period="无人可问")
    (letter,) = await desk.asked(HANGZHOU)
    mine = (letter.address,)
    await reply(desk, letter, inbound.Reply(mine, problem="UNKNOWN", sentence=("第一行不是命令。", "No command.")))
    await reply(desk, letter, inbound.Reply(("x@elsewhere.example",), in_progress=True, opinion="x"))
    await reply(desk, letter, inbound.Reply(mine, in_progress=True, opinion="第一批"))
    desk.clock.tick(days=60)
    for stage in await desk.db.read(reminders.overdue, desk.clock()):
        await desk.db.write(reminders.look_at, desk.office, stage, desk.clock())
    await desk.withdraw()
    await desk.open_duty(24, "scenarios", places=(HANGZHOU, NINGBO))
    for unit in (HANGZHOU, NINGBO):
        await desk.answer(unit, opinion="完成", channel=Channel.LINK, figures={"open_scenarios": 6})
    desk.clock.tick(days=60)
    for stage in await desk.db.read(reminders.overdue, desk.clock()):
        await desk.db.write(reminders.look_at, desk.office, stage, desk.clock())
    (letter, *_) = await desk.asked("fgw")
    await reply(desk, letter, inbound.Reply((letter.address,), Outcome.RETURN, "请补清单。"))
    await reply(desk, letter, inbound.Reply((letter.address,), Outcome.APPROVE))
    for unit in (HANGZHOU, NINGBO):
        await desk.answer(unit, opinion="清单已补")
    await desk.answer("fgw", opinion="很好。")


async def test_every_kind_about_a_duty_renders_in_both_languages(duty_desk: Desk, settings: Settings) -> None:
    await write_every_kind(duty_desk)
    letters = await duty_desk.letters()
    assert {letter.kind for letter in letters} == {
        "ask",
        "ask_again",
        "concluded",
        "late",
        "no_longer_asked",
        "not_counted",
        "officer_missing",
        "parked",
        "recorded",
        "remind",
        "sent_back",
        "submitted",
    }
    assert {x.facts["state"] for x in letters if x.kind == "concluded"} == {"accomplished", "withdrawn"}
    for letter in letters:
        for letter.language in LANGUAGES:
            raw = render(letter, settings)
            text, html = bodies(raw)
            assert not parsed(raw).defects
            for shown in (str(parsed(raw)["Subject"]), text, html):
                for wrong in ("{{", "Undefined", "None", "申请人", "项目", "金额", "applicant", "project", "yuan"):
                    assert wrong not in shown, f"{letter.kind} {letter.language}: {wrong} in {shown[:400]}"
            assert html.count("<a ") <= 1


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "zh",
            [
                "省发展改革委开展措施 24 的任务“滚动开放应用场景（2026 年）”",
                "请贵单位于 2026年12月21日 周一 18:00 前报告办理情况",
                "开放应用场景 0 / 50 个",
                "第一行只写“完成”或“进行中”",
                "回信中的数字不会计入目标",
                "到期未答复将发催办函",
            ],
        ),
        (
            "en",
            [
                "Please report what your unit has done by Mon 21 Dec 2026, 18:00 Beijing time",
                "Application scenarios opened 0 / 50 scenarios",
                "write only done or in progress on the first line",
                "Figures in a reply are not counted",
                "a reminder goes out",
            ],
        ),
    ],
)
async def test_a_letter_that_asks_to_report_says_what_until_when_and_what_otherwise(
    language: str, said: list[str], duty_desk: Desk, settings: Settings
) -> None:
    await duty_desk.open_duty(24, "scenarios", places=(HANGZHOU,))
    (letter,) = await duty_desk.asked(HANGZHOU)
    letter.language = language
    text, html = bodies(render(letter, settings))
    for words in said:
        assert words in text
        assert words in re.sub(r"</?span[^>]*>", "", html)


async def test_a_duty_without_figures_does_not_speak_of_them(duty_desk: Desk, settings: Settings) -> None:
    await duty_desk.open_duty(27)
    (letter,) = await duty_desk.asked("xcb")
    assert "数字" not in bodies(render(letter, settings))[0]


async def test_the_lead_is_asked_once_all_have_reported_and_all_are_told_at_the_end(
    duty_desk: Desk, settings: Settings
) -> None:
    await duty_desk.open_duty(24, "scenarios", places=(HANGZHOU, NINGBO))
    for unit in (HANGZHOU, NINGBO):
        await duty_desk.answer(unit, opinion="完成", channel=Channel.LINK, figures={"open_scenarios": 6})
    (letter,) = await duty_desk.asked("fgw")
    letter.language = "zh"
    text, _ = bodies(render(letter, settings))
    for words in ("各单位均已报告完成", "开放应用场景 12 / 50 个", "第一行只写“接受”或“退回”"):
        assert words in text
    await duty_desk.answer("fgw")
    ends = {x.address: bodies(render(x, settings))[0] for x in await duty_desk.letters("concluded")}
    assert "has accepted the reports of all units" in ends["330200@zj.example"]
    assert "到此完成" in ends["330100@zj.example"]
