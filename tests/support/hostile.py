"""Messages that try to make their reader hang or swell: each as large as it may be, made when it is asked for."""

import base64
import random
import struct
from collections.abc import Callable

from tests.support.winmail import winmail

MOST = 24_900_000
FROM = b"From: zhang.wei@county.example.cn\r\nMIME-Version: 1.0\r\n"
YES = "同意\r\n".encode()
MIXED = FROM + b"Content-Type: multipart/mixed; boundary=q\r\n\r\n"
TEXT = FROM + b"Content-Type: text/plain; charset=utf-8\r\n\r\n"
HTML = FROM + b"Content-Type: text/html; charset=utf-8\r\n\r\n"
FILE = b"Content-Type: %s; name=a\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\n"


def noise(size: int) -> bytes:
    return random.Random(5).randbytes(size)


def filled(head: bytes, unit: bytes, most: int = MOST, tail: bytes = b"") -> bytes:
    """``head``, then as many of ``unit`` as there is room for."""
    return head + unit * ((most - len(head) - len(tail)) // len(unit)) + tail


def beside_an_answer(content: bytes, kind: bytes = b"application/octet-stream") -> bytes:
    """An answer with a file."""
    text = b"--q\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + YES
    return MIXED + text + b"--q\r\n" + FILE % kind + base64.encodebytes(content) + b"--q--\r\n"


def _encoded(kind: str) -> bytes:
    return FROM + f"Content-Type: text/plain\r\nContent-Transfer-Encoding: {kind}\r\n\r\n".encode()


def _nested(depth: int) -> bytes:
    return FROM + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(depth))


def _chunks(count: int) -> bytes:
    """An opaque signature in as many pieces, each of one byte (BER, indefinite length)."""
    octets = b"\x24\x80" + b"\x04\x01x" * count + b"\x00\x00"
    content = b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\xa0\x80" + octets + b"\x00\x00\x00\x00"
    inner = b"\x30\x80\x02\x01\x01\x31\x00" + content + b"\x31\x00\x00\x00"
    return b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80" + inner + b"\x00\x00\x00\x00"


def _opaque(content: bytes) -> bytes:
    head = b"Content-Type: application/pkcs7-mime; smime-type=signed-data\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return FROM + head + base64.encodebytes(content)


def _tnef(content: bytes) -> bytes:
    return FROM + _TNEF + base64.encodebytes(content)


def _properties(data: bytes) -> bytes:
    return struct.pack("<IHBHHI", 0x223E9F78, 1, 1, 0x9003, 6, len(data)) + data + b"\0\0"


_MANY = b"\xff" * 4
_PICTURE = '<p>同意</p><img src="data:image/png;base64,'.encode()
_NAMES = b"--q\nContent-Disposition: attachment" + b";filename*1*=b" * 250 + b"\n\nx\n"
_TNEF = b"Content-Type: application/ms-tnef\r\nContent-Transfer-Encoding: base64\r\n\r\n"
_OBJECT, _NO_TEXT = b"\x01" + bytes(10), struct.pack("<HHI", 3, 0x1000, 0)
_OCTETS = _chunks(0).replace(b"\x24\x80", b"\x24\x80" * 100_000)

HUGE: dict[str, Callable[[], bytes]] = {
    "a file of 18 MB": lambda: beside_an_answer(noise(17_900_000)),
    "a file as it is": lambda: filled(FROM + b"Content-Type: application/x\r\n\r\n", b"x\x00\xff>" * 9),
    "one line of text": lambda: filled(TEXT, b"x"),
    "lines of text": lambda: filled(TEXT, b"x" * 25 + b"\n"),
    "empty lines": lambda: filled(TEXT, b"\n", 990_000),
    "lines that end in CR": lambda: filled(TEXT, b"x" * 25 + b"\r"),
    "noise": lambda: TEXT + noise(MOST - 200),
    "noise in GB18030": lambda: TEXT.replace(b"utf-8", b"gb18030") + noise(1_990_000),
    "noise in ISO-2022-KR": lambda: TEXT.replace(b"utf-8", b"iso-2022-kr") + noise(1_990_000),
    "UTF-7": lambda: filled(TEXT.replace(b"utf-8", b"utf-7"), b"+VAxgDw-", 1_990_000),
    "quoted-printable": lambda: filled(_encoded("quoted-printable"), b"=E5=90=8C" * 8 + b"=\n"),
    "quoted-printable, all breaks": lambda: filled(_encoded("quoted-printable"), b"=\n", 1_900_000),
    "uuencode": lambda: filled(_encoded("x-uuencode") + b"begin 644 a\n", b"M" + b"x" * 60 + b"\n"),
    "base64 garbage": lambda: filled(_encoded("base64"), b"!@\xff=" * 20 + b"\n"),
    "a picture in HTML": lambda: filled(HTML + _PICTURE, b"A", tail=b'">'),
    "tags": lambda: filled(HTML, b"<p>x</p>"),
    "tags as many as are read": lambda: filled(HTML, b"<b><i x='", 90_000),
    "tags with styles": lambda: filled(HTML, b"<b style='" + b"color:red;" * 4 + b"'>", 450_000),
    "a style sheet": lambda: filled(HTML + b"<style>", b".a{color:#fff}", 490_000),
    "a style of spaces": lambda: filled(HTML + b"<p style='transform:", b" ", 490_000, b"'>x</p>"),
    "entities": lambda: filled(HTML, b"&#x200b;", 490_000),
    "a subject": lambda: filled(FROM + b"Subject: ", b"x", tail=b"\n\nx"),
    "a folded subject": lambda: filled(FROM + b"Subject: ", b"x\n ", 240_000, b"\n\nx"),
    "encoded words in the subject": lambda: filled(FROM + b"Subject: ", b"=?utf-8?B?5ZCM?= ", 240_000, b"\n\nx"),
    "encoded words in From": lambda: filled(b"From: ", b"=?utf-8?Q?=41?= ", 4_900, b"<a@b.cn>\n\nx"),
    "encoded words that are one": lambda: filled(b"From: =?utf-8?Q?", b"=41", 4_900, b"?= <a@b.cn>\n\nx"),
    "comments in From": lambda: filled(b"From: ", b"(", 4_900, b"<a@b.cn>\n\nx"),
    "quotes in From": lambda: filled(b"From: ", b'"\\"', 4_900, b"<a@b.cn>\n\nx"),
    "addresses in From": lambda: filled(b"From: ", b"a@b.cn,", 4_900, b"a@b.cn\n\nx"),
    "groups in From": lambda: filled(b"From: ", b"g:", 4_900, b";\n\nx"),
    "angle brackets in From": lambda: filled(b"From: ", b"<", 4_900, b"\n\nx"),
    "many From headers": lambda: filled(b"", b"From: a@b.cn\n", 4_900, b"\nx"),
    "many recipients": lambda: filled(FROM, b"To: " + b"a@b.cn," * 2_000 + b"\n", 240_000, b"\nx"),
    "a header of parameters": lambda: filled(FROM + b"Content-Type: text/plain", b";a*0*=b", 4_000, b"\n\nx"),
    "parameters in each part": lambda: filled(MIXED, _NAMES, 700_000),
    "nested a thousand deep": lambda: _nested(1_000),
    "nested as deep as is read": lambda: _nested(19),
    "ten thousand parts": lambda: filled(MIXED, b"--q\r\n\r\nx\r\n", 100_000),
    "parts of 125 kB": lambda: filled(MIXED, b"--q\r\n\r\n" + b"x" * 125_500 + b"\r\n"),
    "boundaries": lambda: filled(MIXED, b"--q\n", 1_990_000),
    "lines like boundaries": lambda: filled(TEXT, b"--x" + b" " * 1_200 + b"\n"),
    "short lines like boundaries": lambda: filled(MIXED, b"--x\n\n", 99_000, b"--q\n\nx\n--q--\n"),
    "reports in reports": lambda: filled(FROM, b"Content-Type: message/rfc822\n\n", 5_800),
    "quoted lines": lambda: filled(TEXT + YES, b"> " * 12 + b"\n", 240_000),
    "lines that may introduce": lambda: filled(TEXT + YES, b"On 1 <a@b> " + b"x" * 15 + b"\n", 290_000),
    "lines that may head": lambda: filled(TEXT + YES, b"From: x x x x x x x x x x x x\n", 290_000),
    "dashes": lambda: filled(TEXT + YES, b"-", 290_000),
    "stops, line by line": lambda: filled(TEXT + YES, b"." * 24 + b"\n", 240_000),
    "spaces after a sum's word": lambda: filled(TEXT + YES, "按".encode() + b" " * 400, 290_000),
    "spaces on the first line": lambda: filled(TEXT + "同意，按".encode(), b" ", 290_000, b"x"),
    "not, not, not": lambda: filled(TEXT + b"approve\n", b"not a ", 290_000),
    "hand over to a long name": lambda: filled(TEXT + b"hand over to ", b"a", 290_000),
    "format=flowed": lambda: filled(FROM + b"Content-Type: text/plain; format=flowed\n\n", b"> x \n", 48_000),
    "winmail.dat of tiny objects": lambda: _tnef(winmail() + _OBJECT * 1_600_000),
    "winmail.dat that counts to four thousand million": lambda: _tnef(_properties(_MANY + b"\x03\x10\0\0" * 4)),
    "winmail.dat of four thousand million values": lambda: _tnef(_properties(b"\1\0\0\0\x1e\x10\0\x10" + _MANY)),
    "winmail.dat with many properties": lambda: _tnef(_properties(struct.pack("<I", 2_000_000) + _NO_TEXT * 2_000_000)),
    "winmail.dat with a long text": lambda: _tnef(winmail(plain="按 " * 900_000)),
    "winmail.dat with a long RTF": lambda: _tnef(winmail(rtf=b"{\\rtf1 " + b"\\u21516?" * 32_000)),
    "winmail.dat with an RTF that never closes": lambda: _tnef(winmail(rtf=b"{\\rtf1 " + b"{\\b" * 95_000)),
    "winmail.dat with a file": lambda: _tnef(winmail(plain="同意", files={"a": bytes(17_000_000)})),
    "an opaque signature of tiny pieces": lambda: _opaque(_chunks(5_000_000)),
    "an opaque signature, nested": lambda: _opaque(b"\x30\x80" * 8_000_000),
    "an opaque signature of octets in octets": lambda: _opaque(_OCTETS),
    "opaque signatures of the same": lambda: _opaque(_chunks(60_000)),
}
