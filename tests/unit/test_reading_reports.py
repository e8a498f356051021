"""Reports on duties and their acceptance: words of their own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.reading import Command, Problem, Reading, read

YES = Command.APPROVE
HEAD = b"From: a@county.example.cn\r\nMIME-Version: 1.0\r\nContent-Type: text/%s; charset=utf-8\r\n\r\n"
PRINTABLE = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=30)


def said(text: str) -> Reading:
    return told(text, "")


DONE, GOING_ON = Command.DONE, Command.IN_PROGRESS


def told(text: str, act: str) -> Reading:
    return read(HEAD % b"plain" + text.encode(), act)


@pytest.mark.parametrize(
    ("text", "command", "opinion"),
    [
        ("完成\n开放 12 个，但 3 个未完成。", DONE, "开放 12 个，但 3 个未完成。"),
        ("已完成。\n好", DONE, "好"),
        ("Done\nall, not one missing", DONE, "all, not one missing"),
        ("进行中，资金已到位\n下月继续", GOING_ON, "资金已到位\n下月继续"),
        ("In progress: halfway\nmore soon", GOING_ON, "halfway\nmore soon"),
        ("進行中\n好", GOING_ON, "好"),
    ],
)
def test_a_report_has_words_of_its_own_and_may_tell_of_anything(text: str, command: Command, opinion: str) -> None:
    assert (told(text, "report").command, told(text, "report").opinion) == (command, opinion)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("同意\n好", Problem.UNKNOWN),
        ("approve", Problem.UNKNOWN),
        ("退回\n好", Problem.UNKNOWN),
        ("基本完成\n好", Problem.UNKNOWN),
        ("未完成\n好", Problem.NEGATED),
        ("not done\nyet", Problem.NEGATED),
        ("完成？", Problem.NEGATED),
        ("完成 进行中", Problem.SEVERAL),
        ("完成\n进行中。", Problem.SEVERAL),
        ("进行中\n已完成", Problem.SEVERAL),
        ("done\nNot done", Problem.SEVERAL),
        ("完成 12 个", Problem.AMOUNT),
        ("", Problem.NOTHING),
    ],
)
def test_a_report_that_is_not_clear_is_none(text: str, problem: Problem) -> None:
    assert (told(text, "report").command, told(text, "report").problem) == (None, problem)


@pytest.mark.parametrize("line", ["接受", "Accept.", "accepted", "通过验收", "同意", "approve"])
def test_the_lead_accepts_in_words_of_its_own_or_of_a_decision(line: str) -> None:
    assert told(line, "accept").command is YES


@pytest.mark.parametrize(
    "text", ["不接受\n不行", "不同意\n不行", "接受\n退回", "接受，但杭州重报", "accept?", "完成", "完成\n好"]
)
def test_anything_less_accepts_nothing(text: str) -> None:
    assert told(text, "accept").command is None


@pytest.mark.parametrize("text", ["完成", "done\nwell", "进行中", "in progress", "接受", "accept\nfine", "验收通过"])
def test_words_about_duties_are_no_decision(text: str) -> None:
    assert said(text).command is None


@given(st.sampled_from(["report", "accept", ""]), PRINTABLE, PRINTABLE)
def test_words_around_a_refusal_accept_nothing_and_report_nothing(act: str, before: str, after: str) -> None:
    assert told(f"{before}不同意{after}", act).command not in (YES, DONE)
