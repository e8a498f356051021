"""Bytes to text, whatever the sender says the charset is. Never raises."""

import codecs
import re

#: Python's names of the codecs that mail may ask for. Others (punycode, idna ...) are slow or unsafe.
_ALLOWED = re.compile(
    r"utf-(7|8|16|16-le|16-be|32|32-le|32-be)|gb18030|hz|cp950|big5hkscs|iso8859-\d+|cp125\d|koi8-[ru]"
    r"|shift_jis|cp932|euc_jp|euc_kr|iso2022_(jp|kr)"
)
#: Names that understate what their senders use: GBK and GB18030 characters travel under "gb2312".
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "cp950", "utf-8-sig": "utf-8"}
_BOM = "\ufeff"
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]")


def decode(data: bytes, charset: str | None) -> str:
    """Text in the charset that the sender names, or in the likeliest one, without a byte order mark."""
    codec = _codec(charset)
    text = data.decode(codec, "replace") if codec else guess(data)
    return clean(text.removeprefix(_BOM))


def guess(data: bytes) -> str:
    """Text without a usable charset: UTF-8, else GB18030, else UTF-8 with replacement characters."""
    for codec in ("utf-8", "gb18030"):
        try:
            return data.decode(codec)
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", "replace")


def clean(text: str) -> str:
    r"""Only "\n" breaks a line; NUL and lone surrogates, which no database stores, become U+FFFD."""
    text = _BREAKS.sub("\n", text).replace("\x00", "\ufffd")
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _codec(charset: str | None) -> str | None:
    if not charset or not re.fullmatch(r"[A-Za-z0-9_.:-]{1,40}", charset):
        return None
    try:
        name = codecs.lookup(charset).name
    except (LookupError, ValueError):
        return None
    name = _WIDER.get(name, name)
    return name if _ALLOWED.fullmatch(name) else None
