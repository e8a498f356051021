"""What programs put below an answer goes; what a person says about mail and phones stays."""

import pytest

from notifications.reading import Command, Problem, Reading, read

HEAD = b"From: a@county.example.cn\r\nMIME-Version: 1.0\r\nContent-Type: text/%s; charset=utf-8\r\n\r\n"


def said(text: str, kind: str = "plain") -> Reading:
    return read(HEAD % kind.encode() + text.encode())


@pytest.mark.parametrize(
    "line",
    [
        "发自HUAWEI Mate 60",
        "发自vivo电子邮件",
        "来自钉钉邮箱",
        "从移动版 Outlook 发送",
        "从 Windows 版邮件<https://go.microsoft.com/fwlink/?LinkId=550986>发送",
        "使用 Proton Mail 安全邮件发送。",
        "Sent from Lark Mail",
        "Sent with Proton Mail secure email.",
        "获取 Outlook for iOS<https://aka.ms/o0ukef>",
        "| |\n张伟\n|\n|\nzhang@zj.example\n|\n签名由网易邮箱大师定制",
        "【涉密信息不上网，上网信息不涉密】",
        "Please consider the environment before printing this e-mail.",
        "*** This e-mail and its attachments contain confidential information ***",
        "---- 在 周一, 2026-11-23 17:46:38 联动 <a@b.cn> 写道 ----\n\n同意",
        "----邮件原文----发件人：联动 <a@b.cn>收 件 人：张伟\n\n同意",
        "======= 2026-11-23 17:46:38 您在来信中写道：=======\n\n同意",
        '-----"联动" <a@b.cn> wrote: -----\nTo: 张伟\n\n同意',
        "         原始邮件\n         \n发件人：联动 <a@b.cn>\n主题：请答复\n\n同意",
        "于 2026年11月23日 GMT+08:00 下午5:46:38, 联动 <a@b.cn> 写到:\n>同意",
        "Quoting 联动 <a@b.cn>:\n\n> 同意",
    ],
)
def test_what_a_program_puts_below_is_no_part_of_the_opinion(line: str) -> None:
    reading = said(f"不同意\n预算不足。\n\n{line}\n")
    assert (reading.command, reading.opinion) == (Command.REFUSE, "预算不足。")


@pytest.mark.parametrize(
    "line",
    [
        "来自企业微信群的反馈意见较多",
        "发自内心支持该项目",
        "通过电子邮件发送至省财政厅的函未收到",
        "使用华为昇腾芯片的比例不足",
        "严禁处理涉密数据",
        "Please consider the environment impact assessment.",
        "Sent via email to the finance bureau.",
        "On 3 May the finance bureau said:",
        "签名由法定代表人签署后再报",
    ],
)
def test_what_a_person_says_of_mail_and_phones_is(line: str) -> None:
    assert line in said(f"不同意\n前一行。\n{line}\n后一行。\n").new_text


@pytest.mark.parametrize(
    ("page", "command", "opinion"),
    [
        ('<p>同意</p><div id="Signature"><p>张伟</p></div>', Command.APPROVE, ""),
        ('<p>同意</p><div id="Signature"><p>但须先补材料</p></div>', None, ""),
        ('<p>同意</p><div class="gmail_signature">不同意</div>', None, ""),
        (
            '<p>同意</p><hr style="width: 210px; height: 1px;"><p>张伟</p><blockquote>x</blockquote>',
            Command.APPROVE,
            "",
        ),
        ('<p>同意</p><hr style="width: 210px; height: 1px;"><p>以上作废</p><blockquote>x</blockquote>', None, ""),
        ('<div style="border-left:2px solid #ccc;padding-left:8px">同意</div>', None, ""),
        ('<div style="border-left:1pt solid blue"><p>您好</p><p>同意</p></div>', None, ""),
        ('<p>同意</p><div style="border-left:2px solid #ccc">但金额不同意</div>', None, ""),
    ],
)
def test_what_a_page_marks_as_signature_or_with_a_bar(page: str, command: Command | None, opinion: str) -> None:
    reading = said(page, "html")
    assert (reading.command, reading.opinion) == (command, opinion)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("approve nothing", Problem.UNKNOWN),
        ("approved in principle", Problem.UNKNOWN),
        ("refuse to reject", None),
        ("return address", Problem.UNKNOWN),
        ("同意\n以上是误操作", Problem.SEVERAL),
        ("同意\n我再想想", Problem.SEVERAL),
        ("同意\n请等会议结果", Problem.SEVERAL),
        ("同意\n如审计通过", Problem.SEVERAL),
        ("approve\nnot really", Problem.SEVERAL),
    ],
)
def test_an_answer_that_goes_on_to_take_itself_back_decides_nothing(text: str, problem: Problem | None) -> None:
    reading = said(text)
    assert reading.command is None
    assert problem in (None, reading.problem)
