"""The files of a reply as the office keeps them; nothing here opens one."""

import mimetypes

from approvals.post.attachments import ReceivedFile
from notifications.reading import Reading


def files_of(reading: Reading) -> tuple[ReceivedFile, ...]:
    """Return the files that came with a message, in their order, each with a name."""
    return tuple(
        ReceivedFile(one.name or _name(n, one.content_type), one.content_type, one.content)
        for n, one in enumerate(reading.attachments, 1)
    )


def _name(number: int, kind: str) -> str:
    """Return a name for a file that has none: what it calls its type says how it ends."""
    return f"file-{number}{mimetypes.guess_extension(kind) or ''}"
