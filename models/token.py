"""Token: a secret that was mailed to one person and opens one door."""

import datetime as dt

from sqlalchemy import CheckConstraint, Column
from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime, Word, id_field
from models.states import Purpose


class Token(SQLModel, table=True):
    """Bound to person, task, round and content; the secret itself is not here (``models.secrets``)."""

    __tablename__ = "token"
    __table_args__ = (
        CheckConstraint(
            "(purpose IN ('decide', 'reply')) = (task_id IS NOT NULL AND officer_id IS NOT NULL)",
            name="task_and_officer_where_it_decides",
        ),
    )

    id: str = id_field()
    application_id: str = Field(foreign_key="application.id", max_length=32, index=True)
    purpose: Purpose = Field(sa_column=Column(Word(Purpose), nullable=False))
    task_id: str | None = Field(default=None, foreign_key="task.id", max_length=32)
    officer_id: str | None = Field(default=None, foreign_key="officer.id", max_length=32)
    round: int
    content_hash: str = Field(max_length=64)
    nonce: str = Field(max_length=32)
    #: The first characters of the secret, by which this row is found.
    locator: str = Field(unique=True, max_length=12)
    #: SHA-256 of the whole secret.
    hash: str = Field(max_length=64)
    issued_at: dt.datetime = Field(sa_type=UtcDateTime)
    expires_at: dt.datetime = Field(sa_type=UtcDateTime)
    #: The one-time code asked for with this token, if any: its nonce, end and wrong tries.
    code_nonce: str | None = Field(default=None, max_length=32)
    code_expires_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    code_tries: int = 0
