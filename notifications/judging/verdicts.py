"""What a message would do, and why, without doing it: for `liandong mail judge` and for who looks at parked mail."""

import datetime as dt
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from approvals.arrived import Arrived
from approvals.inbound import Reply
from approvals.notice.objection_mail import is_objection
from models.authenticity import Authenticity, Check, Result
from models.case.sums import names_a_sum
from models.policy.notice_rules import PUBLIC_NOTICE
from notifications.authentic import NameServer, Trust, authenticate
from notifications.judging.bounces import bounce_in
from notifications.judging.judge import prove
from notifications.judging.replies import reply_of, unreadable
from notifications.reading import Command, Reading, UnreadableMessage, read
from notifications.reading.headers import addresses_in


class Verdict(StrEnum):
    """What becomes of a message."""

    APPROVE = "approve"
    REFUSE = "refuse"
    RETURN = "return"
    #: Nothing is decided by it: a letter asks again, or somebody else is asked.
    ASK = "ask"
    #: A machine wrote it, or it is empty.
    IGNORE = "ignore"
    BOUNCE = "bounce"
    #: It is not shown to be from the person asked: parked, and that person is told.
    FORGED = "forged"


#: What a command comes to; every other one decides nothing about the application by itself.
VERDICTS = {
    Command.APPROVE: Verdict.APPROVE,
    Command.DONE: Verdict.APPROVE,
    Command.REFUSE: Verdict.REFUSE,
    Command.RETURN: Verdict.RETURN,
}
OBJECTS = "an objection to a public notice, from whomever: whoever decided is asked to answer it"
#: Why such a command decides nothing by itself.
ASIDE = {
    Command.IN_PROGRESS: "a report that is not done: the task stays open",
    Command.ABSTAIN: "an abstention: the others decide",
    Command.RECUSE: "the person steps back: another is asked",
    Command.HAND_OVER: "another is asked in their place",
    Command.LEND: "another is asked for an opinion first",
    Command.TAKE_BACK: "an earlier answer is taken back: the unit is asked again",
}
#: Commands and acts that stand only with words of their own (`approvals.decide`).
NEED_A_REASON = (Command.REFUSE, Command.RETURN, Command.ABSTAIN)
NO_REASON = "it gives no reason, which it needs: the desk decides nothing yet and asks for it"


@dataclass(frozen=True)
class Judged:
    """What a message would do."""

    verdict: Verdict
    why: str
    #: The precise command; empty where there is none.
    command: str = ""
    #: The new text after the command, without quotations and signature.
    opinion: str = ""
    checks: tuple[Check, ...] = ()

    def as_json(self, file: str) -> dict[str, Any]:
        """Return the verdict as `liandong mail judge --json` prints it."""
        return {
            "file": file,
            "verdict": self.verdict.value,
            "command": self.command,
            "opinion": self.opinion,
            "checks": [check.as_json() for check in self.checks],
            "why": self.why,
        }


def would_do(raw: bytes, came: Arrived, trust: Trust, server: NameServer | None) -> Judged:
    """Return what a message would do that came in as ``came`` says. Never raises."""
    if not raw.strip():
        return Judged(Verdict.IGNORE, "the message is empty")
    if (bounce := bounce_in(raw)) is not None:
        said = f"{', '.join((*bounce.failed, *bounce.delayed)) or 'nobody named'} {bounce.status}".strip()
        kind = "not delivered" if bounce.final else "not delivered yet"
        return Judged(Verdict.BOUNCE, f"a report of a mail server: {kind}: {said}")
    try:
        reading = read(raw, came.act)
    except UnreadableMessage as error:
        proof = prove(raw, unreadable(error, raw), came, trust, server)
        return _unless_forged(proof, Judged(Verdict.ASK, f"unreadable: {error.reason}", checks=proof.checks))
    reply = reply_of(reading, came.act)
    if is_objection(came.recipient) and reading.automatic is None:
        checks = authenticate(raw, trust, None, came.received_at).checks
        return Judged(Verdict.ASK, OBJECTS, opinion=reading.new_text, checks=checks)
    proof = prove(raw, reply, came, trust, server)
    if reading.automatic is not None:
        return Judged(Verdict.IGNORE, f"a machine wrote it: {reading.automatic}", checks=proof.checks)
    return _unless_forged(proof, _counted(came, _said(reading, reply, came, proof)))


def _unless_forged(proof: Authenticity, judged: Judged) -> Judged:
    """Return what it would do, unless nothing shows who sent it; then its words are for nobody."""
    if proof.proof:
        return judged
    broken = [check for check in proof.checks if check.result not in (Result.PASS, Result.NONE)]
    named = broken or [check for check in proof.checks if check.result is Result.NONE]
    why = "; ".join(f"{check.name}: {check.why}" for check in named) or "nothing shows who sent it"
    return Judged(Verdict.FORGED, why, judged.command, judged.opinion, proof.checks)


def _counted(came: Arrived, judged: Judged) -> Judged:
    """Return what it would do, unless no answer counts any more; then its sender is told so."""
    if not came.refusal:
        return judged
    return replace(judged, verdict=Verdict.IGNORE, why=f"it would not count: {came.refusal}")


def _said(reading: Reading, reply: Reply, came: Arrived, proof: Authenticity) -> Judged:
    """Return what the words of a message come to."""
    if reading.command is None or reply.problem:
        why = f"{reply.problem}: {reply.sentence[1]}"
        return Judged(Verdict.ASK, why, opinion=reading.new_text, checks=proof.checks)
    verdict, command = VERDICTS.get(reading.command, Verdict.ASK), reading.command.value
    why = ASIDE.get(reading.command, f"the command on its first line; proven by {proof.proof}")
    if not reading.opinion and (reading.command in NEED_A_REASON or came.act in ("report", PUBLIC_NOTICE)):
        why = f"{why}; {NO_REASON}"
    if reading.whom:
        why = f"{why} ({reading.whom})"
    if reading.command is Command.APPROVE and came.money and names_a_sum(reading.opinion):
        verdict, why = Verdict.ASK, "an approval is for the sum as stated, and the opinion names one"
    return Judged(verdict, why, command, reading.opinion, proof.checks)


def supposed(officer: str, reply_to: str, act: str, now: dt.datetime) -> Arrived:
    """Return a message as if ``officer`` had been asked, and ``reply_to`` were the secret address."""
    asked, to = (next(iter(addresses_in(one)), one.strip().lower()) for one in (officer, reply_to))
    return Arrived(to, now, asked, act)
