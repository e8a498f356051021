"""An answer below our letter, where nothing marks the history: it is read only where it can be nobody else's."""

import pytest

from notifications.reading import END_LINE, REPLY_LINE, Reading, read, sealed, sealed_page
from notifications.reading.commands import Command, Problem

US = "no-reply@liandong.example"
LETTER = sealed(
    f"{REPLY_LINE}\n\n张伟：\n\n请答复：同意、不同意或者退回。\n\n不同意\n\n查看：\nhttps://liandong.example/d/abc\n\n{END_LINE}"
)
FROM_US = (
    f"发件人: 联动 Liandong <{US}>\n发送时间: 2026年11月23日 17:46\n收件人: 张伟 <zhang@zj.example>\n主题: 请答复\n"
)
FROM_A_COLLEAGUE = FROM_US.replace(f"联动 Liandong <{US}>", "王局 <wang@zj.example>")


def said(
    text: str, to: str = "reply+k3y@liandong.example", thread: str = "In-Reply-To: <1@liandong.example>"
) -> Reading:
    head = f"From: zhang@zj.example\r\nTo: {to}\r\n{thread}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    return read((head + text).encode())


@pytest.mark.parametrize(
    "introduction",
    [
        FROM_US,
        f"________________________________\n{FROM_US}",
        f"-----Original Message-----\nFrom: Liandong <{US}>\nSent: Monday\nTo: x\nSubject: y\n",
        f'在 2026-11-23 17:46:38，"联动" <{US}> 写道：\n',
        f"On Mon, Nov 23, 2026 at 5:46 PM Liandong\n<{US}> wrote:\n",
        f"---- 回复的原邮件 ----\n| 发件人 | 联动<{US}> |\n| 主题 | 请答复 |\n",
    ],
)
def test_an_answer_below_our_letter_is_read_where_our_address_introduces_it(introduction: str) -> None:
    reading = said(f"{introduction}\n{LETTER}\n\n同意\n资料齐全\n")
    assert (reading.command, reading.opinion) == (Command.APPROVE, "资料齐全")


def test_links_wrapped_lines_and_other_dashes_change_no_code() -> None:
    other = LETTER.replace("查看：\nhttps://liandong.example/d/abc", "查看：<https://x.example/redirect?to=y>")
    other = other.replace("请答复：同意、", "请答复：同意、\n   ").replace("————", "--")
    assert said(f"{FROM_US}\n{other}\n\n退回\n请盖章\n").command is Command.RETURN


@pytest.mark.parametrize(
    "text",
    [
        f"{FROM_A_COLLEAGUE}\n{LETTER}\n\n同意\n",
        f"{FROM_A_COLLEAGUE}\n{FROM_US}\n{LETTER}\n\n同意\n",
        f"{FROM_A_COLLEAGUE}\n> {FROM_US}\n{LETTER}\n\n同意\n",
        f"---- On Mon 王局 <wang@zj.example> wrote ----\n{FROM_US}\n{LETTER}\n\n同意\n",
        f"======= 您在来信中写道：=======\n{FROM_US}\n{LETTER}\n\n同意\n",
        f"---- 原始邮件 ----\n主题: 请答复\n{FROM_US}\n{LETTER}\n\n同意\n",
        f"---- 原始邮件 ----\n---- 原始邮件 ----\n{FROM_US}\n{LETTER}\n\n同意\n",
        f"________________________________\n---- 原始邮件 ----\n{FROM_US}\n{LETTER}\n\n同意\n",
        f"{FROM_US}\n王局：同意\n{LETTER}\n\n同意\n",
        f"{FROM_US}\n{LETTER}\n\n{FROM_A_COLLEAGUE}\n同意\n",
        f"{FROM_US}\n{LETTER}\n\n{FROM_US}\n{LETTER}\n\n同意\n",
        f"{FROM_US}\n{LETTER}\n{LETTER}\n\n同意\n",
        f"{FROM_US}\n{LETTER}\n\n{REPLY_LINE}\n\n同意\n",
        f"{LETTER}\n\n同意\n",
        f"发件人: 联动 Liandong\n主题: 请答复\n\n{LETTER}\n\n同意\n",
        f"发件人: 联动 <wang@zj.example> <{US}>\n主题: 请答复\n\n{LETTER}\n\n同意\n",
        f"{FROM_US}\n{LETTER.replace('张伟：', '张伟：但须先补材料')}\n\n同意\n",
        f"{FROM_US}\n{LETTER.replace('或者退回', '')}\n\n同意\n",
        f"{FROM_US}\n{LETTER.replace('-', '0-')}\n\n同意\n",
        f"{FROM_US}\n{LETTER.replace(REPLY_LINE, '')}\n\n同意\n",
        f"{FROM_US}\n{LETTER.partition('————')[0]}\n\n同意\n",
    ],
)
def test_what_may_be_a_colleagues_or_is_not_our_letter_alone_decides_nothing(text: str) -> None:
    assert said(text).command is None


def test_words_above_count_alone() -> None:
    assert said(f"收到，研究后答复。\n\n{FROM_US}\n{LETTER}\n\n同意\n").command is None
    assert said(f"不同意\n无预算\n\n{FROM_US}\n{LETTER}\n\n同意\n").opinion == "无预算"


@pytest.mark.parametrize(
    "to", ["zhang@zj.example", "reply+k3y@zj.example", "reply+a@liandong.example, reply+b@zj.example"]
)
def test_an_answer_to_another_address_is_not_read(to: str) -> None:
    assert said(f"{FROM_US}\n{LETTER}\n\n同意\n", to=to).problem is Problem.NOTHING


@pytest.mark.parametrize(
    ("thread", "command"),
    [
        ("References: <0@zj.example> <1@liandong.example>", Command.APPROVE),
        ("In-Reply-To: <1@liandong.example>\r\nReferences: <1@zj.example>", Command.APPROVE),
        ("In-Reply-To: <1@zj.example>\r\nReferences: <1@liandong.example>", None),
        ("References: <1@liandong.example> <0@zj.example>", None),
        ("X-None: 1", None),
    ],
)
def test_only_an_answer_to_a_letter_of_ours_is_read_below_it(thread: str, command: Command | None) -> None:
    assert said(f"{FROM_US}\n{LETTER}\n\n同意\n", thread=thread).command is command


def test_a_page_is_known_with_its_white_button_and_without() -> None:
    button = '<a href="#" class="button face" style="color:#ffffff">查看 &amp; 答复</a>'
    made = sealed_page(f"<p>{REPLY_LINE}</p><p>请答复：</p>{button}<p>{END_LINE}</p>")
    line = made[made.index("本函完") :].partition("<")[0]
    for words in ("请答复：\n查看 & 答复", "请答复："):
        assert said(f"{FROM_US}\n{REPLY_LINE}\n{words}\n{line}\n\n同意\n").command is Command.APPROVE
