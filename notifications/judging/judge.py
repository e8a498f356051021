"""One message that was stored: read, its sender looked up, and judged, whichever way it came in."""

import asyncio
import datetime as dt
from dataclasses import replace

from approvals import inbound, judging
from approvals.arrived import Arrived, arrived
from approvals.database import Database
from approvals.notice import objection_mail
from approvals.office import Office
from approvals.post import bounced
from models.authenticity import Authenticity, Check, Result
from models.settings import Settings
from models.states import MailState
from notifications.authentic import NameServer, Trust, authenticate
from notifications.judging.machine_mail import away_in, report_in
from notifications.judging.objections import objection_in
from notifications.judging.replies import reply_in


class Judge:
    """Judges messages of one installation."""

    def __init__(self, settings: Settings, db: Database) -> None:
        self._settings, self._db = settings, db
        self._office = Office.of(settings)
        self._server = name_server(settings)

    async def judge(self, mail_id: str, now: dt.datetime) -> MailState:
        """Return what became of a message; `received` where its sender cannot be looked up now."""
        raw, came = await self._db.read(arrived, mail_id)
        if objection_mail.is_objection(came.recipient):
            said = await asyncio.to_thread(objection_in, raw)
            # Anybody may write here, so that no name of theirs is looked up.
            proof = await asyncio.to_thread(authenticate, raw, Trust.of(self._settings), None, came.received_at)
            kept = replace(said, authenticity=proof)
            return await self._db.write(objection_mail.judge, self._office, mail_id, kept, now)
        if bounced.is_bounce(came.recipient):
            report = await asyncio.to_thread(self._report, raw, came)
            return await self._db.write(bounced.judge, self._office, mail_id, report, now)
        reply = await asyncio.to_thread(self._read, raw, came)
        return await self._db.write(judging.judge, self._office, mail_id, reply, now)

    def _read(self, raw: bytes, came: Arrived) -> inbound.Reply:
        reply, trust = reply_in(raw, came.act), Trust.of(self._settings)
        if reply.automatic is None or (away := away_in(raw)) is None:
            return replace(reply, authenticity=prove(raw, reply, came, trust, self._server))
        # a mailbox that answers by itself may say that its owner is away
        return replace(reply, authenticity=prove_away(raw, reply.senders, came, trust, self._server), away=away)

    def _report(self, raw: bytes, came: Arrived) -> bounced.Report:
        report, trust = report_in(raw), Trust.of(self._settings)
        if report.away is None:
            return report
        return replace(report, authenticity=prove_away(raw, report.senders, came, trust, self._server))


def prove(raw: bytes, reply: inbound.Reply, came: Arrived, trust: Trust, server: NameServer | None) -> Authenticity:
    """Return what shows that a reply is from the person asked.

    Only the domain of a person who was asked is looked up: a stranger cannot make us ask for names of theirs.
    """
    if reply.automatic is not None:
        return Authenticity((Check("from", Result.NONE, "a machine wrote it"),))
    return _proven(raw, reply.senders, came, trust, server, came.recipient)


def prove_away(
    raw: bytes, senders: tuple[str, ...], came: Arrived, trust: Trust, server: NameServer | None
) -> Authenticity:
    """Return what shows that the mailbox of the person asked says by itself that its owner is away.

    To is not looked at: mailboxes answer to the return path and name From, or the other way round (RFC 3834, 4).
    """
    return _proven(raw, senders, came, trust, server, "")


def _proven(
    raw: bytes, senders: tuple[str, ...], came: Arrived, trust: Trust, server: NameServer | None, recipient: str
) -> Authenticity:
    if not came.is_from(senders):
        return Authenticity((Check("from", Result.FAIL, "From is not the person asked"),))
    found = authenticate(raw, trust, server, came.received_at, recipient)
    return replace(found, checks=(Check("from", Result.PASS, "From is the person asked"), *found.checks))


def name_server(settings: Settings) -> NameServer | None:
    """Return the name server of an installation; None where none is to be asked."""
    return None if settings.dns_server.lower() == "none" else NameServer(settings.dns_server)
