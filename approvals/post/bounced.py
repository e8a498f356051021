"""Bounces: a mail server reports that a letter reached nobody; the officer's next address is tried (RFC 3464).

The report comes to the letter's own return path, which carries a mark that only we can make.
"""

import datetime as dt
import re
from dataclasses import dataclass, field

from sqlmodel import select

from approvals import asking, letters
from approvals.chain import changed, record, stamp
from approvals.office import Office
from approvals.post import about, away, loops
from approvals.post.about import About
from approvals.post.unproven import waits
from approvals.transaction import Transaction
from models.application import Application
from models.authenticity import Authenticity
from models.columns import plain
from models.event import EventKind
from models.inbound_mail import InboundMail
from models.letter import Letter
from models.states import LetterState, MailState
from models.undelivered import Undelivered

#: What the other server says where it refuses for good (RFC 5321, 4.2.1).
_REFUSED = re.compile(r"5\d\d\b")
#: What the local part of a return path of ours begins with.
PREFIX = "bounce+"


@dataclass(frozen=True)
class Report:
    """A message to the return path of a letter, as far as it could be read."""

    #: Lower case, each once.
    senders: tuple[str, ...] = ()
    #: True where a mail server reports on the delivery of a letter, and where it reports that it gave up.
    is_report: bool = False
    final: bool = False
    #: The enhanced status (RFC 3463), and what the other server said.
    status: str = ""
    diagnostic: str = ""
    #: What shows that no person wrote it; and the subject, where it says that somebody is away.
    automatic: str | None = None
    away: str | None = None
    #: Whether its From is proven; only looked at where somebody is away.
    authenticity: Authenticity = field(default_factory=Authenticity)

    @property
    def why(self) -> str:
        """Return status and words on one line."""
        said = " ".join(plain(f"{self.status} {self.diagnostic}").split())
        return said[:400] or "no reason given"


def is_bounce(recipient: str) -> bool:
    """Tell whether ``recipient`` is the return path of a letter."""
    return recipient.startswith(PREFIX)


def letter_in(recipient: str) -> str:
    """Return the id of the letter whose return path ``recipient`` is."""
    return recipient.removeprefix(PREFIX).partition(".")[0]


def is_known(tx: Transaction, recipient: str) -> bool:
    """Tell whether there is a letter with this return path; its mark was looked at already."""
    return tx.exec(select(Letter.id).where(Letter.id == letter_in(recipient))).first() is not None


def judge(tx: Transaction, office: Office, mail_id: str, report: Report, now: dt.datetime) -> MailState:
    """Do what the report makes necessary. A message that was judged already stays as it was."""
    mail = tx.exec(select(InboundMail).where(InboundMail.id == mail_id).with_for_update()).one()
    if mail.state is not MailState.RECEIVED:
        return mail.state
    if report.away is not None:
        mail.checks = report.authenticity.as_json()
        if waits(office, mail, report.authenticity, now):
            return mail.state
    mail.state, mail.why = _judge(tx, office, mail, report, now)
    mail.judged_at = now
    return mail.state


def _judge(
    tx: Transaction, office: Office, mail: InboundMail, report: Report, now: dt.datetime
) -> tuple[MailState, str]:
    found = tx.exec(select(Letter).where(Letter.id == letter_in(mail.recipient))).first()
    if found is None:
        return MailState.PARKED, "no such letter"
    app = about.locked(tx, found.application_id)  # the application first, like everybody who locks both
    letter = tx.exec(select(Letter).where(Letter.id == found.id).with_for_update()).one()
    tx.refresh(letter)
    mail.application_id = letter.application_id
    asked = about.of_letter(tx, office.key, letter, app) if app else None
    if loops.is_ours(tx, mail):
        return MailState.IGNORED, loops.OURS
    if not report.is_report:
        if report.automatic is None:
            return MailState.PARKED, "no report of a mail server"
        if asked is not None and report.away is not None:
            said = away.Away(report.senders, report.away, report.authenticity)
            return away.note(tx, office, asked, said, now)
        return MailState.IGNORED, f"automatic: {report.automatic}"[:500]
    if not report.final:
        letter.last_error = f"not yet delivered: {report.why}"[:500]
        return MailState.BOUNCE, f"not final: {report.why}"[:500]
    if letter.state is LetterState.BOUNCED:
        return MailState.BOUNCE, "reported before"
    letter.state, letter.last_error, letter.flagged = LetterState.BOUNCED, report.why, True
    tx.add(letter)
    lost = _give_up(tx, office, mail.id, letter, asked, report, now)
    if (asked is None or lost) and letter.address != office.operator_email:
        _tell(tx, office, letter, asked, report, now)
    return MailState.BOUNCE, f"given up: {report.why}"[:500]


def refused(tx: Transaction, office: Office, letter: Letter, app: Application, now: dt.datetime) -> None:
    """Try the next address for a letter that a mail server refused at once; the operator is told by others.

    A letter that failed for a reason of ours stays with us.
    """
    asked = about.of_letter(tx, office.key, letter, app)
    known = select(Undelivered.id).where(Undelivered.letter_id == letter.id)
    said = letter.last_error or ""
    if asked is not None and _REFUSED.match(said) and tx.exec(known).first() is None:
        _give_up(tx, office, None, letter, asked, Report(diagnostic=said), now)


def _give_up(
    tx: Transaction,
    office: Office,
    mail_id: str | None,
    letter: Letter,
    asked: About | None,
    report: Report,
    now: dt.datetime,
) -> bool:
    """Try the officer's next address; where there is none left flag the task. Return whether it is flagged."""
    to = _next(tx, asked, letter) if asked else None
    tx.insert(
        Undelivered,
        letter_id=letter.id,
        mail_id=mail_id,
        task_id=asked.task.id if asked else None,
        officer_id=asked.officer.id if asked else None,
        address=letter.address.lower(),
        status=report.status[:20],
        diagnostic=report.why,
        next_letter_id=None if to is None else _again(tx, office, letter, to, now),
        reported_at=now,
    )
    tx.write_rows()
    lost = asked is not None and asked.open and to is None and not _others(tx, asked)
    if asked is not None and lost:
        asked.task.undelivered_at = now
        tx.add(asked.task)
    _seal(tx, letter, asked, report, to, lost=lost, now=now)
    return lost


def _seal(
    tx: Transaction,
    letter: Letter,
    asked: About | None,
    report: Report,
    to: str | None,
    *,
    lost: bool,
    now: dt.datetime,
) -> None:
    app = asked.app if asked else about.locked(tx, letter.application_id)
    if app is None:
        return
    said = asked.places if asked else {"stage": None, "task": None, "unit": ""}
    said |= {
        "letter": letter.id,
        "letter_kind": letter.kind,
        "address": letter.address.lower(),
        "next": to,
        "unreachable": lost,
        "status": report.status[:20],
        "to": letter.address if to is None else f"{letter.address} → {to}",
        "reason": report.why,
    }
    record(tx, app, EventKind.LETTER_BOUNCED, now, **said)
    changed(tx, app, now)


def _next(tx: Transaction, asked: About, letter: Letter) -> str | None:
    """Return the officer's first address that has not been tried for the task; None: there is none, or no need."""
    if not asked.open:
        return None
    tried = select(Undelivered.address).where(
        Undelivered.task_id == asked.task.id, Undelivered.officer_id == asked.officer.id
    )
    known = {letter.address.lower(), *tx.exec(tried)}
    return next((one for one in asked.officer.addresses if one not in known), None)


def _again(tx: Transaction, office: Office, letter: Letter, address: str, now: dt.datetime) -> str:
    """Send the same letter to ``address``: its link and its reply address are the officer's own anyway."""
    first, _, times = letter.key.partition(">")
    key = f"{first[:150]}>{int(times or 0) + 1}"
    to = (address, letter.addressee, letter.language)
    return letters.queue(tx, office, letter.kind, key, to, letter.facts, now, letter.application_id)


def _others(tx: Transaction, asked: About) -> bool:
    """Tell whether somebody else was asked for the task whose letters arrive, as far as is known."""
    dead = set(tx.exec(select(Undelivered.address).where(Undelivered.task_id == asked.task.id)))
    were_asked = asking.were_asked(tx, [asked.task]).get(asked.task.id, [])
    return any(one.id != asked.officer.id and not dead.issuperset(one.addresses) for one in were_asked)


def _tell(
    tx: Transaction, office: Office, letter: Letter, asked: About | None, report: Report, now: dt.datetime
) -> None:
    facts = letters.facts_of(tx, asked.app) if asked else {"number": letter.facts.get("number", "")}
    facts |= {"unit_key": ""}
    if asked is not None:
        facts |= letters.unit_facts(tx, asked.app, asked.task, asked.officer) | {"unit_key": asked.task.unit}
    facts |= {"who": letter.address, "kind": letter.kind, "why": report.why, "at": stamp(now)}
    letters.tell_operator(tx, office, "undelivered", f"undelivered:{letter.id}", facts, now, letter.application_id)
