"""Is this a message that no person wrote? Such a message decides nothing and is never answered."""

import re
import unicodedata
from email.message import Message

from notifications.reading import headers
from notifications.reading.limits import DEFAULT_LIMITS

_PRECEDENCE = {"bulk", "junk", "list", "auto_reply", "auto-reply"}
_PRESENCE = (
    "X-Autoreply",
    "X-Auto-Reply",
    "X-Autorespond",
    "X-Autoresponder",
    "X-Mail-Autoreply",
    "X-Failed-Recipients",
)
_ROBOTS = {"mailer-daemon", "postmaster", "mail-daemon"}
#: More machines than this do not hand a message on: it goes round (RFC 5321, 6.3, says 100; few have 15).
MOST_HOPS = 30
#: By header, a mailbox that answers for its owner (RFC 3834, 5; the others are older habits).
_ANSWERING = ("X-Autoreply", "X-Auto-Reply", "X-Autorespond", "X-Autoresponder", "X-Mail-Autoreply")
_AWAY = re.compile(
    r"[\[【(<「\s]*(自动(回复|答复|应答)|自動(回覆|回復|答覆)|外出|休假|请假|出差|不在办公室|不在辦公室"
    r"|out[ -]of[ -](the[ -])?office|automatic (reply|response)|auto[- ]?(reply|response)|(on )?vacation|away from)",
    re.IGNORECASE,
)
_NO = {"", "no", "false", "none", "0"}

#: At the beginning of a subject only: an application's title may speak of automatic replies.
_SUBJECT = re.compile(
    r"[\[【(<「\s]*"
    r"(自动(回复|答复|应答)|自動(回覆|回復|答覆)|外出(自动)?(回复|答复)|不在办公室"
    r"|out[ -]of[ -](the[ -])?office|automatic (reply|response)|auto[- ]?(reply|response)|vacation reply"
    r"|undeliver(able|ed)|delivery status notification|mail delivery (failed|failure|system)|returned mail"
    r"|failure notice|系统退信|退信通知|投递失败|未送达|無法傳遞|无法投递)",
    re.IGNORECASE,
)


def reason(message: Message, subject: str, from_addresses: tuple[str, ...]) -> str | None:
    """Why the message is automatic, or None."""
    return (
        _by_header(message)
        or _by_return_path(message)
        or _by_type(message)
        or _by_hops(message)
        or _by_sender(from_addresses)
        or _by_subject(subject)
    )


def _by_header(message: Message) -> str | None:
    for value in headers.values(message, "Auto-Submitted"):
        if _keyword(value) not in {"", "no"}:
            return f"Auto-Submitted: {value[:60]}"
    for value in headers.values(message, "Precedence"):
        if _keyword(value) in _PRECEDENCE:
            return f"Precedence: {value[:60]}"
    # Its other values only ask for silence; people's mail carries them in some organisations.
    suppressed = " ".join(headers.values(message, "X-Auto-Response-Suppress")).lower()
    if re.search(r"\ball\b", suppressed):
        return "X-Auto-Response-Suppress: All"
    present = (n for n in _PRESENCE if any(v.lower() not in _NO for v in headers.values(message, n)))
    return next(present, None)


def _by_return_path(message: Message) -> str | None:
    empty = any(value.replace(" ", "") == "<>" for value in headers.values(message, "Return-Path"))
    return "Return-Path: <>" if empty else None


def _by_type(message: Message) -> str | None:
    kind = message.get_content_type()
    if calendar := _calendar_answer(message):
        return calendar
    is_report = kind in {"multipart/report", "message/delivery-status", "message/disposition-notification"}
    return f"Content-Type: {kind}" if is_report else None


def _by_hops(message: Message) -> str | None:
    hops = len(headers.values(message, "Received"))
    return f"Received: {hops} times" if hops > MOST_HOPS else None


def says_away(message: Message, subject: str) -> bool:
    """Whether a mailbox says by itself that its owner is away; not so a report, or a list's own mail."""
    if _by_type(message) or _by_sender(headers.senders(message, DEFAULT_LIMITS)):
        return False
    if any(_keyword(value) == "auto-replied" for value in headers.values(message, "Auto-Submitted")):
        return True
    answering = any(v.lower() not in _NO for name in _ANSWERING for v in headers.values(message, name))
    answering |= any(_keyword(value) in {"auto_reply", "auto-reply"} for value in headers.values(message, "Precedence"))
    if answering:
        return True
    robot = reason(message, subject, ()) is not None
    return robot and _AWAY.match(unicodedata.normalize("NFKC", subject)) is not None


def _calendar_answer(message: Message) -> str | None:
    """An answer to an invitation (RFC 5546): its words say whether somebody comes, and nothing else."""
    for part in (p for p in message.walk() if p.get_content_type() == "text/calendar"):
        try:
            method = str(part.get_param("method") or "").lower()
        except Exception:  # a parameter that cannot be read is none
            method = ""
        if method in {"reply", "counter", "declinecounter"}:
            return f"Content-Type: text/calendar; method={method}"
    return None


def _by_sender(from_addresses: tuple[str, ...]) -> str | None:
    robots = (a for a in from_addresses if a.partition("@")[0] in _ROBOTS)
    return next((f"From: {address}" for address in robots), None)


def _by_subject(subject: str) -> str | None:
    match = _SUBJECT.match(unicodedata.normalize("NFKC", subject))
    return f"Subject: {subject[:60]}" if match else None


def _keyword(value: str) -> str:
    """The value without parameters and comments: `auto-replied; x=y (vacation)` is auto-replied."""
    return re.split(r"[;(\s]", value.strip().lower(), maxsplit=1)[0]
