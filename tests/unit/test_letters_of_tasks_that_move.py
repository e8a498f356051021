"""What letters say of moves: who handed over, lent, added, removed or called back, and why; and what an opinion is."""

import pytest

from approvals.moves.add import add
from approvals.moves.hand_over import hand_over
from approvals.moves.lend import lend, recall
from approvals.moves.remove import remove
from approvals.moves.take_back import take_back
from models.letter import Letter
from models.settings import Settings
from models.states import Channel, Outcome
from notifications.rendering.render import render
from tests.support.desk import Desk
from tests.support.seats import LINA, at_cosignature, counted, with_colleagues
from tests.unit.test_letters import LANGUAGES, bodies

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


def texts(letter: Letter, settings: Settings) -> list[str]:
    """Return the text of ``letter`` in Chinese and in English."""
    said = []
    for letter.language in LANGUAGES:
        text, html = bodies(render(letter, settings))
        assert "None" not in text + html
        said.append(" ".join(text.split()))
    return said


async def newest(desk: Desk, kind: str, address: str) -> Letter:
    return (await desk.letters(kind, address=address))[0]


async def test_whoever_is_asked_reads_by_whom_and_why(desk: Desk, settings: Settings) -> None:
    await with_colleagues(desk)
    await at_cosignature(desk)
    counted(await desk.move("czt", hand_over, "jxt", "属贵厅职能", token=(await desk.tokens_of("czt"))[0]))
    zh, en = texts(await newest(desk, "ask", "jxt@zj.example"), settings)
    assert "省财政厅已将此件转办给省经信厅：“属贵厅职能”" in zh
    assert "Finance has handed this over to Provincial Department of Economy" in en
    await desk.move_as_operator("jxt", add, "sjj", "beside", "涉及数据")
    zh, en = texts(await newest(desk, "ask", "sjj@zj.example"), settings)
    assert "运行人员请省数据局一并办理此件（加签）：“涉及数据”" in zh
    assert "The operator has added Provincial Data Bureau to those who answer this: “涉及数据”" in en
    assert "同意”“不同意”“退回”其中之一" in zh


async def test_whoever_lends_and_whoever_borrows_read_what_for(desk: Desk, settings: Settings) -> None:
    await at_cosignature(desk)
    counted(await desk.move("czt", lend, "jxt", "产能是否过剩？"))
    zh, en = texts(await newest(desk, "ask", "jxt@zj.example"), settings)
    assert "省财政厅就此件征求省经信厅的意见：“产能是否过剩？”" in zh
    assert "asks Provincial Department of Economy and Information Technology for an opinion on this" in en
    assert "不计入表决" in zh
    assert "it is no vote" in en
    assert "进入下一环节" not in zh
    await desk.answer("jxt", Outcome.REFUSE, "过剩")
    zh, en = texts(await newest(desk, "ask", "czt@zj.example"), settings)
    assert "省经信厅已就此件提出意见：不同意（“过剩”）。现请省财政厅继续办理。" in zh
    assert "has given its opinion: Refuse (“过剩”)." in en
    assert "不计入表决" not in zh


async def test_whoever_is_asked_no_more_reads_what_happened(desk: Desk, settings: Settings) -> None:
    await with_colleagues(desk)
    await at_cosignature(desk)
    said = {}
    await desk.move_as_operator("fgw", hand_over, LINA, "出差")
    said["fgw@zj.example"] = (
        "运行人员已将项目“万卡集群训练框架”的“会签”转办给省发展改革委（李娜）：“出差”",
        "The operator has handed the stage “Co-signature” of “万卡集群训练框架” over to Provincial Development",
    )
    counted(await desk.move("czt", add, "jxt", "beside", "请会签"))
    await desk.move_as_operator("jxt", remove, "", "单位撤并")
    said["jxt@zj.example"] = (
        "运行人员已将省经信厅从项目“万卡集群训练框架”的“会签”环节减签：“单位撤并”",
        "The operator has removed Provincial Department of Economy",
    )
    (mine,) = await desk.tokens_of("czt")
    counted(await desk.move("czt", lend, "sjj", "请提意见"))
    counted(await desk.move("czt", recall, "不需要了", token=mine))
    said["sjj@zj.example"] = (
        "省财政厅不再需要贵单位对项目“万卡集群训练框架”的意见：“不需要了”",
        "does not need your opinion on “万卡集群训练框架” any more: “不需要了”",
    )
    for address, (in_zh, in_en) in said.items():
        zh, en = texts(await newest(desk, "no_longer_asked", address), settings)
        assert in_zh in zh
        assert in_en in en
        assert "链接和回复地址已经失效" in zh


async def test_whoever_was_next_reads_that_the_one_before_took_back(desk: Desk, settings: Settings) -> None:
    await desk.submit()
    (mine,) = await desk.tokens_of("@county:330110")
    await desk.answer("@county:330110", channel=Channel.LINK)
    counted(await desk.db.write(take_back, desk.office, mine, "点错了", Channel.LINK, desk.clock.tick()))
    zh, en = texts(await newest(desk, "no_longer_asked", "330100@zj.example"), settings)
    assert "前一环节的单位已拿回其答复" in zh
    assert "has taken its answer" in en
