"""`read`: what a message says, from its bytes alone. Who sent it and whether they may is for others."""

import hashlib
import re
from dataclasses import dataclass
from email.message import Message
from typing import NamedTuple

from notifications.reading import automatic, headers, markup, mime, smime
from notifications.reading.attached import Attached, TooManyFiles, files_of
from notifications.reading.commands import Command, Judgement, Problem, judge
from notifications.reading.ending import below_letter
from notifications.reading.limits import DEFAULT_LIMITS, Limits, UnreadableMessage
from notifications.reading.markup import Page
from notifications.reading.quotes import is_blank, new_text
from notifications.reading.sign_offs import without_signature
from notifications.reading.words import DECISION, VOCABULARIES, Vocabulary

#: Formats of a text that some programs show instead; they decide nothing, and may object.
_SHOWN = ("x-amp-html", "watch-html", "enriched", "richtext")
_BOLD = re.compile(r"^\*([^*\n]{1,200})\*[ \t]*$", re.MULTILINE)
#: Bytes in which the headers are looked for where the whole message cannot be read.
_HEAD = 200_000
_END_OF_HEADERS = re.compile(rb"\r\n\r\n|\n\n|\r\r")


class Head(NamedTuple):
    """What is known of a message of which only the headers can be read."""

    from_addresses: tuple[str, ...]
    #: which header or subject shows that no person wrote this
    automatic: str | None


@dataclass(frozen=True, slots=True)
class Reading:
    """A message as far as it can be read without knowing what was asked."""

    #: with angle brackets; "<sha256-...@missing.invalid>" where the message has none
    message_id: str
    #: of all From headers, lower case, each once
    from_addresses: tuple[str, ...]
    #: To, Cc, Delivered-To, X-Original-To; the envelope decides, not these
    recipients: tuple[str, ...]
    subject: str
    #: without quotations and signature
    new_text: str
    first_line: str
    #: None whenever `problem` is set
    command: Command | None
    #: the new text after the command
    opinion: str
    #: whom the task goes to, as it was written; only where the command asks for that
    whom: str
    #: which header or subject shows that no person wrote this
    automatic: str | None
    #: why there is no command
    problem: Problem | None
    #: hex SHA-256 of the normalised body, attachments included
    body_sha256: str
    #: the files, in their order; none where there are more than are kept
    attachments: tuple[Attached, ...] = ()


def read(raw: bytes, act: str = "", *, limits: Limits = DEFAULT_LIMITS) -> Reading:
    """Read a message; ``act`` is that of the stage which was answered: it says which words decide.

    Raises UnreadableMessage, and nothing else, for a message beyond the limits.
    """
    try:
        return _read(mime.parse(raw, limits), VOCABULARIES.get(act, DECISION), limits)
    except UnreadableMessage:
        raise
    except Exception as error:  # hostile mail finds faults in parsers: they must not stop the others' mail
        raise UnreadableMessage(f"The message cannot be read ({type(error).__name__}).") from error


def read_head(raw: bytes, *, limits: Limits = DEFAULT_LIMITS) -> Head:
    """What the headers say, also where the body is beyond the limits; nothing where they are too. Never raises."""
    head = _END_OF_HEADERS.split(raw[:_HEAD], maxsplit=1)[0]
    try:
        message = mime.parse(head + b"\n\n", limits)
        senders = headers.senders(message, limits)
        return Head(senders, automatic.reason(message, headers.subject(message), senders))
    except Exception:  # hostile headers name nobody
        return Head((), None)


def _read(message: Message, vocabulary: Vocabulary, limits: Limits) -> Reading:
    senders, subject = headers.senders(message, limits), headers.subject(message)
    robot, body_hash = automatic.reason(message, subject, senders), mime.body_hash(message, limits)
    text, judgement = _judged(message, vocabulary, limits)
    files, too_many = _files(message, limits)
    problem = _outer_problem(message, robot, senders) or too_many or judgement.problem
    return Reading(
        message_id=headers.message_id(message) or _made_id(message, body_hash),
        from_addresses=senders,
        recipients=headers.recipients(message, limits),
        subject=subject,
        new_text=text,
        first_line=next((line.strip() for line in text.split("\n") if not is_blank(line)), ""),
        command=None if problem else judgement.command,
        opinion="" if problem else judgement.opinion,
        whom="" if problem else judgement.whom,
        automatic=robot,
        problem=problem,
        body_sha256=body_hash,
        attachments=files,
    )


def _files(message: Message, limits: Limits) -> tuple[tuple[Attached, ...], Problem | None]:
    try:
        return files_of(message, limits), None
    except TooManyFiles:
        return (), Problem.FILES


def _judged(message: Message, vocabulary: Vocabulary, limits: Limits) -> tuple[str, Judgement]:
    """The plain text counts, where a formatted text beside it, or another version of both, says the same."""
    written = [(kind, mime.texts(message, kind, limits)) for kind in ("plain", "html")]
    versions = [(kind, text) for kind, text in [*written, *mime.versions(message, limits)] if not is_blank(text)]
    if not versions:
        unread = any(smime.is_encrypted(part) for part in message.walk())
        return "", Judgement(None, "", Problem.ENCRYPTED if unread else Problem.NOTHING)
    versions += [("html", text) for kind in _SHOWN if not is_blank(text := mime.texts(message, kind, limits))]
    pages = (markup.to_page(t, limits) if kind == "html" else Page(_plain(t), ()) for kind, t in versions)
    home = _home(message, limits)
    text = _own_words(next(pages).text, limits, home)
    judgement = judge(text, vocabulary)
    signatures: list[str] = []
    for page in pages if judgement.command else ():
        if _objects(judge(_own_words(page.text, limits, home), vocabulary), judgement):
            return text, Judgement(None, "", Problem.DISAGREE)
        signatures += map(new_text, page.signatures)
    unsigned = without_signature(text, tuple(signatures))
    return unsigned, judgement if unsigned == text else judge(unsigned, vocabulary)


def _plain(text: str) -> str:
    """What programs leave of HTML in their plain text: QQ Mail its spaces, Gmail stars around what is bold."""
    return _BOLD.sub(r"\1", text.replace("&nbsp;", " "))


def _home(message: Message, limits: Limits) -> str:
    """The domain of the secret address that was answered; "" unless the message answers one letter from there.

    What it answers is the last of In-Reply-To, or without one, of References (RFC 5322, 3.6.4).
    """
    ours = {at.rpartition("@")[2] for at in headers.recipients(message, limits) if at.startswith("reply+")}
    answered = headers.values(message, "in-reply-to") or headers.values(message, "references")
    parents = re.findall(r"<[^<>\s]{1,200}@([^<>\s@]{1,200})>", " ".join(answered)[-1_000:])
    return ours.pop() if len(ours) == 1 and parents and {parents[-1].lower()} == ours else ""


def _own_words(text: str, limits: Limits, home: str) -> str:
    if len(text) > limits.max_text:
        raise UnreadableMessage(f"The text has more than {limits.max_text} characters.")
    if text.count("\n") > limits.max_text_lines:
        raise UnreadableMessage(f"The text has more than {limits.max_text_lines} lines.")
    above = new_text(text)
    return below_letter(text, home) if is_blank(above) and home else above


def _objects(other: Judgement, counts: Judgement) -> bool:
    """Most programs show the formatted text alone: what it does not say, its reader has not seen."""
    return (other.command, other.whom) != (counts.command, counts.whom)


def _outer_problem(message: Message, robot: str | None, senders: tuple[str, ...]) -> Problem | None:
    if robot:
        return Problem.AUTOMATIC
    if len(senders) > 1 or len(headers.values(message, "from")) > 1:
        return Problem.SEVERAL_SENDERS
    return None if senders else Problem.NO_SENDER


def _made_id(message: Message, body_hash: str) -> str:
    """The same for every delivery of the same message: Received and other trace headers do not count."""
    named = [value for name in ("from", "date", "subject") for value in headers.values(message, name)]
    digest = hashlib.sha256("\0".join([*named, body_hash]).encode("utf-8", "replace"))
    return f"<sha256-{digest.hexdigest()}@missing.invalid>"
