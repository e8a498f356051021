"""Replies that abstain, recuse, hand over, lend or take back: what is one, and what must never be taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.reading import Command, Problem, Reading, read

HEAD = b"From: a@county.example.cn\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
MOVES = {Command.ABSTAIN, Command.RECUSE, Command.HAND_OVER, Command.LEND, Command.TAKE_BACK}


def said(text: str, act: str = "") -> Reading:
    return read(HEAD + text.encode(), act)


@pytest.mark.parametrize(
    ("text", "command", "opinion"),
    [
        ("弃权\n与本单位职责无关", Command.ABSTAIN, "与本单位职责无关"),
        ("棄權", Command.ABSTAIN, ""),
        ("弃权，与我单位职责无关", Command.ABSTAIN, "与我单位职责无关"),
        ("Abstain\nnot our field", Command.ABSTAIN, "not our field"),
        ("回避\n申请单位负责人是我的亲属", Command.RECUSE, "申请单位负责人是我的亲属"),
        ("回避。\n按规定应当回避。", Command.RECUSE, "按规定应当回避。"),
        ("迴避\n亲属", Command.RECUSE, "亲属"),
        ("RECUSE\nThe applicant is my brother.", Command.RECUSE, "The applicant is my brother."),
        ("拿回\n点错了", Command.TAKE_BACK, "点错了"),
        ("拿回，点错了", Command.TAKE_BACK, "点错了"),
        ("拿回\n上一封作废，应当退回修改", Command.TAKE_BACK, "上一封作废，应当退回修改"),
        ("take back\nI clicked the wrong one", Command.TAKE_BACK, "I clicked the wrong one"),
    ],
)
def test_an_exact_command_is_taken_and_the_reason_stands_below(text: str, command: Command, opinion: str) -> None:
    found = said(text)
    assert (found.command, found.opinion, found.whom) == (command, opinion, "")


@pytest.mark.parametrize(
    ("line", "command", "whom"),
    [
        ("转办 省财政厅", Command.HAND_OVER, "省财政厅"),
        ("转办省财政厅", Command.HAND_OVER, "省财政厅"),
        ("转办：省财政厅。", Command.HAND_OVER, "省财政厅"),
        ("转办给省财政厅", Command.HAND_OVER, "省财政厅"),
        ("转办至 330110@zj.example", Command.HAND_OVER, "330110@zj.example"),
        ("轉辦 省财政厅", Command.HAND_OVER, "省财政厅"),
        ("转办 “省财政厅”", Command.HAND_OVER, "省财政厅"),
        ("转办 省经济和信息化厅（省数据局）", Command.HAND_OVER, "省经济和信息化厅（省数据局）"),
        ("转办 不动产登记中心", Command.HAND_OVER, "不动产登记中心"),
        ("hand over to czt", Command.HAND_OVER, "czt"),
        ("Hand over to Zhang.San@zj.example", Command.HAND_OVER, "Zhang.San@zj.example"),
        ("hand over to return@zj.example", Command.HAND_OVER, "return@zj.example"),
        ("委派 省财政厅", Command.LEND, "省财政厅"),
        ("lend to Provincial Department of Finance", Command.LEND, "Provincial Department of Finance"),
    ],
)
def test_the_rest_of_the_line_says_whom(line: str, command: Command, whom: str) -> None:
    found = said(f"{line}\n请贵单位研究是否同意、是否退回")
    assert (found.command, found.whom, found.opinion) == (command, whom, "请贵单位研究是否同意、是否退回")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("不弃权", Problem.NEGATED),
        ("弃权？", Problem.NEGATED),
        ("弃权吗", Problem.NEGATED),
        ("是否弃权", Problem.NEGATED),
        ("弃权：情况未掌握", Problem.NEGATED),
        ("弃权，但我同意", Problem.SEVERAL),
        ("弃权 同意", Problem.SEVERAL),
        ("同意 弃权", Problem.SEVERAL),
        ("弃权\n不同意", Problem.SEVERAL),
        ("弃权\n不弃权", Problem.SEVERAL),
        ("弃权\n以上答复作废", Problem.SEVERAL),
        ("I don't abstain", Problem.NEGATED),
        ("不回避", Problem.NEGATED),
        ("回避？", Problem.NEGATED),
        ("无需回避", Problem.UNKNOWN),
        ("回避\n弃权", Problem.SEVERAL),
        ("回避\n同意", Problem.SEVERAL),
        ("同意\n我回避", Problem.SEVERAL),
        ("同意\n请转办省财政厅", Problem.SEVERAL),
        ("同意，转办省财政厅", Problem.SEVERAL),
        ("不同意\n弃权", Problem.SEVERAL),
        ("退回\n转办 省财政厅", Problem.SEVERAL),
        ("不转办", Problem.NEGATED),
        ("不转办 省财政厅", Problem.NEGATED),
        ("转办？", Problem.NEGATED),
        ("转办 省财政厅？", Problem.NEGATED),
        ("转办省财政厅吗", Problem.NEGATED),
        ("转办", Problem.NOBODY),
        ("转办。", Problem.NOBODY),
        ("转办给", Problem.NOBODY),
        ("转办\n省财政厅", Problem.NOBODY),
        ("hand over", Problem.NOBODY),
        ("hand over to", Problem.NOBODY),
        ("委派：", Problem.NOBODY),
        ("转办 省财政厅\n不转办了", Problem.SEVERAL),
        ("转办 省财政厅\n同意", Problem.SEVERAL),
        ("转办 省财政厅\n上面的答复作废", Problem.SEVERAL),
        ("转办同意", Problem.SEVERAL),
        ("转办或委派 省财政厅", Problem.SEVERAL),
        ("请转办 省财政厅", Problem.UNKNOWN),
        ("应当转办", Problem.UNKNOWN),
        ("转\u200b办 省财政厅", Problem.INVISIBLE),
        ("转办 省\u202e财政厅", Problem.INVISIBLE),
        ("不拿回", Problem.NEGATED),
        ("拿回？", Problem.NEGATED),
        ("拿回\n不拿回", Problem.SEVERAL),
        ("拿回\n不同意", Problem.SEVERAL),
        ("转办 " + "省" * 300, Problem.UNKNOWN),
    ],
)
def test_anything_else_moves_nothing_and_says_why(text: str, problem: Problem) -> None:
    found = said(text)
    assert (found.command, found.whom, found.problem) == (None, "", problem)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("退回\n请说明评审专家是否回避。", Command.RETURN),
        ("不同意\n关联单位应当回避。", Command.REFUSE),
        ("不同意\n此件已委派专人核实，资金未落实。", Command.REFUSE),
    ],
)
def test_a_reason_may_name_what_is_no_yes_and_no_no(text: str, command: Command) -> None:
    assert said(text).command is command


@pytest.mark.parametrize("act", ["report", "accept"])
@pytest.mark.parametrize("line", ["弃权", "回避", "转办 省财政厅", "委派 省财政厅", "拿回"])
def test_a_duty_takes_none_of_them(line: str, act: str) -> None:
    assert said(f"{line}\n理由", act).command is None


def test_a_formatted_text_that_names_somebody_else_stops_it() -> None:
    parts = [("plain", "转办 省财政厅\n理由"), ("html", "<p>转办 省科技厅</p><p>理由</p>")]
    body = "".join(f"--b\r\nContent-Type: text/{kind}; charset=utf-8\r\n\r\n{text}\r\n" for kind, text in parts)
    head = "From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n"
    assert read(f"{head}{body}--b--\r\n".encode()).problem is Problem.DISAGREE


@given(
    st.text("不没别勿?？吗否非未", min_size=1, max_size=3),
    st.sampled_from(["弃权", "回避", "转办 省财政厅", "委派 czt", "拿回"]),
)
def test_a_word_of_doubt_before_it_stops_every_one(doubt: str, line: str) -> None:
    assert said(doubt + line).command not in MOVES
