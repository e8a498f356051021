"""Unproven mail: whose sender cannot be looked up now waits for a name server, some hours."""

import datetime as dt

from approvals.office import Office
from models.authenticity import Authenticity
from models.inbound_mail import InboundMail


def waits(office: Office, mail: InboundMail, found: Authenticity, now: dt.datetime) -> bool:
    """Tell whether the sender of ``mail`` can be proven later, and that is soon enough; then the message says so."""
    until = mail.received_at + dt.timedelta(hours=office.unproven_hours)
    if not (office.replies_must_be_authentic and found.temporary and now < until):
        return False
    mail.why = f"waits: {found.why}"[:500]
    return True
