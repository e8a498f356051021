"""What can be seen in a PDF without a reader: its pages, its fonts, what it says of itself."""

import re
import zlib


def inflated(pdf: bytes) -> bytes:
    """Return ``pdf`` with what is compressed in it unpacked behind it."""
    found = [pdf]
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            found.append(zlib.decompress(stream))
        except zlib.error:
            continue
    return b"\n".join(found)


def pages(pdf: bytes) -> int:
    """Return how many pages it has."""
    return len(re.findall(rb"/Type\s*/Page\b", inflated(pdf)))


def embedded_fonts(pdf: bytes) -> set[str]:
    """Return the names of the fonts that are inside, without the mark of a subset."""
    return {name.decode() for name in re.findall(rb"/FontName\s*/[A-Z]{6}\+([^\s/>]+)", inflated(pdf))}
