"""By what a message is known again."""

import hashlib

from notifications.reading import UnreadableMessage, read, read_head


def marks(raw: bytes) -> tuple[str, str, str]:
    """Return its From, its Message-ID and the hash of its body."""
    try:
        reading = read(raw)
    except UnreadableMessage:
        digest = hashlib.sha256(raw).hexdigest()
        return ", ".join(read_head(raw).from_addresses)[:320], f"<sha256-{digest}@unreadable.invalid>", digest
    return ", ".join(reading.from_addresses)[:320], reading.message_id, reading.body_sha256
