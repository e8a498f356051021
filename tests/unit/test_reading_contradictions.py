"""Replies that name a sum, or say two things at once: nothing is decided by them."""

import pytest

from models.case.sums import names_a_sum
from notifications.reading import Command, Problem, Reading, read

YES, NO, BACK = Command.APPROVE, Command.REFUSE, Command.RETURN


def said(text: str) -> Reading:
    return read(b"From: a@county.example.cn\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + text.encode())


@pytest.mark.parametrize(
    "line",
    [
        "同意 500万元",
        "同意 金额2000万元",
        "同意，500",
        "同意500万元",
        "同意：一千万",
        "同意，伍佰万元整",
        "同意 五百元",
        "同意，请核减",
        "同意，按一半支持",
        "同意 ①",
        "同意 ５００万",
        "approve 5 million",
        "approve, half",
        "Approve: 2,000,000 yuan",
        "approve 5m",
    ],
)
def test_a_first_line_with_a_number_or_a_sum_decides_nothing(line: str) -> None:
    assert (said(line).command, said(line).problem) == (None, Problem.AMOUNT)


@pytest.mark.parametrize(
    "text",
    [
        "同意\n我不同意",
        "同意\n经研究，不同意本项目",
        "同意\n经研究，我局不 同意本项目",
        "同意\n经研究，我局不\n同意本项目",
        "同意\n本意见作废",
        "同意\n但金额过高",
        "同意\n否",
        "同意\n是否同意？",
        "同意\n并非同意",
        "同意\n不予支持",
        "同意\n建议退回",
        "同意\n张三\n以上答复撤回",
        "同意\n如果资金到位",
        "同意，不成立",
        "approve\nI do not approve this",
        "approve\nI don't\napprove of it",
        "approve\nI disagree",
        "approve\nbut only in part",
        "approve\nif the city pays",
        "approve\nPlease disregard this",
        "approve\nno",
        "不同意\n其实同意",
        "不同意\n并非不同意",
        "不同意\n暂不同意",
        "不同意\n上一封作废",
        "不同意\n还是批准吧",
        "退回\n不要退回",
        "退回\n可以同意",
        "reject\nI actually approve",
        "return\nI do not\nreturn it",
    ],
)
def test_a_reply_that_says_two_things_decides_nothing(text: str) -> None:
    assert said(text).command is None
    assert said(text).problem in {Problem.SEVERAL, Problem.NEGATED}


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("不同意\n不属于重点方向。", NO),
        ("不同意\n配套资金未落实。", NO),
        ("不同意\n经研究，不同意本项目，不属于重点方向。", NO),
        ("不同意\n无配套资金\n不符合条件", NO),
        ("退回\n请补充预算明细。", BACK),
        ("退回\n1. 请补充2026年预算500万元的明细。\n2. 未盖章，请盖章。", BACK),
        ("同意\n资料齐全，同意。", YES),
        ("同意\n同意推荐。", YES),
        ("同意\n符合申报条件，无不良记录，项目非常好。", YES),
        ("同意\n不但技术先进，而且冷却方案可行，若干单位参与。", YES),
        ("同意\n本邮件含保密信息，如果您不是收件人，请删除。", YES),
        ("同意\n张三\n科技处 0571-87050000\n2026年11月23日", YES),
        ("approve\nThe file is complete, no objections.", YES),
        ("approve\nApproved by the committee.", YES),
        ("approve\nIf you have any questions, please call.", YES),
        ("refuse\nThere is no funding and it does not fit.", NO),
    ],
)
def test_an_opinion_that_agrees_with_its_command_does_not_stop_it(text: str, command: Command) -> None:
    assert said(text).command is command


@pytest.mark.parametrize(
    "text",
    [
        "按500万元核定",
        "请减至一千万",
        "按 500 核定",
        "承诺 300万",
        "三百万元",
        "2000w",
        "¥5,000,000",
        "RMB 3",
        "5 million",
        "at 3,000,000 yuan",
        "减半支持",
        "八折",
        "80%",
        "百分之五十",
        "适当核减",
        "reduce the amount",
        "1.5亿",
        "两千万",
        "壹仟万元",
        "资料齐全\n500",
        "5,000,000",
        "批500",
    ],
)
def test_a_sum_is_found_however_it_is_written(text: str) -> None:
    assert names_a_sum(text)


@pytest.mark.parametrize(
    "text",
    [
        "资料齐全，同意。",
        "12万卡集群训练框架可行",
        "万卡集群项目",
        "按2026年计划实施",
        "张三 0571-87050000",
        "一致同意，第一环节无异议",
        "张三\n87050000\n310000",
        "The file is complete.",
        "以上两项材料已核对",
    ],
)
def test_a_text_without_a_sum_is_not_taken_for_one_with(text: str) -> None:
    assert not names_a_sum(text)
