"""What answers an objection by reply: never a word that could mean the award instead of the objection."""

import pytest

from notifications.reading.commands import Command, Problem, judge
from notifications.reading.words import OBJECTION


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("不成立\n经核实，所述情况不属实，不予采纳。", Command.APPROVE),
        ("异议不成立。\n去年的补助是另一车间的，异议理由不成立。", Command.APPROVE),
        ("Not upheld\nThe subsidy was for another workshop.", Command.APPROVE),
        ("成立退回\n请申请单位更正设备清单。", Command.RETURN),
        ("异议成立，退回\n请更正。", Command.RETURN),
        ("Upheld, return\nPlease correct the list.", Command.RETURN),
        ("成立不予支持\n重复享受补助。", Command.REFUSE),
        ("异议成立，不予支持\n查实重复享受。", Command.REFUSE),
        ("upheld refuse\nIt was paid twice.", Command.REFUSE),
    ],
)
def test_the_first_line_answers_the_objection(text: str, command: Command) -> None:
    assert judge(text, OBJECTION).command is command


@pytest.mark.parametrize(
    "text",
    [
        "同意\n该异议有道理。",
        "不同意\n该异议没有道理。",
        "成立\n退回",
        "异议成立",
        "upheld",
        "approve",
        "refuse",
        "退回",
        "驳回",
        "不成立退回",
        "不成立，退回",
        "成立",
        "并非不成立",
        "not upheld?",
        "不成立\n成立",
        "不成立\n成立退回",
        "不成立\n我们认为异议成立。",
        "不成立\n同意",
        "不成立\n但请先补充材料。",
        "不成立\n写错了，请作废。",
        "成立退回\n不成立",
        "成立退回\n成立不予支持",
        "upheld return\nnot upheld",
        "not upheld\nupheld",
    ],
)
def test_what_could_mean_the_other_thing_decides_nothing(text: str) -> None:
    judged = judge(text, OBJECTION)
    assert judged.command is None, judged
    assert judged.problem in set(Problem)
