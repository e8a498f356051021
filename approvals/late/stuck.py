"""Letters that stick: the operator is told of each once."""

import datetime as dt

from sqlmodel import col, select

from approvals import letters
from approvals.chain import record, stamp
from approvals.office import Office
from approvals.post import bounced
from approvals.transaction import Transaction
from models.application import Application
from models.event import EventKind
from models.letter import Letter
from models.states import LetterState

#: A letter that is still queued after this time sticks.
STUCK_AFTER = dt.timedelta(hours=1)


def flag_stuck_letters(tx: Transaction, office: Office, now: dt.datetime) -> int:
    """Tell the operator of letters that failed or stick, each once; return how many.

    A letter that failed or is late is an event on its application's chain; one that was late and then fails
    is told again. Letters to the operator are not reported by
    letter: `liandong doctor` shows them.
    """
    stuck = tx.exec(
        select(Letter)
        .where(
            col(Letter.flagged).is_(False),
            (col(Letter.state) == LetterState.FAILED)
            | ((col(Letter.state) == LetterState.QUEUED) & (col(Letter.written_at) <= now - STUCK_AFTER)),
        )
        .order_by(col(Letter.application_id))  # whoever locks several applications does so in this order
        .limit(100)
    ).all()
    for letter in stuck:
        letter.flagged = True
        if letter.application_id is not None:
            app = tx.exec(select(Application).where(Application.id == letter.application_id).with_for_update()).one()
            kind = EventKind.LETTER_FAILED if letter.state is LetterState.FAILED else EventKind.LETTER_LATE
            record(tx, app, kind, now, letter=letter.id, to=letter.address, why=letter.last_error)
            if letter.state is LetterState.FAILED:
                bounced.refused(tx, office, letter, app, now)
    told = [letter for letter in stuck if letter.address != office.operator_email]
    if told:
        rows = [
            {"kind": x.kind, "to": x.address, "why": x.last_error or "", "number": x.facts.get("number", "")}
            for x in told
        ]
        letters.tell_operator(tx, office, "stuck", f"stuck:{told[0].id}:{stamp(now)}", {"letters": rows}, now)
    return len(stuck)
