"""What is inside winmail.dat, opaque signatures, flowed and long bodies: held against other readers of the same."""

import base64
import contextlib
import dataclasses
import struct

import pytest
from asn1crypto import cms
from hypothesis import given
from hypothesis import strategies as st
from tnefparse import TNEF

from notifications.reading import Limits, Reading, UnreadableMessage, flowed, mime, parts, read, rtf, smime, tnef
from tests.fuzz.mutations import CORPUS
from tests.support.winmail import compressed, winmail

LIMITS = Limits()
#: Without what Python's own codecs turn into something else, and the NUL that ends strings.
TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=60)


@given(TEXT, st.dictionaries(st.text("ab名", min_size=1, max_size=5), st.binary(min_size=1, max_size=60), max_size=3))
def test_a_winmail_says_what_another_reader_reads_in_it(text: str, files: dict[str, bytes]) -> None:
    raw = winmail(plain=text, html=f"<p>{text}</p>", files=files, codepage=65001)
    body, page, *rest = tnef.parts(raw, LIMITS)
    other = TNEF(raw)
    assert mime.payload(body).decode() == str(other.body) == text
    assert mime.payload(page).decode() == other.htmlbody
    assert [(p.get_filename(), mime.payload(p)) for p in rest] == list(files.items())
    assert [mime.payload(p).rstrip(b"\0") for p in rest] == [a.data.rstrip(b"\0") for a in other.attachments]


@given(st.binary(max_size=900), st.booleans())
def test_rtf_comes_out_as_it_was_packed(content: bytes, stored: bool) -> None:
    assert rtf.decompressed(compressed(content, stored=stored), 1_000) == content


def test_rtf_packed_with_references_is_unpacked() -> None:
    """The example of MS-OXRTFCP, 4.1."""
    head = bytes.fromhex("2d0000002b0000004c5a4675f1c5c7a7")
    packed = head + bytes.fromhex(
        "03000a007263706731323542320af32068656c09002062770 5b06c647d0a800fa0".replace(" ", "")
    )
    assert rtf.decompressed(packed, 100) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (rb"{\rtf1 a\par b\line c\tab d\~e}", "a\nb\nc\td\u00a0e"),
        (rb"{\rtf1\ansicpg936 \'cd\'ac\'d2\'e2}", "同意"),
        (rb"{\rtf1{\fonttbl{\f0\fcharset136 PMingLiU;}}\f0 \'a4\'a3}", "不"),
        (rb"{\rtf1\uc1\u21516?\uc0\u24847\uc2\u-24847??x}", "同意\u9ef1x"),
        (rb"{\rtf1{\info{\title no}}{\*\unknown no}yes{\v hidden}}", "yes\u200b"),
        (rb"{\rtf1\strike no\strike0 yes", "\u200byes"),
        (rb"}}}\u99999 x", "\u869f"),
    ],
)
def test_rtf_says_its_text(body: bytes, text: str) -> None:
    assert rtf.unpacked(compressed(body), 1_000).text == text


@pytest.mark.parametrize("cut", [7, 20, 60, 100, 140])
def test_a_winmail_that_ends_early_says_what_can_be_read_or_nothing(cut: int) -> None:
    raw = winmail(plain="同意", files={"a": b"x"})[:cut]
    with contextlib.suppress(struct.error):
        assert all(mime.payload(part) is not None for part in tnef.parts(raw, LIMITS))


OPAQUE = sorted(path for path in CORPUS.glob("smime-opaque*.eml") if "broken" not in path.name)


@pytest.mark.parametrize("path", OPAQUE, ids=lambda path: path.stem)
def test_an_opaque_signature_holds_what_another_reader_finds_in_it(path: object) -> None:
    content = mime.payload(mime.parse(path.read_bytes()))  # type: ignore[attr-defined]
    other = cms.ContentInfo.load(content)["content"]["encap_content_info"]["content"].native
    assert smime.signed(content) == other


@given(st.binary(max_size=80))
def test_what_is_no_signature_is_a_value_error_or_nothing(noise: bytes) -> None:
    with contextlib.suppress(ValueError, IndexError):
        assert isinstance(smime.signed(noise), bytes)


@pytest.mark.parametrize(
    ("text", "delsp", "whole"),
    [
        ("a \nb\nc", False, "a b\nc"),
        ("同意 \n好", True, "同意好"),
        ("> a \n> b\nc", False, "> a b\nc"),
        ("> a \n>> b", False, "> a \n>> b"),
        ("a \n-- \nb", False, "a \n-- \nb"),
        (" > a\n From", False, "> a\nFrom"),
        ("a \n\nb", False, "a \nb"),
    ],
)
def test_flowed_lines_become_whole(text: str, delsp: bool, whole: str) -> None:
    assert flowed.whole(text, delsp=delsp) == whole


def _read(raw: bytes) -> Reading | str:
    """What is read; the headers inside a report are no text, and its hash is its own."""
    try:
        reading = read(raw)
        return dataclasses.replace(reading, body_sha256="") if b"multipart/report" in raw else reading
    except UnreadableMessage as error:
        return error.reason


def test_a_message_whose_bodies_were_cut_out_is_read_like_a_whole_one(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {path: path.read_bytes() for path in sorted(CORPUS.glob("*.eml"))}
    whole = {path: _read(raw) for path, raw in known.items()}
    for name, value in (("_SHORT", 0), ("_KEPT", 10), ("_KEPT_AT_END", 8)):
        monkeypatch.setattr(parts, name, value)
    cut = {path: _read(raw) for path, raw in known.items()}
    assert sum(bool(parts.carved(raw)[1]) for raw in known.values()) > 250
    assert {path.stem for path in known if cut[path] != whole[path]} == set()


def test_the_headers_of_an_enclosed_message_are_whole_however_long_its_body() -> None:
    trace = b"Received: from a by b; Mon, 23 Nov 2026 10:00:00 +0800\n" * 200
    enclosed = b"Content-Type: message/rfc822\n\n" + trace + b"Message-ID: <1@liandong.example>\n\n" + b"x\n" * 400_000
    raw = b"From: a@b.cn\nContent-Type: multipart/report; boundary=q\n\n--q\n" + enclosed + b"--q--\n"
    assert len(parts.carved(raw)[1]) == 1
    part = mime.parse(raw).get_payload(0)
    assert part.get_payload(0)["message-id"] == "<1@liandong.example>"


@pytest.mark.parametrize("junk", [b"", b"=", b"==", b"A", b"AA", b"AAA", b"\xff\n", b"=AAAA"])
def test_base64_that_was_cut_out_is_decoded_like_any_other(junk: bytes) -> None:
    body = base64.encodebytes(bytes(range(256)) * 4_000)
    head = b"From: a@b.cn\nContent-Type: application/x\nContent-Transfer-Encoding: base64\n\n"
    assert read(head + body + junk).attachments[0].content.startswith(bytes(range(256)) * 4_000)
