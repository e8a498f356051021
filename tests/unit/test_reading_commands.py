"""What is a command, and what is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.reading import REPLY_LINE, Command, Problem, Reading, read

YES, NO, BACK = Command.APPROVE, Command.REFUSE, Command.RETURN
HEAD = b"From: a@county.example.cn\r\nMIME-Version: 1.0\r\nContent-Type: text/%s; charset=utf-8\r\n\r\n"


def said(text: str, kind: str = "plain") -> Reading:
    return read(HEAD % kind.encode() + text.encode())


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("同意", YES),
        ("同意。", YES),
        (" 同意！ ", YES),
        ("批准.", YES),
        ("APPROVE", YES),
        ("Approved!", YES),
        ("ａｐｐｒｏｖｅ", YES),
        ("\u3000同意\u3000", YES),
        ("不同意", NO),
        ("不同意。", NO),
        ("否决", NO),
        ("否決", NO),
        ("Refuse", NO),
        ("reject.", NO),
        ("退回", BACK),
        ("Return", BACK),
        ("退回！", BACK),
        ("同 意", YES),
        ("不 同 意。", NO),
        ("不批准", NO),
        ("经研究，我局不同意。", NO),
        ("审批意见：同意", YES),
        ("好的，同意", YES),
    ],
)
def test_an_exact_command_decides(line: str, command: Command) -> None:
    assert said(line).command is command


@pytest.mark.parametrize(
    ("text", "command", "opinion"),
    [
        ("同意，资料齐全", YES, "资料齐全"),
        ("同意：建议支持", YES, "建议支持"),
        ("同意 资料齐全", YES, "资料齐全"),
        ("同意。资料齐全。", YES, "资料齐全。"),
        ("退回，请补充承诺函\n并加盖公章", BACK, "请补充承诺函\n并加盖公章"),
        ("Reject: over the limit", NO, "over the limit"),
        ("\n\n同意\n\n请尽快办理\n", YES, "请尽快办理"),
        ("领导好，\n同意", YES, ""),
        ("您好：\n\n同意\n资料齐全", YES, "资料齐全"),
        ("尊敬的王处长：\n您好！\n不同意\n资金未落实", NO, "资金未落实"),
        ("收到，谢谢\n同意", YES, ""),
        ("您好，同意。", YES, ""),
        ("您好！不同意，资金未落实", NO, "资金未落实"),
        ("尊敬的王处长：同意", YES, ""),
        ("Dear Ms Wang, approved. Thanks", YES, "Thanks"),
        ("Hi, return: the seal is missing", BACK, "the seal is missing"),
        ("收到。同意\n请尽快办理", YES, "请尽快办理"),
        ("*同意*\n好", YES, "好"),
        ("“同意”。\n好", YES, "好"),
        ("【退回】", BACK, ""),
        ("同意，符合条件，未发现问题", YES, "符合条件，未发现问题"),
        ("Approved. No further comments.", YES, "No further comments."),
        ("退回，材料不齐全，请补充", BACK, "材料不齐全，请补充"),
        ("Reject: the project is not in the programme", NO, "the project is not in the programme"),
        ("Dear colleagues,\n\nApproved.\nBest regards", YES, "Best regards"),
        ("Hi Wang Wei,\nreject", NO, ""),
        ("同意，谢谢！", YES, "谢谢！"),
        ("Approved, thank you.", YES, "thank you."),
        ("我同意。", YES, ""),
        ("经研究，不同意。\n资金未落实", NO, "资金未落实"),
        ("经研究，同意，资料齐全", YES, "资料齐全"),
        ("I approve.", YES, ""),
    ],
)
def test_what_follows_a_command_is_the_opinion(text: str, command: Command, opinion: str) -> None:
    assert (said(text).command, said(text).opinion) == (command, opinion)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", Problem.NOTHING),
        ("> 同意", Problem.NOTHING),
        ("-- \n同意", Problem.NOTHING),
        ("同意还是不同意", Problem.SEVERAL),
        ("同意 不同意", Problem.SEVERAL),
        ("同意 / 不同意 / 退回", Problem.SEVERAL),
        ("同意\n不同意", Problem.SEVERAL),
        ("同意\n\n退回第二项", Problem.SEVERAL),
        ("不同意\n同意", Problem.SEVERAL),
        ("approve\nRejected", Problem.SEVERAL),
        ("同意\n拒绝", Problem.SEVERAL),
        ("同意\n\u200b不同意", Problem.SEVERAL),
        ("同意\u2028不同意", Problem.SEVERAL),
        ("同意，退回", Problem.SEVERAL),
        ("不 同意", Problem.NEGATED),
        ("并非同意", Problem.NEGATED),
        ("同意，但金额过高", Problem.NEGATED),
        ("同意？", Problem.NEGATED),
        ("approve, but not now", Problem.NEGATED),
        ("I don't approve", Problem.NEGATED),
        ("同意：否", Problem.NEGATED),
        ("未批准", Problem.NEGATED),
        ("approve unless they object", Problem.NEGATED),
        ("同意，待补充材料", Problem.NEGATED),
        ("同\u200b意", Problem.INVISIBLE),
        ("\u202e意同", Problem.INVISIBLE),
        ("同意\u2060", Problem.INVISIBLE),
        ("不\u00ad同意", Problem.INVISIBLE),
        ("不 同意", Problem.NEGATED),
        ("不  同 意", Problem.NEGATED),
        ("同 意 吗", Problem.NEGATED),
        ("好的", Problem.UNKNOWN),
        ("领导好，同意吗\n同意", Problem.NEGATED),
        ("领导让我同意\n同意", Problem.UNKNOWN),
        ("您好，同意吗？", Problem.NEGATED),
        ("您好，是否同意", Problem.NEGATED),
        ("尊敬的不同意先生，同意", Problem.SEVERAL),
        ("Dear no one, approve", Problem.NEGATED),
        ("您\u200b好，同意", Problem.INVISIBLE),
        ("谢谢同意", Problem.UNKNOWN),
        ("退回，不需要", Problem.NEGATED),
        ("同意，不符合条件", Problem.NEGATED),
        ("同意，符合条件的", Problem.NEGATED),
        ("同意，仅限第一项", Problem.UNKNOWN),
        ("同意，部分", Problem.UNKNOWN),
        ("批准，缓办", Problem.UNKNOWN),
        ("同意，会后再定", Problem.UNKNOWN),
        ("Approve with conditions", Problem.UNKNOWN),
        ("approve in part", Problem.UNKNOWN),
        ("“同意”不妥", Problem.NEGATED),
        ("“不”同意", Problem.NEGATED),
        ("同意\n仅限第一项", Problem.SEVERAL),
        ("同意\n请先不要办理", Problem.SEVERAL),
        ("approve\npartially", Problem.SEVERAL),
        ("退回，我看不合适", Problem.NEGATED),
        ("退回，没必要", Problem.UNKNOWN),
        ("不同意，如果资金不落实", Problem.NEGATED),
        ("不同意，我没有不同意", Problem.NEGATED),
        ("不同意，这样说不合适吗", Problem.NEGATED),
        ("Return, I do not think so", Problem.NEGATED),
        ("reject, but not yet", Problem.NEGATED),
        ("*同意*不*", Problem.NEGATED),
        ("尊敬的不同意先生：\n同意", Problem.NEGATED),
        ("Dear Approve,\napprove", Problem.UNKNOWN),
        ("您好\u200b\n同意", Problem.INVISIBLE),
        ("您好\n您好\n您好\n您好\n同意", Problem.UNKNOWN),
        ("您好！", Problem.UNKNOWN),
        ("\u4e0d\u2f06\u610f", Problem.UNKNOWN),
        ("\uf967同意", Problem.LOOKALIKE),
        ("𝐚𝐩𝐩𝐫𝐨𝐯𝐞", Problem.LOOKALIKE),
        ("ⓐpprove", Problem.LOOKALIKE),
        ("同意退回", Problem.SEVERAL),
        ("原则同意", Problem.UNKNOWN),
        ("经研究，拟同意", Problem.UNKNOWN),
        ("我们领导同意", Problem.UNKNOWN),
        ("\u0430pprove", Problem.UNKNOWN),
        ("同意书已收到", Problem.UNKNOWN),
        ("approval", Problem.UNKNOWN),
        ("同意。。", Problem.UNKNOWN),
        ("同意，", Problem.UNKNOWN),
        ("同\x00意", Problem.UNKNOWN),
    ],
)
def test_anything_else_decides_nothing_and_says_why(text: str, problem: Problem) -> None:
    reading = said(text)
    assert (reading.command, reading.opinion, reading.problem) == (None, "", problem)


@pytest.mark.parametrize(
    ("html", "problem"),
    [
        ("<div style='display:none'>同意</div>", Problem.NOTHING),
        ("<p style='FONT-SIZE: 0px'>同意</p>", Problem.NOTHING),
        ("<span style='opacity:0'>不</span>同意", Problem.INVISIBLE),
        ("<style>.x{color:red;visibility:hidden}</style><b class=x>不</b>同意", Problem.INVISIBLE),
        ("<s>同意</s> 不同意", Problem.INVISIBLE),
        ("<blockquote>同意</blockquote>", Problem.NOTHING),
        ("<div class='gmail_quote'>同意</div>", Problem.NOTHING),
        ("<!-- x -->不<b>&nbsp;</b>同意", Problem.NEGATED),
        ("<table><tr><td>同意<td>不同意</table>", Problem.SEVERAL),
    ],
)
def test_html_that_hides_strikes_or_quotes_a_command_decides_nothing(html: str, problem: Problem) -> None:
    assert (said(html, "html").command, said(html, "html").problem) == (None, problem)


@pytest.mark.parametrize("html", ["<p>同<b>意</b></p>", "<html><head><body>同意<br>好", "<pre>同意\n好</pre>", "同意"])
def test_html_that_shows_a_command_decides(html: str) -> None:
    assert said(html, "html").command is YES


PRINTABLE = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=30)


@given(st.lists(st.one_of(PRINTABLE, st.sampled_from(["同意", "不同意", "退回", "approve"])), max_size=12))
def test_quoted_lines_alone_never_make_a_command(lines: list[str]) -> None:
    assert said("\n".join(f"> {line}" for line in ["同意", *lines])).command is None


INTRODUCTIONS = [
    "------------------ 原始邮件 ------------------",
    "-----原始邮件-----",
    "-----Original Message-----",
    "________________________________",
    '在 2026-11-23 09:00:00，"联动" <r@l.example> 写道：\n\n旧信',
    "发件人： 联动\n发送时间： 2026-11-23\n收件人： 张\n主题： x",
    "From: x\nSent: y\nTo: z\nSubject: s",
    REPLY_LINE,
]


@given(
    st.sampled_from([("同意", YES), ("不同意", NO), ("退回", BACK)]),
    st.sampled_from(INTRODUCTIONS),
    st.lists(st.one_of(PRINTABLE, st.sampled_from(["同意", "不同意", "退回"])), max_size=8),
)
def test_a_new_first_line_decides_whatever_history_follows(
    new: tuple[str, Command], introduction: str, history: list[str]
) -> None:
    assert said("\n".join([new[0], "", introduction, *history])).command is new[1]


@given(
    st.sampled_from([("同意", YES), ("不同意", NO), ("退回", BACK)]),
    st.lists(st.one_of(PRINTABLE, st.sampled_from(["同意", "不同意", "退回"])), max_size=8),
)
def test_a_new_first_line_decides_above_and_below_quoted_lines(new: tuple[str, Command], old: list[str]) -> None:
    quoted = [f"> {line}" for line in old]
    assert said("\n".join([new[0], "", *quoted])).command is new[1]
    assert said("\n".join([*quoted, "", new[0]])).command is new[1]


@given(PRINTABLE, PRINTABLE)
def test_words_around_a_refusal_never_make_an_approval(before: str, after: str) -> None:
    assert said(f"{before}不同意{after}").command is not YES
