"""From the bytes of a message to an objection: who wrote, the new text, the files as they came."""

from approvals.notice.objection_mail import Mailed
from approvals.notice.objections import SentFile
from notifications.reading import UnreadableMessage, read, read_head
from notifications.reading.attached import attached


def objection_in(raw: bytes) -> Mailed:
    """Return what the bytes of a message say; never raises."""
    try:
        reading, (name, files) = read(raw), attached(raw)
    except UnreadableMessage as error:
        head = read_head(raw)
        return Mailed(head.from_addresses, automatic=head.automatic, problem=error.reason)
    sent = tuple(SentFile(*file) for file in files)
    return Mailed(reading.from_addresses, name, reading.subject, reading.new_text, sent, reading.automatic)
