"""What Roundcube adds to somebody's words goes, and only that."""

import pytest

from notifications.reading.quotes import new_text

LINK = "https://liandong.example/d/k3y"


def test_the_links_of_our_letter_are_no_part_of_an_opinion() -> None:
    assert (
        new_text(f"不同意\n材料不全。\n\n> 请答复 [1]\n\n\nLinks:\n------\n[1] {LINK}\n[2] {LINK}")
        == "不同意\n材料不全。"
    )


@pytest.mark.parametrize(
    "own",
    [
        "退回\nLinks:\n请补充链接。",
        "退回\nLinks:\n------\n请补充链接。",
        f"退回\n请看\n[1] {LINK}",
        "退回\n请按在 2026-11-24 会上 王厅长 写道：",
    ],
)
def test_somebodys_own_words_stay(own: str) -> None:
    assert new_text(own) == own


def test_what_introduces_a_quotation_goes_also_behind_words() -> None:
    said = "退回\n请补充预算明细。在 2026-11-24 08:01，联动 Liandong 写道：\n\n> 请答复"
    assert new_text(said) == "退回\n请补充预算明细。"
