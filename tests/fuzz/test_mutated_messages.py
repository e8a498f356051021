"""A hundred thousand mutated messages: none breaks the reader, and none makes it decide by what is quoted."""

import datetime as dt
import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.authentic import Trust
from notifications.judging.verdicts import Verdict, supposed, would_do
from notifications.reading import Command, Reading, UnreadableMessage, read, read_head
from tests.corpus.letters import letter, multipart, part
from tests.corpus.programs import LETTER, PROGRAMS, Program, html_top, text_top
from tests.fuzz.mutations import inputs, mutated, seeds

SHARES, OF_EACH = 2, 45_000
QUOTED = 2_500
#: One message of a few kilobytes; the median takes half a millisecond.
LONGEST_SECONDS = 1.0


def _read(raw: bytes, act: str = "") -> Reading | None:
    try:
        reading = read(raw, act)
    except UnreadableMessage as refusal:
        assert refusal.reason.endswith(".")
        read_head(raw)
        return None
    _holds(reading)
    return reading


NOBODY = supposed(
    "zhang.wei@county.example.cn", "reply+k3y@liandong.example", "", dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
)


def test_no_mutated_message_breaks_the_judging_and_none_of_them_is_proven() -> None:
    for raw in inputs(seed=16, count=1_000):
        judged = would_do(raw, NOBODY, Trust(authserv_id="mx.county.example.cn"), None)
        assert judged.verdict not in (Verdict.APPROVE, Verdict.REFUSE, Verdict.RETURN)


def _holds(reading: Reading) -> None:
    assert (reading.command is None) == (reading.problem is not None)
    assert reading.command is None or len(reading.from_addresses) == 1
    assert reading.command is None or reading.first_line
    names = [file.name + file.content_type for file in reading.attachments]
    for text in (reading.subject, reading.new_text, reading.opinion, reading.whom, reading.message_id, *names):
        assert "\x00" not in text
        text.encode()
    assert "\n" not in reading.subject + reading.message_id + reading.whom + "".join(names)


@pytest.mark.fuzz
@pytest.mark.parametrize("share", range(SHARES))
def test_no_mutated_message_breaks_the_reader_or_holds_it_up(share: int) -> None:
    acts = ("", "", "", "report", "accept", "public_notice")
    for number, raw in enumerate(inputs(seed=20261123 + share, count=OF_EACH)):
        before = time.process_time()
        _read(raw, acts[number % len(acts)])
        assert time.process_time() - before < LONGEST_SECONDS, raw


@pytest.mark.fuzz
@pytest.mark.parametrize("kind", ["text", "html"])
def test_whatever_happens_to_the_quoted_letter_only_what_is_new_decides(kind: str) -> None:
    chance = random.Random(7)
    for number in range(QUOTED):
        program = PROGRAMS[number % len(PROGRAMS)]
        lines = _lines(chance)
        for new, command in (([], None), (["退回", "请盖章"], Command.RETURN)):
            raw = _with_quotation(program, kind, new, lines)
            reading = _read(raw)
            assert reading is not None and reading.command is command, raw


def _with_quotation(program: Program, kind: str, new: list[str], lines: list[str]) -> bytes:
    """A reply of a program, with other lines in the letter that it quotes."""
    if kind == "html":
        page = html_top(program, new).replace(LETTER[3], "</p><p>".join(lines))
        return letter("fuzz", part("text/html", page))
    return letter(
        "fuzz", part("text/plain", text_top(program, new).replace(LETTER[3], f"\n{program.prefix}".join(lines)))
    )


WORDS = [
    "同意",
    "不同意",
    "退回",
    "approve",
    "Reject",
    "转办 省财政厅",
    "您好：",
    "写道：",
    "--",
    "----",
    "请答复",
    "完成",
]


def _lines(chance: random.Random) -> list[str]:
    made = ("".join(chance.choice(WORDS) for _ in range(chance.randint(0, 3))) for _ in range(chance.randint(0, 9)))
    return list(made)


@given(st.sampled_from(seeds()), st.integers(0, 2**32))
def test_a_mutated_message_of_the_corpus_raises_nothing_but_unreadable_message(raw: bytes, seed: int) -> None:
    _read(mutated(raw, random.Random(seed)))


TYPES = st.sampled_from(["text/plain", "text/html", "application/ms-tnef", "application/pkcs7-mime"])
LEAVES = st.builds(lambda kind, text: part(kind, text, encoding="base64"), TYPES, st.binary(max_size=60))
KINDS = st.sampled_from(["mixed", "alternative", "signed"])


def _branches(inner: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    return st.builds(lambda kind, parts: multipart(kind, *parts), KINDS, st.lists(inner, max_size=4))


TREES = st.recursive(st.one_of(LEAVES, st.binary(max_size=60)), _branches, max_leaves=12)


@given(TREES)
def test_a_tree_of_parts_raises_nothing_but_unreadable_message(body: bytes) -> None:
    _read(letter("fuzz", body))
