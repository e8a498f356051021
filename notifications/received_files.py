"""The files of a reply as the office keeps them; nothing here opens one."""

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
    return tuple(ReceivedFile(*one) for one in found if one[1] not in NOT_FILES)
