"""Keeps messages that real programs sent: `python -m tests.corpus.recorded <folder>` takes its *.eml as real-*.eml.

They are what `tests/acceptance/test_programs_of_people.py` makes the programs send. What mail servers added, addresses,
keys and hosts of that installation go; every other byte stays. ``recorded.yaml`` says what each is read as.
"""

import re
import sys
from pathlib import Path

from tests.corpus.programs import SENDER

FOLDER = Path(__file__).parent
_BY_SERVERS = re.compile(
    rb"^(?:Return-Path|Delivered-To|Received|Authentication-Results|DKIM-Signature):.*\n(?:[ \t].*\n)*",
    re.IGNORECASE | re.MULTILINE,
)
_MESSAGE_ID = re.compile(rb"^(Message-ID:\s*)<[^>]+>", re.IGNORECASE | re.MULTILINE)
_REPLACED = (
    (re.compile(rb"reply\+[a-z2-7]{40}@"), b"reply+k3y@"),
    # Programs break a link behind /d/, by a space or by quoted-printable.
    (
        re.compile(rb"http://127\.0\.0\.1:\d+/d(?:=\n)?/((?: \n> |=\n/?)?)[a-z2-7]{40}"),
        rb"https://liandong.example/d/\1k3y",
    ),
    (re.compile(rb"330110@zj\.example"), SENDER.encode()),
    (re.compile(rb"[0-9a-f]{32}@liandong\.example"), b"letter.1@liandong.example"),
)


def cleaned(name: str, raw: bytes) -> bytes:
    """Return a message as it left its program, with the corpus' addresses; ``name`` is its own in the corpus."""
    head, body = raw.replace(b"\r\n", b"\n").split(b"\n\n", 1)
    head = _BY_SERVERS.sub(b"", head + b"\n")
    head = _MESSAGE_ID.sub(rb"\1<" + f"{name}.1@county.example.cn>".encode(), head)
    message = head + b"\n" + body
    for pattern, new in _REPLACED:
        message = pattern.sub(new, message)
    return message


def main() -> None:
    for file in sorted(Path(sys.argv[1]).glob("*.eml")):
        name = f"real-{file.stem}"
        (FOLDER / f"{name}.eml").write_bytes(cleaned(name, file.read_bytes()))


if __name__ == "__main__":
    main()
