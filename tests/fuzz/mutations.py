"""Mutations that know mail: of the corpus' messages, and of messages put together from pieces. All from one seed."""

import random
from collections.abc import Iterator
from pathlib import Path

CORPUS = Path(__file__).parents[1] / "corpus"
#: Larger ones are left out: the loop is about shapes, and huge messages have a test of their own.
_LONGEST = 12_000

PIECES: tuple[bytes, ...] = (
    b"From: a@county.example.cn\r\n",
    b"From: boss@city.example.cn, <",
    b"Subject: =?gb2312?B?zazS4g==?=\r\n",
    b"Subject: =?utf-8?Q?",
    b"MIME-Version: 1.0\r\n",
    b"Content-Type: multipart/mixed; boundary=q\r\n\r\n",
    b"Content-Type: multipart/alternative; boundary=\"q\"\r\n\r\n",
    b"Content-Type: multipart/signed; boundary=q\r\n\r\n",
    b"Content-Type: text/plain; charset=utf-8\r\n",
    b"Content-Type: text/plain; format=flowed; delsp=yes\r\n\r\n",
    b"Content-Type: text/html; charset=gb18030\r\n\r\n",
    b"Content-Type: message/rfc822\r\n\r\n",
    b"Content-Type: application/ms-tnef; name=winmail.dat\r\n",
    b"Content-Type: application/pkcs7-mime; smime-type=signed-data\r\n",
    b"Content-Type: text/calendar; method=REPLY\r\n",
    b"Content-Transfer-Encoding: base64\r\n",
    b"Content-Transfer-Encoding: quoted-printable\r\n",
    b"Content-Transfer-Encoding: x-uuencode\r\n",
    b"Content-Disposition: attachment; filename*0*=utf-8''%E5; filename*1=x\r\n",
    b"Content-Disposition: inline; filename=\"=?utf-8?B?5ZCM?=\"\r\n",
    b"\r\n--q\r\n",
    b"\r\n--q--\r\n",
    b"\r\n\r\n",
    b"\r",
    b"\x00",
    b"\xff\xfe",
    b"+VAxgDw-",
    b"\x78\x9f\x3e\x22\x01\x00\x01\x03\x90\x06\x00",
    b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80",
    b"{\\rtf1\\ansi\\u21516?\\'b2\\'bb{\\*\\htmltag64 <p>}",
    b"<div style=\"display:none\">",
    b"<blockquote>",
    b"<style>.a{color:white}</style><p class=a>",
    b"<!--",
    b"&#x200b;",
    b"> ",
    *(text.encode() for text in (
        "同意\r\n", "不同意\r\n", "退回，", "转办 ", "您好：\r\n", "approve\r\n", "-- \r\n", "写道：\r\n", "不", "？",
        "------------------ 原始邮件 ------------------\r\n", "发件人: x\r\n收件人: y\r\n", "免责声明：",
        "\u202e", "\u200b",
    )),
)  # fmt: skip


def seeds() -> list[bytes]:
    """Return the messages of the corpus, in the order of their names."""
    found = (path.read_bytes() for path in sorted(CORPUS.glob("*.eml")))
    return [raw for raw in found if len(raw) <= _LONGEST]


def inputs(seed: int, count: int) -> Iterator[bytes]:
    """Return ``count`` messages, the same for the same seed."""
    chance, known = random.Random(seed), seeds()
    for number in range(count):
        if number % 4 == 3:
            yield b"".join(chance.choice(PIECES) for _ in range(chance.randint(1, 24)))
        else:
            yield mutated(chance.choice(known), chance)


def mutated(raw: bytes, chance: random.Random) -> bytes:
    """Return ``raw`` with one to four changes."""
    for _ in range(chance.randint(1, 4)):
        raw = chance.choice(_CHANGES)(raw, chance)
    return raw


def _flip(raw: bytes, chance: random.Random) -> bytes:
    changed = bytearray(raw or b"x")
    for _ in range(chance.randint(1, 8)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _cut(raw: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(raw) + 1)
    return raw[:start] + raw[start + chance.randint(1, 400) :]


def _end(raw: bytes, chance: random.Random) -> bytes:
    return raw[: chance.randrange(len(raw) + 1)]


def _insert(raw: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(raw) + 1)
    return raw[:at] + chance.choice(PIECES) * chance.choice((1, 1, 1, 2, 30)) + raw[at:]


def _lines(raw: bytes, chance: random.Random) -> bytes:
    """One line twice, elsewhere, or gone."""
    lines = raw.split(b"\r\n")
    line = lines.pop(chance.randrange(len(lines)))
    for _ in range(chance.randrange(3)):
        lines.insert(chance.randint(0, len(lines)), line)
    return b"\r\n".join(lines)


def _header(raw: bytes, chance: random.Random) -> bytes:
    return chance.choice(PIECES[:20]) + raw


def _endings(raw: bytes, chance: random.Random) -> bytes:
    return raw.replace(b"\r\n", chance.choice((b"\n", b"\r", b"\r\r\n")))


def _word(raw: bytes, chance: random.Random) -> bytes:
    """A word of mail's grammar for another."""
    words = (b"utf-8", b"gb18030", b"utf-7", b"base64", b"quoted-printable", b"8bit", b"plain", b"html", b"mixed",
             b"alternative", b"related", b"attachment", b"inline", b"boundary", b"multipart", b"text")  # fmt: skip
    return raw.replace(chance.choice(words), chance.choice(words), chance.randint(1, 3))


_CHANGES = (_flip, _cut, _end, _insert, _insert, _lines, _header, _endings, _word)
