"""Column types shared by the tables."""

import datetime as dt
import uuid
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, String, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field


class UtcDateTime(TypeDecorator[dt.datetime]):
    """Aware UTC with microseconds, also on SQLite, which has no time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Turn the value into what the database keeps."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone: every time here is aware UTC")
        return value.astimezone(dt.UTC)

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Turn what the database keeps into the value."""
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


class Word(TypeDecorator[StrEnum]):
    """A StrEnum kept as its value, with no database enum to migrate."""

    impl = String(20)
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        """Turn the value into what the database keeps."""
        return None if value is None else self.words(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        """Turn what the database keeps into the value."""
        return None if value is None else self.words(value)


#: JSON whose bytes matter is hashed in canonical form before it is stored, so JSONB is safe.
JsonColumn = JSON().with_variant(JSONB(), "postgresql")


def plain(text: str) -> str:
    """Return ``text`` as both databases can keep it: no NUL, no half characters, no blank ends."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode().strip()


def new_id() -> str:
    """Return a fresh row id, 32 hex digits: known before the row is written."""
    return uuid.uuid4().hex


def id_field() -> Any:
    """Return the primary key field that every table but the numbering has."""
    return Field(default_factory=new_id, primary_key=True, max_length=32)
