"""What letters say where something else than a sum is asked for: vouchers, a recognition, a listing, a clearance."""

import dataclasses
from pathlib import Path

import pytest

from approvals import inbound
from approvals.late import reminders
from models.letter import Letter
from models.settings import Settings
from models.states import ApplicationState, Outcome
from notifications.rendering.render import render
from tests.support.desk import Desk
from tests.support.kinds import KINDS, TALENT, with_every_kind
from tests.unit.test_letters import COUNTY, LANGUAGES, bodies, parsed, reply

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
each_kind = pytest.mark.parametrize("gives", KINDS)

#: By kind and language: what is asked for, what a plain approval of the last stage does, and the end.
SAID = {
    ("money", "zh"): ("1,800万元", "核定 1,800万元（省级 1,000万元，", "已核定：万卡集群训练框架 · 1,800万元"),
    ("money", "en"): ("18,000,000 yuan", "awards 18,000,000 yuan (province", "Awarded: 万卡集群训练框架 · 18,000,000"),
    ("voucher", "zh"): ("券 300万元", "核定券 300万元（市级 200万元，", "已核定：采购模型服务 · 券 300万元"),
    ("voucher", "en"): (
        "vouchers worth 3,000,000 yuan",
        "awards vouchers worth 3,000,000 yuan (city",
        "Awarded: 采购模型服务 · vouchers worth 3,000,000 yuan",
    ),
    ("recognition", "zh"): (
        "认定“省级领军人才”",
        "回复“同意”即认定“省级领军人才”",
        "已认定：认定张三为领军人才 · 省级领军人才",
    ),
    ("recognition", "en"): (
        "recognition as “Provincial leading talent”",
        "recognises “Provincial leading talent”",
        "Recognised: 认定张三为领军人才 · Provincial leading talent",
    ),
    ("listing", "zh"): ("入选“示范应用场景”", "回复“同意”即列入“示范应用场景”", "已入选：港口调度场景 · 示范应用场景"),
    ("listing", "en"): (
        "listing as “Demonstration application scenario”",
        "lists it as “Demonstration application scenario”",
        "Listed: 港口调度场景 · Demonstration application scenario",
    ),
    ("clearance", "zh"): (
        "审查“算力设施布局审查”",
        "回复“同意”即通过“算力设施布局审查”",
        "审查通过：某智算中心 · 算力设施布局审查",
    ),
    ("clearance", "en"): (
        "clearance by “Layout review”",
        "clears it by “Layout review”",
        "Cleared: 某智算中心 · Layout",
    ),
}
#: What no letter about a thing without a sum says.
SUMS = ("0元", "0 yuan", "金额", "资金拨付", "规则上限", "By the rules", "payment")


@pytest.fixture
def kinds(desk: Desk, tmp_path: Path) -> Desk:
    """The office, with a policy whose measure 19 gives everything that a policy can give."""
    desk.office = dataclasses.replace(desk.office, policies=with_every_kind(tmp_path))
    return desk


def said(letter: Letter, settings: Settings, language: str) -> tuple[str, str]:
    """Return subject and text of ``letter`` in ``language``."""
    letter.language = language
    raw = render(letter, settings)
    return str(parsed(raw)["Subject"]), bodies(raw)[0]


@each_kind
async def test_subject_and_text_say_what_is_asked_for_and_what_a_plain_approval_does(
    kinds: Desk, settings: Settings, gives: str
) -> None:
    await kinds.submit(KINDS[gives])
    await kinds.approve_to("determination")
    (last, *_) = await kinds.asked("kjt")
    (first,) = await kinds.asked(COUNTY)
    (received,) = await kinds.letters("submitted")
    await kinds.approve_to()
    (ended,) = await kinds.letters("concluded")
    for language in LANGUAGES:
        asked_for, granted, conclusion = SAID[gives, language]
        for letter in (first, last, received):
            subject, text = said(letter, settings, language)
            assert asked_for in subject
            assert text.count(asked_for) >= 2, "in the sentence and in the table"
        assert granted in said(last, settings, language)[1]
        assert granted not in said(first, settings, language)[1]
        assert said(ended, settings, language)[0].startswith(conclusion)


@pytest.mark.parametrize("gives", ["recognition", "listing", "clearance"])
async def test_what_is_no_money_is_never_spoken_of_as_money(kinds: Desk, settings: Settings, gives: str) -> None:
    await kinds.submit(KINDS[gives])
    await kinds.approve_to()
    letters = await kinds.letters()
    assert {letter.kind for letter in letters} >= {"ask", "submitted", "concluded"}
    for letter in letters:
        for language in LANGUAGES:
            subject, text = said(letter, settings, language)
            assert not [word for word in SUMS if word in subject + text], text


@each_kind
async def test_a_reminder_says_what_is_asked_for(kinds: Desk, settings: Settings, gives: str) -> None:
    await kinds.submit(KINDS[gives])
    kinds.clock.tick(days=30)
    (stage,) = await kinds.db.read(reminders.overdue, kinds.clock())
    await kinds.db.write(reminders.look_at, kinds.office, stage, kinds.clock())
    (letter,) = await kinds.asked(COUNTY, "remind")
    for language in LANGUAGES:
        subject, text = said(letter, settings, language)
        assert SAID[gives, language][0] in subject
        assert SAID[gives, language][0] in text


async def test_a_county_that_pledges_nothing_is_asked_for_no_sum(kinds: Desk, settings: Settings) -> None:
    await kinds.submit(TALENT)
    (letter,) = await kinds.asked(COUNTY)
    assert "即同意本件进入下一环节" in said(letter, settings, "zh")[1]
    assert "go on to the next stage" in said(letter, settings, "en")[1]


async def test_a_recognition_is_approved_by_reply_and_recorded_as_one(kinds: Desk, settings: Settings) -> None:
    await kinds.submit(TALENT)
    await kinds.approve_to()
    assert (await kinds.standing()).state is ApplicationState.AWARDED
    assert (await kinds.standing()).result("zh") == "已认定：省级领军人才"
    assert (await kinds.standing()).award_total == 0
    assert await kinds.verify() is None


async def test_a_reply_about_a_recognition_may_name_a_salary(kinds: Desk, settings: Settings) -> None:
    await kinds.submit(TALENT)
    await kinds.approve_to("determination")
    (letter, *_) = await kinds.asked("kjt")
    await reply(kinds, letter, inbound.Reply((letter.address,), Outcome.APPROVE, "年薪 120万元，属实。"))
    assert (await kinds.standing()).state is ApplicationState.AWARDED
    (recorded,) = await kinds.letters("recorded")
    assert "并认定“省级领军人才”" in bodies(render(recorded, settings))[0]


async def test_a_refused_recognition_names_no_sum(kinds: Desk, settings: Settings) -> None:
    await kinds.submit(TALENT)
    await kinds.answer(COUNTY, Outcome.REFUSE, "材料不实。")
    (letter,) = await kinds.letters("concluded")
    for language in LANGUAGES:
        subject, text = said(letter, settings, language)
        assert SAID["recognition", language][0] in text
        assert not [word for word in SUMS if word in subject + text]
