"""Hashes: one canonical form of JSON, the content hash, and the chain of events.

Canonical JSON here is UTF-8, keys sorted, no spaces, no floats (after RFC 8785 for our value types).
"""

import hashlib
import json
from typing import Any

#: What the first event of a chain names as its predecessor.
GENESIS = "0" * 64


def canonical(value: Any) -> bytes:
    """Return the one byte form of ``value`` (JSON types without floats)."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def sha256(data: bytes) -> str:
    """Return the hex SHA-256 of ``data``."""
    return hashlib.sha256(data).hexdigest()


def content_hash(content: Any) -> str:
    """Return the hash of an application's content: what a decision was about."""
    return sha256(canonical(content))


def event_hash(previous: str, application_id: str, seq: int, kind: str, at: str, payload: Any) -> str:
    """Return the hash of one event, which seals all events before it.

    ``at`` is ISO 8601 UTC with microseconds, ``seq`` counts from 1 within the application.
    """
    return sha256(canonical([previous, application_id, seq, kind, at, payload]))
