"""What the practice mailbox sends as each mail program is read as its person meant it."""

from email.message import EmailMessage
from email.policy import SMTP

import pytest

from notifications.practice.clients import Client
from notifications.practice.reply import compose_reply
from notifications.reading import read
from notifications.reading.clients import REPLY_LINE


@pytest.mark.parametrize("line", [REPLY_LINE, ""])
@pytest.mark.parametrize("client", Client)
@pytest.mark.parametrize("text", ["同意\n资料齐全，建议支持。", "approve\nAll papers are there."])
def test_every_client_quotes_so_that_the_reply_is_read(client: Client, text: str, line: str) -> None:
    asked = EmailMessage()
    asked["From"], asked["To"] = "联动 Liandong <no-reply@liandong.example>", "张伟 <330110@zj.example>"
    asked["Subject"], asked["Date"] = "请作决定", "Mon, 23 Nov 2026 01:00:00 +0000"
    asked["Reply-To"], asked["Message-ID"] = "reply+x@liandong.example", "<1@liandong.example>"
    asked.set_content(f"{line}\n\n不同意\n请答复：同意 / 不同意 / 退回")
    reply = compose_reply(asked.as_bytes(policy=SMTP), text, client)
    reading = read(reply.as_bytes(policy=SMTP))
    assert reading.new_text.replace("发自我的 iPhone", "").strip() == text
    assert reading.command is not None
    assert reading.from_addresses == ("330110@zj.example",)
