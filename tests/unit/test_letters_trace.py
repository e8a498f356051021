"""What letters that ask for a decision say of the judgement, and the trace that they carry as a file."""

from email.message import EmailMessage

import pytest

from models.letter import Letter
from models.settings import Settings
from models.states import Level
from notifications.reading import Command, Problem, read
from notifications.rendering.render import render
from tests.integration.test_ceilings import INTEREST
from tests.support.desk import Desk
from tests.unit.test_letters import COUNTY, LANGUAGES, bodies, parsed

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)

#: A letter with everything stays well below what gateways look at twice.
MOST_BYTES = 40_000


def file_of(raw: bytes) -> tuple[str, str]:
    """Return name and text of the one file that a letter carries."""
    (part,) = parsed(raw).iter_attachments()
    assert isinstance(part, EmailMessage)
    return str(part.get_filename()), str(part.get_content())


async def overlapping(desk: Desk) -> Letter:
    """Award loan interest, submit a consortium project of the same name, and return the last letter that asks."""
    await desk.record_figure("lpr_5y", "3.5%")
    await desk.submit(INTEREST)
    await desk.approve_to()
    await desk.submit()
    await desk.approve_to("determination")
    return (await desk.asked("kjt"))[0]


async def test_a_letter_that_asks_carries_the_trace_in_both_languages(desk: Desk, settings: Settings) -> None:
    await desk.record_figure("lpr_5y", "3.5%")
    app = await desk.submit(INTEREST)
    (letter,) = await desk.asked(COUNTY)
    raw = render(letter, settings)
    name, text = file_of(raw)
    assert name == f"规则核验-{app.number}.txt"
    for words in (
        "50% × 五年期以上 LPR × 计息贷款本金",
        "50% × loan prime rate over five years",
        "五年期以上 LPR：3.5%",
        "至多 875万元",
        "at most 8,750,000 yuan",
        "not higher than 50% of the market quoted",
        "按 365 天计",
        "365 are",
        "出自措施 12 from measure 12",
    ):
        assert words in text, words
    assert text.startswith("\ufeff"), "old editors take UTF-8 for GBK without a mark"
    assert len(raw) < MOST_BYTES
    assert b"filename*=utf-8''%E8%A7%84%E5%88%99%E6%A0%B8%E9%AA%8C-ZJAI14" in raw
    for language, said in (("zh", "规则逐条核验的结果见附件"), ("en", "in the attached file")):
        letter.language = language
        assert said in bodies(render(letter, settings))[0]
        assert file_of(render(letter, settings)) == (name, text), "one file in both languages"


async def test_letters_that_do_not_ask_carry_nothing(desk: Desk, settings: Settings) -> None:
    await desk.submit()
    (letter,) = await desk.letters("submitted")
    raw = render(letter, settings)
    assert parsed(raw).get_content_type() == "multipart/alternative"
    assert not list(parsed(raw).iter_attachments())


async def test_an_overlap_is_one_line_with_numbers_sums_and_what_is_left(desk: Desk, settings: Settings) -> None:
    letter = await overlapping(desk)
    said = {
        "zh": ("另有 ZJAI14-2026-00001 已核定 600万元", "至多 3,000万元；抵减此前核定后至多再核定 2,400万元"),
        "en": (
            "ZJAI14-2026-00001 (awarded 6,000,000 yuan)",
            "at most 30,000,000 yuan; what was awarded before leaves 24",
        ),
    }
    for language, words in said.items():
        letter.language = language
        raw = render(letter, settings)
        text, html = bodies(raw)
        assert all(one in text for one in words), text
        assert "ZJAI14-2026-00001" in html
        assert "priority, emphasis, and non repetition" in " ".join(file_of(raw)[1].split())
        assert len(raw) < MOST_BYTES


async def test_where_an_overlap_leaves_less_a_plain_approval_is_not_offered(desk: Desk, settings: Settings) -> None:
    await desk.record_figure("lpr_5y", "3.5%")
    await desk.submit(INTEREST)
    await desk.approve_to()
    await desk.submit(amounts__province="15,000,000", amounts__city="9,000,000", amounts__county="3,000,000")
    await desk.approve_to("determination")
    (letter, *_) = await desk.asked("kjt")
    letter.language = "en"
    assert "A plain “approve” cannot count" in bodies(render(letter, settings))[0]
    letter.language = "zh"
    assert "至多再核定 2,400万元，因此不能以回复“同意”办理" in bodies(render(letter, settings))[0]
    amounts = {level: letter.facts["stated"][level.value] for level in Level}
    await desk.answer("kjt", amounts=amounts | {Level.PROVINCE: amounts[Level.PROVINCE] - 300_000_000})
    assert (await desk.standing()).award_total == 2_400_000_000


async def test_without_an_overlap_no_line_says_so(desk: Desk, settings: Settings) -> None:
    await desk.submit()
    (letter,) = await desk.asked(COUNTY)
    text = bodies(render(letter, settings))[0]
    assert "规则上限：至多 3,000万元\n" in text.replace("\r\n", "\n")
    assert "重复支持" not in text


async def test_a_letter_from_before_the_rules_were_kept_still_goes_out(desk: Desk, settings: Settings) -> None:
    await desk.submit()
    (letter,) = await desk.asked(COUNTY)
    new = ("gives", "largest", "findings", "notes")
    letter.facts = {key: value for key, value in letter.facts.items() if key not in new}
    for letter.language in LANGUAGES:
        raw = render(letter, settings)
        assert not list(parsed(raw).iter_attachments())
        assert "万卡集群训练框架" in bodies(raw)[0]


@pytest.mark.parametrize("disposition", ["attachment", "inline"])
async def test_a_reply_that_brings_our_letter_and_its_file_back_says_what_its_first_line_says(
    desk: Desk, settings: Settings, disposition: str
) -> None:
    letter = await overlapping(desk)
    ours = render(letter, settings)
    name, trace = file_of(ours)
    reply = EmailMessage()
    reply["From"], reply["Subject"] = letter.address, "回复：请答复"
    reply.set_content(f"同意\n资料齐全。\n\n{bodies(ours)[0]}")
    reply.add_attachment(trace, filename=name, disposition=disposition)
    assert read(reply.as_bytes()).command is Command.APPROVE
    assert read(reply.as_bytes()).opinion == "资料齐全。"
    empty = EmailMessage()
    empty["From"] = letter.address
    empty.set_content(bodies(ours)[0])
    empty.add_attachment(trace, filename=name, disposition=disposition)
    assert read(empty.as_bytes()).problem is Problem.NOTHING
