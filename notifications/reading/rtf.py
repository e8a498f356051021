"""The RTF of winmail.dat: unpacked (MS-OXRTFCP), and its text or the HTML inside it (MS-OXRTFEX)."""

import re
import struct
from typing import NamedTuple

#: What the dictionary of the packer holds at first (2.1.2.1).
_PRELOAD = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans Serif"
    rb"SymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
_WINDOW = 4_096
_TOKEN = re.compile(
    rb"\\(?:'(?P<hex>[0-9a-fA-F]{2})|(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})? ?|(?P<symbol>[^a-zA-Z']))"
    rb"|(?P<brace>[{}])|(?P<text>[^\\{}\r\n]+)|[\r\n]+|\\",
    re.DOTALL,
)
#: Groups whose content is no text of the message.
_ASIDE = frozenset(
    b"fonttbl colortbl stylesheet info pict object header footer listtable listoverridetable themedata xmlnstbl"
    b" datastore latentstyles generator pntext fldinst bkmkstart bkmkend mhtmltag".split()
)
#: Hidden or struck out; what it hides leaves a mark, as in HTML.
_HIDING = frozenset({b"v", b"strike", b"striked"})
_SCAR = "\u200b"
_BREAKS = {b"par": "\n", b"line": "\n", b"row": "\n", b"cell": " ", b"tab": "\t", b"sect": "\n", b"page": "\n"}
_SYMBOLS = {b"~": "\u00a0", b"_": "-", b"{": "{", b"}": "}", b"\\": "\\", b"\n": "\n", b"\r": "\n"}
_CODEPAGES = {936: "gb18030", 950: "cp950", 65001: "utf-8", 932: "cp932", 949: "cp949"}
#: \fcharset numbers of the fonts that mail is written in.
_CHARSETS = {134: "gb18030", 136: "cp950", 128: "cp932", 129: "cp949", 0: "cp1252"}
_FONT = re.compile(rb"\\f(\d{1,5})[^{};]*?\\fcharset(\d{1,3})")


class Rtf(NamedTuple):
    """``plain`` or ``html``, and the text."""

    subtype: str
    text: str


def unpacked(packed: bytes, most: int) -> Rtf:
    """Return what compressed RTF says; raises ValueError beyond ``most`` bytes."""
    rtf = decompressed(packed, most)
    is_html = rb"\fromhtml" in rtf[:2_000]
    return Rtf("html" if is_html else "plain", _Text(rtf, is_html=is_html).read())


def decompressed(packed: bytes, most: int) -> bytes:
    """LZFu, or as it is (2.1.3)."""
    _, size, kind = struct.unpack_from("<III", packed)
    if kind == 0x414C454D:
        return packed[16:]
    if kind != 0x75465A4C:
        raise ValueError("no compressed RTF")
    if size > most:
        raise ValueError("the RTF is too long")
    window, written = bytearray(_PRELOAD.ljust(_WINDOW, b"\0")), len(_PRELOAD)
    out, at = bytearray(), 16
    while at < len(packed) and len(out) < size:
        control, at = packed[at], at + 1
        for bit in range(8):
            if at >= len(packed) or len(out) >= size:
                break
            if not control >> bit & 1:
                piece, at = packed[at : at + 1], at + 1
            else:
                (reference,) = struct.unpack_from(">H", packed, at)
                start, length, at = reference >> 4, (reference & 15) + 2, at + 2
                if start == written % _WINDOW:
                    return bytes(out)
                piece = b""
                for step in range(length):
                    byte = window[(start + step) % _WINDOW : (start + step) % _WINDOW + 1]
                    window[written % _WINDOW : written % _WINDOW + 1] = byte
                    written, piece = written + 1, piece + byte
                out += piece
                continue
            window[written % _WINDOW : written % _WINDOW + 1] = piece
            written += 1
            out += piece
    return bytes(out)


class _Text:
    """One pass over the RTF; groups on a stack of our own."""

    def __init__(self, rtf: bytes, *, is_html: bool) -> None:
        self._rtf, self._is_html = rtf, is_html
        head = re.search(rb"\\ansicpg(\d{1,5})", rtf[:2_000])
        number = int(head[1]) if head else 1252
        self._codepage = _CODEPAGES.get(number) or (f"cp{number}" if number in range(1250, 1259) else "cp1252")
        self._fonts = {int(f): _CHARSETS[int(c)] for f, c in _FONT.findall(rtf[:50_000]) if int(c) in _CHARSETS}
        self._pieces: list[str] = []
        self._bytes = bytearray()
        #: whether the group is aside, hidden by \htmlrtf or \v, how many characters follow a \u, and its charset
        self._state: tuple[bool, bool, int, str] = (False, False, 1, self._codepage)
        self._stack: list[tuple[bool, bool, int, str]] = []
        self._skip = 0
        self._star = False

    def read(self) -> str:
        """Return the text."""
        for token in _TOKEN.finditer(self._rtf):
            if token["hex"]:
                self._byte(bytes([int(token["hex"], 16)]))
            elif token["text"]:
                self._byte(token["text"])
            elif token["word"]:
                self._word(token["word"], int(token["number"]) if token["number"] else None)
            elif token["brace"]:
                self._brace(token["brace"])
            elif token["symbol"] == b"*":
                self._star = True
            elif token["symbol"]:
                self._say(_SYMBOLS.get(token["symbol"], ""))
        self._flush()
        return "".join(self._pieces)

    def _brace(self, brace: bytes) -> None:
        self._flush()
        self._star = False
        if brace == b"{":
            self._stack.append(self._state)
        elif self._stack:
            self._state = self._stack.pop()

    def _word(self, word: bytes, number: int | None) -> None:
        self._flush()
        aside, hidden, follow, charset = self._state
        if word == b"htmltag" and self._is_html:
            aside = False
        elif self._star or word in _ASIDE:
            aside = True
        elif word in _HIDING or (word == b"htmlrtf" and self._is_html):
            hidden = number != 0
        elif word == b"plain" and not self._is_html:
            hidden = False
        elif word == b"uc":
            follow = min(number or 0, 8)
        elif word == b"f":
            charset = self._fonts.get(number or 0, self._codepage)
        self._star = False
        self._state = (aside, hidden, follow, charset)
        if word == b"u" and number is not None:
            self._say(chr(number % 65_536))
            self._skip = follow
        elif word in _BREAKS and not (self._is_html and hidden):
            self._say(_BREAKS[word])

    def _byte(self, data: bytes) -> None:
        skipped, self._skip = min(self._skip, len(data)), max(0, self._skip - len(data))
        if self._state[1] and not self._is_html and data[skipped:].strip():
            self._pieces.append(_SCAR)
        if not self._state[0] and not self._state[1]:
            self._bytes += data[skipped:]

    def _say(self, text: str) -> None:
        self._flush()
        if not self._state[0] and not self._state[1]:
            self._pieces.append(text)

    def _flush(self) -> None:
        if self._bytes:
            self._pieces.append(self._bytes.decode(self._state[3], "replace"))
            self._bytes.clear()
