"""The practice mailbox: an SMTP server that keeps every letter as a file, and the reader of these files.

``home/practice-mail/<address>/<timestamp>-<n>.eml``; a file is complete once it has its name. For demos and
first steps: it takes what anybody on this machine sends and shows it to anybody who can read the folder.
"""

import asyncio
import contextlib
import datetime as dt
import itertools
import os
import re
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote, unquote

from models.settings import Settings
from notifications.reading import DEFAULT_LIMITS, UnreadableMessage, headers, mime
from notifications.reading.attached import Attached, attached
from notifications.receiving.listening import Smtp, listening, return_path

FOLDER = "practice-mail"
MAX_BYTES = 25_000_000
#: Bytes in which a letter's headers are looked for, for the list.
LONGEST_HEAD = 65_536
#: Bytes that a folder's name may have on every file system; letters beyond ASCII take up to twelve each.
LONGEST_NAME = 240
_LETTER_ID = re.compile(r"[0-9TZ]{10,30}-\d{1,12}")
_ADDRESS = re.compile(r"[^\s/\\\x00-\x1f\x7f@]{1,64}@[^\s/\\\x00-\x1f\x7f@]{1,120}")


#: Tells apart what this process keeps within one microsecond.
_count = itertools.count(1)


@dataclass(frozen=True)
class LetterSummary:
    """One letter in somebody's mailbox."""

    id: str
    subject: str
    date: dt.datetime
    sender: str
    #: Whose mailbox it is in.
    address: str
    #: Whether an answer was sent from the mailbox's pages.
    answered: bool = False


class Mailbox:
    """The letters that are kept under one data folder."""

    def __init__(self, home: Path) -> None:
        self.folder = home / FOLDER

    def people(self) -> list[str]:
        """Return the addresses that have had a letter, in alphabetical order."""
        if not self.folder.is_dir():
            return []
        return sorted(unquote(entry.name) for entry in self.folder.iterdir() if entry.is_dir())

    def letters(self, address: str) -> list[LetterSummary]:
        """Return what ``address`` has been sent, the newest first."""
        folder = self._folder_of(address)
        if folder is None or not folder.is_dir():
            return []
        return [_summary(path, address) for path in sorted(folder.glob("*.eml"), reverse=True)]

    def letter(self, address: str, letter_id: str) -> bytes:
        """Return one letter.

        Raises:
            KeyError: there is none such.

        """
        folder = self._folder_of(address)
        if folder is None or not _LETTER_ID.fullmatch(letter_id):
            raise KeyError(letter_id)
        try:
            return (folder / f"{letter_id}.eml").read_bytes()
        except FileNotFoundError:
            raise KeyError(letter_id) from None

    def mark_answered(self, address: str, letter_id: str) -> None:
        """Remember that a letter which is there was answered."""
        folder = self._folder_of(address)
        if folder is not None and _LETTER_ID.fullmatch(letter_id) and (folder / f"{letter_id}.eml").exists():
            (folder / f"{letter_id}.answered").touch()

    def keep(self, address: str, message: bytes) -> None:
        """Keep one message for ``address``.

        Raises:
            ValueError: it is no address that a folder can be named after.

        """
        folder = self._folder_of(address)
        if folder is None:
            raise ValueError(address)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        at = dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%S%fZ")
        name = f"{at}-{next(_count)}.eml"
        unfinished = folder / f".{os.getpid()}-{name}.part"  # no .eml yet: whoever lists the folder passes it by
        unfinished.write_bytes(message)
        unfinished.rename(folder / name)

    def takes(self, address: str) -> bool:
        """Tell whether a folder can be named after ``address``."""
        return self._folder_of(address) is not None

    def _folder_of(self, address: str) -> Path | None:
        """Return the folder of ``address``: one plain path segment, whatever the address."""
        if not _ADDRESS.fullmatch(address):
            return None
        try:
            name = quote(address.lower(), safe="@+")
        except UnicodeEncodeError:  # half a character
            return None
        return self.folder / name if len(name) <= LONGEST_NAME else None


def headers_of(raw: bytes) -> list[tuple[str, str]]:
    """Return the headers of a letter in their order, decoded; never raises, whatever somebody has sent."""
    try:
        found = BytesHeaderParser().parsebytes(raw).raw_items()
        return [(str(name), headers.decoded(headers.readable(str(value)))) for name, value in found]
    except Exception:  # the parser's own faults on hostile input
        return []


def body_of(raw: bytes, subtype: str) -> str:
    """Return the text/``subtype`` of a letter, empty where it has none or cannot be read; never raises."""
    try:
        return mime.texts(mime.parse(raw, DEFAULT_LIMITS), subtype)
    except Exception:  # UnreadableMessage, and the parser's own faults on hostile input
        return ""


def files_of(raw: bytes) -> list[tuple[str, str]]:
    """Return name and text of each file attached to a letter, none where it cannot be read; never raises."""
    try:
        return mime.files(mime.parse(raw, DEFAULT_LIMITS))
    except Exception:  # UnreadableMessage, and the parser's own faults on hostile input
        return []


def attached_to(raw: bytes) -> list[Attached]:
    """Return each file attached to a letter, none where it cannot be read; never raises."""
    try:
        return attached(raw)[1]
    except UnreadableMessage:
        return []


def _summary(path: Path, address: str) -> LetterSummary:
    with path.open("rb") as file:
        head = file.read(LONGEST_HEAD)
    said = {name.lower(): value for name, value in reversed(headers_of(head))}
    date = dt.datetime.strptime(path.stem.partition("-")[0], "%Y%m%dT%H%M%S%fZ").replace(tzinfo=dt.UTC)
    answered = path.with_suffix(".answered").exists()
    return LetterSummary(path.stem, said.get("subject", ""), date, said.get("from", ""), address, answered)


class _Handler:
    """What aiosmtpd asks at each command."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Take any address that a folder can be named after."""
        if not self._mailbox.takes(address):
            return "553 5.1.3 This mailbox takes no such address"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep the message for each of its recipients."""
        path = f"Return-Path: <{return_path(envelope.mail_from)}>\r\n".encode()
        try:
            for address in envelope.rcpt_tos:
                self._mailbox.keep(address, path + envelope.content)
        except OSError as error:
            return f"451 4.3.0 Cannot keep the letter now: {error.strerror}"
        return "250 2.0.0 Kept"


class PracticeMailbox:
    """Takes letters on the SMTP port of ``settings`` while its block runs."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._open = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self._open.enter_async_context(
            listening(self._protocol, self._settings.smtp_host, self._settings.smtp_port)
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()

    def _protocol(self) -> Smtp:
        handler, loop = _Handler(Mailbox(self._settings.home)), asyncio.get_running_loop()
        return Smtp(handler, hostname=self._settings.mail_domain, data_size_limit=MAX_BYTES, loop=loop)
