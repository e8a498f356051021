"""Replies as real clients write them: tests/replies/*.eml, quoting a letter that says 同意 and 不同意."""

from pathlib import Path

import pytest

from notifications.reading import Command, read

REPLIES = Path(__file__).parents[1] / "replies"
YES, NO, BACK = Command.APPROVE, Command.REFUSE, Command.RETURN

EXPECTED = {
    "aliyun-zh": (BACK, "缺少审计报告"),
    "apple-mail-mac-zh": (NO, ""),
    "apple-mail-zh": (YES, ""),
    "coremail-zh": (YES, ""),
    "foxmail-zh": (NO, "投资额与附件不符\n\n张伟"),
    "gmail-alternative": (YES, ""),
    "gmail-en": (BACK, "the pledge of the county is missing"),
    "gmail-zh": (YES, ""),
    "netease-163-en-words": (YES, ""),
    "netease-163-zh": (BACK, "请补充县级承诺函"),
    "netease-html": (NO, ""),
    "netease-master-app": (YES, "| |\n张伟\n|"),
    "outlook-en": (NO, "Budget does not match the annex."),
    "outlook-html": (BACK, "材料不全"),
    "outlook-zh": (YES, "建议优先安排"),
    "qq-mail-html": (YES, "资料齐全"),
    "qq-mail-iphone-zh": (NO, ""),
    "qq-mail-zh": (YES, "资料齐全，建议支持。"),
    "reply-line-unknown-client": (YES, ""),
    "thunderbird-bottom-zh": (YES, ""),
    "traditional-big5": (NO, "金額過高"),
    "wecom-en": (YES, ""),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_reply_of_this_client_is_read_as_its_writer_meant(name: str) -> None:
    reading = read((REPLIES / f"{name}.eml").read_bytes())
    assert (reading.command, reading.opinion, reading.problem) == (*EXPECTED[name], None)


@pytest.mark.parametrize("name", EXPECTED)
def test_the_headers_of_this_client_are_read(name: str) -> None:
    reading = read((REPLIES / f"{name}.eml").read_bytes())
    assert reading.from_addresses == ("zhang.wei@county.example.cn",)
    assert reading.recipients == ("reply+k3y@liandong.example",)
    assert reading.message_id == f"<{name}.1@county.example.cn>"
    assert "[联动] 请推荐" in reading.subject
    assert reading.automatic is None


def test_every_body_in_the_folder_has_an_expected_reading() -> None:
    assert {path.stem for path in REPLIES.glob("*.eml")} == set(EXPECTED)
