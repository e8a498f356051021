"""Builds a message byte by byte, as programs do and libraries would not let us."""

import base64
import quopri
from email.header import Header

from tests.corpus.programs import SENDER, US


def encoded(data: bytes, encoding: str) -> bytes:
    if encoding == "base64":
        return base64.encodebytes(data)
    return quopri.encodestring(data) if encoding == "quoted-printable" else data


def part(kind: str, text: str | bytes, charset: str = "utf-8", encoding: str = "8bit", extra: str = "") -> bytes:
    """One part with its headers; a text has CRLF line ends before it is encoded."""
    # What programs call gb2312 is the wider set of GBK, which has the dash of our line.
    codec = {"gb2312": "gbk"}.get(charset, charset)
    data = text if isinstance(text, bytes) else text.replace("\n", "\r\n").encode(codec)
    named = f"; charset={charset}" if isinstance(text, str) and charset else ""
    body = encoded(data, encoding).replace(b"\r\n", b"\n")
    return f"Content-Type: {kind}{named}{extra}\nContent-Transfer-Encoding: {encoding}\n\n".encode() + body


def multipart(kind: str, *parts: bytes, boundary: str = "=_b0undary", extra: str = "") -> bytes:
    inside = b"".join(f"--{boundary}\n".encode() + p.rstrip(b"\n") + b"\n" for p in parts)
    return (
        f'Content-Type: multipart/{kind}{extra}; boundary="{boundary}"\n\n'.encode()
        + inside
        + f"--{boundary}--\n".encode()
    )


def attachment(
    name: str, content: bytes, kind: str = "application/octet-stream", disposition: str = "attachment"
) -> bytes:
    head = f"Content-Type: {kind}\nContent-Disposition: {disposition}; {name}\nContent-Transfer-Encoding: base64\n\n"
    return head.encode() + base64.encodebytes(content)


def letter(
    name: str,
    body: bytes,
    *,
    header: str = "",
    subject: str = "回复：[联动] 请推荐：智能传感器产业化项目",
    sender: str = "",
) -> bytes:
    """The whole message, with CRLF line ends."""
    try:
        charset = "gb18030" if "gb" in header.lower() else "utf-8"
        coded = Header(subject, charset, maxlinelen=900).encode()
    except UnicodeError:
        coded = subject
    who = sender or f"=?utf-8?B?{base64.b64encode('张伟'.encode()).decode()}?= <{SENDER}>"
    head = (
        f"From: {who}\nTo: {US}\nSubject: {coded}\nDate: Mon, 23 Nov 2026 10:00:00 +0800\n"
        f"Message-ID: <{name}.1@county.example.cn>\nIn-Reply-To: <1@liandong.example>\nMIME-Version: 1.0\n"
        + (f"{header}\n" if header else "")
    )
    return head.encode().replace(b"\n", b"\r\n") + body.replace(b"\n", b"\r\n")
