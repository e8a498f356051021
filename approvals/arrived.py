"""What is known of a message before anybody reads it: when and where it came in, and who was asked there."""

import datetime as dt
from dataclasses import dataclass

from sqlmodel import select

from approvals.asked import Asked, check, find
from approvals.inbound import token_of
from approvals.post import about, bounced
from approvals.transaction import Transaction
from models.errors import LiandongError
from models.inbound_mail import InboundMail
from models.letter import Letter
from models.states import Channel, Level


@dataclass(frozen=True)
class Arrived:
    """One message, and whose answer it may be."""

    recipient: str
    received_at: dt.datetime
    #: The address of the person asked, in lower case; empty where the address belongs to nobody.
    officer: str
    #: The act of the stage that is answered: it says which words decide.
    act: str = ""
    #: True where an approval pledges or fixes money, so that it must not name a sum of its own.
    money: bool = True
    #: Why no answer would count now, in English; empty where one would.
    refusal: str = ""
    #: Further addresses of the same person.
    others: tuple[str, ...] = ()

    def is_from(self, senders: tuple[str, ...]) -> bool:
        """Tell whether ``senders`` are the person asked, and nobody else."""
        return len(senders) == 1 and bool(self.officer) and senders[0] in (self.officer, *self.others)


def arrived(tx: Transaction, mail_id: str) -> tuple[bytes, Arrived]:
    """Return a message as it came, and what is known of it."""
    raw, recipient, at = tx.exec(
        select(InboundMail.raw, InboundMail.recipient, InboundMail.received_at).where(InboundMail.id == mail_id)
    ).one()
    return raw, would_arrive(tx, recipient, at)


def would_arrive(tx: Transaction, recipient: str, at: dt.datetime) -> Arrived:
    """Return what is known of a message that comes to ``recipient``."""
    if bounced.is_bounce(recipient):
        return _about_a_letter(tx, recipient, at)
    presented = token_of(recipient)
    asked = find(tx, presented, lock=False)
    if asked is None:
        return Arrived(recipient, at, "", refusal="no such reply address")
    officer, act, money = asked.officer.email.lower(), asked.planned.act, moves_money(asked)
    try:
        check(tx, asked, presented, Channel.REPLY, at)
    except LiandongError as error:
        return Arrived(recipient, at, officer, act, money, error.en, asked.officer.addresses)
    return Arrived(recipient, at, officer, act, money, others=asked.officer.addresses)


def _about_a_letter(tx: Transaction, recipient: str, at: dt.datetime) -> Arrived:
    """Return what is known of a message to the return path of a letter: whom the letter asked, if anybody."""
    letter = tx.exec(select(Letter).where(Letter.id == bounced.letter_in(recipient))).first()
    asked = about.officer_of(tx, letter) if letter else None
    refusal = "it came to the return path of a letter"
    if asked is None:
        return Arrived(recipient, at, "", refusal=refusal)
    return Arrived(recipient, at, asked.email.lower(), refusal=refusal, others=asked.addresses)


def moves_money(asked: Asked) -> bool:
    """Tell whether an approval pledges or fixes money."""
    planned, asked_for = asked.planned, asked.asked_for
    pledges = planned.share is not None and asked_for[Level(planned.share)] > 0
    return pledges or (planned.fixes_award and any(asked_for.values()))
