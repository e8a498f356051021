"""Machine mail: what a program says to a return path or a reply address of ours, in the words of the office."""

from approvals.post.bounced import Report
from notifications.judging.bounces import Bounce, bounce_in
from notifications.reading import DEFAULT_LIMITS, UnreadableMessage, automatic, headers, mime, read_head

#: Bytes in which the headers are looked for.
_HEAD = 200_000


def report_in(raw: bytes) -> Report:
    """Return what the bytes of a message to the return path of a letter say; never raises."""
    head, found = read_head(raw), bounce_in(raw)
    bounce = found or Bounce((), ())
    return Report(
        head.from_addresses,
        is_report=found is not None,
        final=bounce.final,
        status=bounce.status,
        diagnostic=bounce.diagnostic,
        automatic=head.automatic,
        away=None if found else away_in(raw),
    )


def away_in(raw: bytes) -> str | None:
    """Return the subject of a message by which a mailbox says that its owner is away; None where it is none.

    Never raises.
    """
    try:
        message = mime.parse(raw[:_HEAD], DEFAULT_LIMITS)
        subject = headers.subject(message)
        return subject if automatic.says_away(message, subject) else None
    except UnreadableMessage:
        return None
    except Exception:  # hostile headers say nothing
        return None
