"""What real programs send says by itself how it is cut into parts, also where a signature covers no Content-Type."""

from pathlib import Path

import pytest

from notifications.authentic.shape import shaped

REAL = sorted((Path(__file__).parents[1] / "corpus").glob("real-*.eml"))


@pytest.mark.parametrize("file", REAL, ids=lambda file: file.stem)
def test_the_parts_of_a_real_message_begin_where_its_text_does(file: Path) -> None:
    head, body = file.read_bytes().replace(b"\n", b"\r\n").split(b"\r\n\r\n", 1)
    assert shaped(head, body)
    assert shaped(head, b"\xe5\x90\x8c\xe6\x84\x8f\r\n" + body) is (b"multipart/" not in head)
