"""The files of a reply as the office keeps them; nothing here opens one."""

import mimetypes

from approvals.post.attachments import ReceivedFile
from notifications.reading import UnreadableMessage
from notifications.reading.attached import attached

#: What mail programs attach by themselves: signatures of S/MIME and PGP, cards of addresses.
NOT_FILES = (
    "application/pkcs7-signature",
    "application/x-pkcs7-signature",
    "application/pgp-signature",
    "application/pgp-keys",
)


def files_in(raw: bytes) -> tuple[ReceivedFile, ...]:
    """Return the files that the bytes of a message carry, in their order; never raises."""
    try:
        _, found = attached(raw)
    except UnreadableMessage:
        return ()
    files = [one for one in found if one[1] not in NOT_FILES]
    return tuple(
        ReceivedFile(name or _name(n, kind), kind, content) for n, (name, kind, content) in enumerate(files, 1)
    )


def _name(number: int, kind: str) -> str:
    """Return a name for a file that has none: what it calls its type says how it ends."""
    return f"file-{number}{mimetypes.guess_extension(kind) or ''}"
