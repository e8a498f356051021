"""Judging: a stored reply does what it says in one transaction, or it is said why not.

received -> decided | moved | asked_again | not_counted | parked | ignored. A crash before that leaves a message
`received`, and whoever looks next judges it; so does a name server that is away, for some hours.
"""

import datetime as dt

from sqlmodel import select

from approvals.answer import Answer, Decided, NotDecided
from approvals.arrived import moves_money
from approvals.asked import check, find
from approvals.chain import stamp
from approvals.decide import decide, record_foreign
from approvals.duties import Progressing, Reported, report
from approvals.inbound import Reply, token_of
from approvals.office import Office
from approvals.post import attachments, away, loops
from approvals.post.about import About
from approvals.post.unproven import waits
from approvals.reply_case import Case
from approvals.reply_moves import move
from approvals.transaction import Transaction
from models.case.sums import names_a_sum
from models.columns import plain
from models.errors import LiandongError
from models.inbound_mail import InboundMail
from models.states import Channel, MailState, Outcome

#: The problem of an approval beside a sum: a plain approval is for the sum as stated.
OTHER_SUM = "AMOUNT_IN_OPINION"
OTHER_SUM_SENTENCE = (
    "您的意见提到了金额或调整；回复“同意”只能按来函所列金额办理。如需变更金额，请打开下面的链接办理；"
    "如按所列金额同意，请再次回复，意见中不写金额。",
    "Your opinion names a sum or a change of one, and a reply can only approve the sum as stated. Another amount needs"
    " the page behind the link below; to approve as stated, reply again without a sum.",
)


def judge(tx: Transaction, office: Office, mail_id: str, reply: Reply, now: dt.datetime) -> MailState:
    """Do what the message says, or say why not. A message that was judged already stays as it was.

    One whose sender cannot be looked up now stays as well, and is judged again later.
    """
    mail = tx.exec(select(InboundMail).where(InboundMail.id == mail_id).with_for_update()).one()
    if mail.state is not MailState.RECEIVED:
        return mail.state
    mail.checks = reply.authenticity.as_json()
    if (reply.automatic is None or reply.away is not None) and waits(office, mail, reply.authenticity, now):
        return mail.state
    mail.state, mail.why = _judge(tx, office, mail, reply, now)
    mail.judged_at = now
    attachments.keep(tx, office, mail, token_of(mail.recipient), reply.files, now)
    return mail.state


def _judge(tx: Transaction, office: Office, mail: InboundMail, reply: Reply, now: dt.datetime) -> tuple[MailState, str]:
    presented = token_of(mail.recipient)
    asked = find(tx, presented)
    mail.application_id = None if asked is None else asked.app.id
    if loops.is_ours(tx, mail):
        return MailState.IGNORED, loops.OURS
    if reply.away is not None and asked is not None:
        about = About(asked.app, asked.stage, asked.task, asked.officer)
        return away.note(tx, office, about, away.Away(reply.senders, reply.away, reply.authenticity), now)
    if reply.automatic is not None:
        return MailState.IGNORED, f"automatic: {reply.automatic}"[:500]
    if asked is None:
        record_foreign(tx, presented, Channel.REPLY, now)
        return MailState.PARKED, "no such reply address"
    case = Case(tx, office, mail, asked, now)
    if len(reply.senders) != 1 or reply.senders[0] not in asked.officer.addresses:
        return _from_another_address(case, reply)
    if office.replies_must_be_authentic and not reply.authenticity.proof:
        return _not_authentic(case, reply)
    return _from_the_person_asked(case, presented, reply)


def _from_another_address(case: Case, reply: Reply) -> tuple[MailState, str]:
    """Nothing is decided; the person asked is told, the stranger is not."""
    case.refuse("another address", **{"from": list(reply.senders)})
    case.tell("parked", {"senders": list(reply.senders), "expected": case.asked.officer.email})
    return MailState.PARKED, f"from another address: {', '.join(reply.senders) or 'none'}"[:500]


def _not_authentic(case: Case, reply: Reply) -> tuple[MailState, str]:
    """Nothing is decided: anybody can write a From; the person asked is told."""
    checks = {check.name: check.result.value for check in reply.authenticity.checks}
    case.refuse("not authenticated", checks=checks)
    case.tell("parked", {"senders": list(reply.senders), "expected": case.asked.officer.email, "unproven": True})
    return MailState.PARKED, f"not authenticated: {reply.authenticity.why}"[:500]


def _from_the_person_asked(case: Case, presented: str, reply: Reply) -> tuple[MailState, str]:
    problem, sentence = (OTHER_SUM, OTHER_SUM_SENTENCE) if _other_sum(case, reply) else (reply.problem, reply.sentence)
    if reply.in_progress:
        return _report(case, presented, reply)
    if reply.wish is not None and not problem:
        return move(case, presented, reply.wish, reply.authenticity.proof)
    if reply.outcome is not None and not problem:
        return _answer(case, presented, reply, reply.outcome)
    try:
        check(case.tx, case.asked, presented, Channel.REPLY, case.now)
    except LiandongError as error:
        case.refuse(type(error).__name__)
        return case.not_counted(error)
    case.refuse("unreadable" if reply.unreadable else "unclear", problem=problem)
    case.ask_again(sentence)
    if reply.unreadable:
        return MailState.PARKED, f"unreadable: {problem}"[:500]
    return MailState.ASKED_AGAIN, problem


def _other_sum(case: Case, reply: Reply) -> bool:
    """Tell whether an approval that pledges or fixes money names a sum of its own."""
    return moves_money(case.asked) and reply.outcome is Outcome.APPROVE and names_a_sum(reply.opinion)


def _answer(case: Case, presented: str, reply: Reply, outcome: Outcome) -> tuple[MailState, str]:
    said, proof = Answer(outcome, reply.opinion), reply.authenticity.proof
    answered = decide(case.tx, case.office, presented, said, Channel.REPLY, case.now, proof=proof)
    return _tell(case, reply, answered, outcome.value)


def _report(case: Case, presented: str, reply: Reply) -> tuple[MailState, str]:
    said, proof = Progressing(reply.opinion), reply.authenticity.proof
    reported = report(case.tx, case.office, presented, said, Channel.REPLY, case.now, proof=proof)
    return _tell(case, reply, reported, "in_progress")


def _tell(case: Case, reply: Reply, answered: Decided | Reported | NotDecided, what: str) -> tuple[MailState, str]:
    """Tell the person asked what was recorded, or why nothing was."""
    if not isinstance(answered, NotDecided):
        case.tell("recorded", {"outcome": what, "opinion": plain(reply.opinion), "at": stamp(case.now)})
        return MailState.DECIDED, what
    return case.not_done(answered.error)
