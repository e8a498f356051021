"""SMTP smuggling: an end of DATA that one server sees and another does not makes two messages of one."""

import asyncio

import pytest

from approvals.database import Database
from models.event import EventKind
from models.letter import Letter
from models.settings import Settings
from tests.integration.mail_fixtures import reply_address, reply_to, sign_raw, stored, until
from tests.support.desk import Desk

pytestmark = [pytest.mark.usefixtures("receiver"), pytest.mark.parametrize("backend", ["sqlite"], indirect=True)]
#: Ends that some servers take for CRLF . CRLF (CVE-2023-51764 to 51766, CVE-2024-27305).
ENDS = [
    b"\n.\n",
    b"\r\n.\n",
    b"\n.\r\n",
    b"\r.\r",
    b"\r\n.\r",
    b"\r.\r\n",
    b"\r\n\0.\r\n",
    b"\r\n.\r\r\n",
    b"\r\n.\0\r\n",
]


async def hand_over(settings: Settings, to: str, data: bytes) -> list[bytes]:
    """Send one message as its bytes are; return what the server says after it, until it has hung up."""
    reader, writer = await asyncio.open_connection(settings.host, settings.receiver_port)
    await reader.readline()
    for line in ("HELO zj.example", "MAIL FROM:<a@zj.example>", f"RCPT TO:<{to}>", "DATA"):
        writer.write(f"{line}\r\n".encode())
        said = await reader.readline()
        assert said[:1] in b"23", said
    writer.write(data + b"\r\n.\r\nQUIT\r\n")
    rest = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    return rest.splitlines()


@pytest.mark.parametrize("end", ENDS)
async def test_a_message_within_a_message(
    end: bytes, letter: Letter, settings: Settings, db: Database, desk: Desk
) -> None:
    to = reply_address(letter, settings)
    inner = sign_raw(settings, reply_to(letter, settings, "同意\n").as_bytes())
    commands = f"MAIL FROM:<330110@zj.example>\r\nRCPT TO:<{to}>\r\nDATA\r\n".encode()
    outer = b"From: thief@evil.example\r\nTo: x\r\nSubject: x\r\n\r\nhello"
    said = await hand_over(settings, to, outer + end + commands + inner.replace(b"\n", b"\r\n"))
    assert len([line for line in said if line.startswith(b"250")]) <= 1, said

    async def judged() -> bool:
        return all(mail.judged_at for mail in await stored(db))

    await until(judged)
    assert len(await stored(db)) <= 1
    assert await desk.events(EventKind.DECIDED) == []
