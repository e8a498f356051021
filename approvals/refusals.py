"""Refusals at the doors of the portal: whoever presents a link in vain is on the chain of its application."""

import datetime as dt
import re

import sqlalchemy as sa
from sqlmodel import col

from approvals.chain import record
from approvals.transaction import Transaction
from models.application import Application
from models.errors import LiandongError
from models.event import EventKind
from models.officer import Officer
from models.secrets import LOCATOR_LENGTH, locator
from models.states import Channel
from models.token import Token

#: What every locator looks like; anything else is never asked for.
_LOCATOR = re.compile(rf"[a-z2-7]{{{LOCATOR_LENGTH}}}")


def record_refusal(tx: Transaction, presented: str, door: str, error: LiandongError, now: dt.datetime) -> None:
    """Record that ``presented`` was refused at ``door``, where its first characters belong to an application."""
    found = locator(presented)
    if not _LOCATOR.fullmatch(found):
        return
    row = tx.execute(
        sa.select(Application, Token, Officer)
        .join(Token, col(Token.application_id) == Application.id)
        .outerjoin(Officer, col(Officer.id) == Token.officer_id)
        .where(col(Token.locator) == found)
        .with_for_update(of=Application)
    ).first()
    if row is None:
        return
    app, token, officer = row
    record(
        tx,
        app,
        EventKind.ANSWER_REFUSED,
        now,
        officer=officer and officer.email,
        channel=Channel.LINK.value,
        task=token.task_id,
        door=door,
        why=type(error).__name__,
    )
