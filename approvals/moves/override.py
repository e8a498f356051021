"""Override (运行人员代定): an operator decides in place of a unit, only with a reason.

Above the policy's sum it takes effect with the consent of a second operator, who is another person.
"""

import datetime as dt

from sqlmodel import select

from approvals import asking
from approvals.answers import settle
from approvals.asked import Place, place_of
from approvals.chain import changed, record
from approvals.decide import ANSWERS, ANSWERS_OF
from approvals.editions import policy_of
from approvals.moves import override_letters as told
from approvals.moves.mover import Moved, locked, no_panel, open_place, open_stage_of, reason_of
from approvals.office import Office
from approvals.transaction import Transaction
from models.application import Application
from models.case.own import is_own, person
from models.columns import new_id
from models.errors import (
    AlreadyDecided,
    ContentChanged,
    OwnApplication,
    Recused,
    StageClosed,
    UnknownApplication,
    WrongAnswer,
)
from models.event import EventKind
from models.operators import Operator, operator_called, read_operators
from models.override import (
    AlreadyProposed,
    NoReportByOperator,
    NoSecondOperator,
    Override,
    OverrideState,
    SamePerson,
    UnknownOverride,
    WaitsForAnother,
)
from models.states import Channel, Outcome, StageState, TaskState
from models.task import Recusal


def propose_or_override(
    tx: Transaction,
    office: Office,
    number: str,
    unit: str,
    outcome: Outcome,
    reason: str,
    operator: str,
    now: dt.datetime,
) -> Moved:
    """Decide in place of ``unit`` (empty: the only one asked) or, above the policy's sum, propose it.

    Raises:
        LiandongError: there is no such task, the operator may not, or the answer cannot stand.

    """
    app, who, why = locked(tx, number), _operator(office, operator), reason_of(reason)
    _check_operator(tx, app, who)
    place = open_place(tx, app, unit)
    _check(place, outcome)
    if tx.exec(select(Override).where(Override.task_id == place.task.id, Override.state == OverrideState.OPEN)).first():
        raise AlreadyProposed
    needed = app.asked_total > policy_of(tx, app).house_rules.override_consent_above
    proposal = Override(
        id=new_id(),
        application_id=app.id,
        task_id=place.task.id,
        outcome=outcome,
        reason=why,
        content_hash=app.content_hash,
        needs_consent=needed,
        proposer=who.person,
        proposer_name=who.name,
        state=OverrideState.OPEN,
        proposed_at=now,
    )
    if needed:
        return _propose(tx, office, place, proposal, who, now)
    return _take(tx, office, place, proposal, now)


def consent(tx: Transaction, office: Office, override_id: str, operator: str, now: dt.datetime) -> Moved:
    """Consent to a proposed override, which takes effect.

    Raises:
        UnknownOverride: there is none that waits.
        SamePerson: the one who proposed it cannot consent.
        AlreadyDecided, StageClosed, ContentChanged: the unit has answered, or things have moved on.

    """
    app, proposal, who = _proposal(tx, office, override_id, operator)
    if proposal.proposer == who.person:
        raise SamePerson
    _check_operator(tx, app, who)
    place = place_of(tx, app, proposal.task_id)
    _check_still_open(tx, place, proposal)
    _check(place, proposal.outcome)
    proposal.consenter, proposal.consenter_name = who.person, who.name
    return _take(tx, office, place, proposal, now)


def decline(tx: Transaction, office: Office, override_id: str, operator: str, now: dt.datetime) -> Moved:
    """Decline a proposed override; whoever proposed it may also call it off so. Nothing is decided.

    Raises:
        UnknownOverride: there is none that waits.

    """
    app, proposal, who = _proposal(tx, office, override_id, operator)
    proposal.state, proposal.closed_at = OverrideState.DECLINED, now
    if proposal.proposer != who.person:
        proposal.consenter, proposal.consenter_name = who.person, who.name
    tx.add(proposal)
    place = place_of(tx, app, proposal.task_id)
    about = {"stage": place.stage.id, "task": place.task.id, "unit": place.task.unit, "override": proposal.id}
    record(tx, app, EventKind.OVERRIDE_DECLINED, now, by=who.by, **about)
    changed(tx, app, now)
    told.tell_declined(tx, office, place, proposal, who, now)
    return Moved(app.number, "已不同意代定，未作任何决定。", "The override is declined; nothing was decided.")


def open_proposals(tx: Transaction) -> list[Override]:
    """Return the overrides that wait for a second operator's consent, the oldest first."""
    waiting = select(Override).where(Override.state == OverrideState.OPEN)
    return sorted(tx.exec(waiting), key=lambda one: one.proposed_at)


def operators_of(office: Office) -> tuple[Operator, ...]:
    """Return everybody who runs the chain."""
    return office.operators or read_operators("", office.operator_email)


def _operator(office: Office, called: str) -> Operator:
    return operator_called(operators_of(office), called)


def _check_operator(tx: Transaction, app: Application, who: Operator) -> None:
    """Raise where the operator is the applicant, or has recused as an officer."""
    if is_own(app, who.address):
        raise OwnApplication
    recused = tx.exec(select(Recusal.address).where(Recusal.application_id == app.id))
    if who.person in {person(address) for address in recused}:
        raise Recused


def _check(place: Place, outcome: Outcome) -> None:
    no_panel(place)
    if place.planned.act == "report":
        raise NoReportByOperator
    if outcome is Outcome.RECUSE or outcome not in ANSWERS_OF.get(place.planned.act, ANSWERS):
        raise WrongAnswer
    if place.task.state is TaskState.WAITING:
        raise WaitsForAnother


def _check_still_open(tx: Transaction, place: Place, proposal: Override) -> None:
    """Raise where the unit has answered, or its task does not wait any more."""
    if place.task.state is TaskState.DONE:
        unit = policy_of(tx, place.app).unit_name(place.task.unit)
        raise AlreadyDecided(unit.zh, unit.en)
    if proposal.content_hash != place.app.content_hash:
        raise ContentChanged
    if place.task.state is TaskState.VOID or open_stage_of(tx, place.app).id != place.stage.id:
        raise StageClosed(place.task.ended_as)


def _proposal(
    tx: Transaction, office: Office, override_id: str, operator: str
) -> tuple[Application, Override, Operator]:
    """Return a proposal that waits, its application locked."""
    who = _operator(office, operator)
    found = select(Override).where(Override.id == override_id.strip())
    proposal = tx.exec(found).first()
    if proposal is None:
        raise UnknownOverride
    app = tx.exec(select(Application).where(Application.id == proposal.application_id).with_for_update()).first()
    if app is None:
        raise UnknownApplication
    proposal = tx.exec(found.execution_options(populate_existing=True)).one()
    if proposal.state is not OverrideState.OPEN:
        raise UnknownOverride
    return app, proposal, who


def _propose(
    tx: Transaction, office: Office, place: Place, proposal: Override, who: Operator, now: dt.datetime
) -> Moved:
    """Keep the proposal and write to the other operators."""
    app = place.app
    others = [one for one in operators_of(office) if one.person != who.person and not is_own(app, one.address)]
    if not others:
        raise NoSecondOperator
    tx.add(proposal)
    tx.flush()
    about = _about(place, proposal) | {"outcome": proposal.outcome.value}
    record(tx, app, EventKind.OVERRIDE_PROPOSED, now, by=who.by, reason=proposal.reason, **about)
    changed(tx, app, now)
    told.tell_proposed(tx, office, place, proposal, others, now)
    return Moved(
        app.number,
        f"申请金额超过规定，须由另一名运行人员同意后生效；已通知：{'、'.join(one.name for one in others)}。",
        "Above the policy's sum it takes effect with a second operator's consent; written to: "
        + ", ".join(one.name for one in others)
        + ".",
    )


def _about(place: Place, proposal: Override) -> dict[str, str]:
    return {
        "stage": place.stage.id,
        "task": place.task.id,
        "unit": place.task.unit,
        "override": proposal.id,
        "proposer": proposal.proposer,
    }


def _take(tx: Transaction, office: Office, place: Place, proposal: Override, now: dt.datetime) -> Moved:
    """Answer the task as the operator says; a stage that this closes is suspended no more."""
    app, by = place.app, f"operator:{proposal.proposer_name}"
    asked = asking.were_asked(tx, [place.task]).get(place.task.id, [])
    proposal.state, proposal.closed_at = OverrideState.TAKEN, now
    tx.add(proposal)
    tx.flush()
    settle(tx, office, place, proposal.outcome, proposal.reason, Channel.OPERATOR, by, now)
    if place.stage.state is not StageState.OPEN:
        place.stage.suspended_at = None
    about = _about(place, proposal) | {"outcome": proposal.outcome.value, "decision": place.task.decision_id}
    if proposal.consenter is not None:
        about |= {"consenter": proposal.consenter, "consented_by": proposal.consenter_name}
    record(tx, app, EventKind.OVERRIDDEN, now, by=by, reason=proposal.reason, **about)
    changed(tx, app, now)
    told.tell_overridden(tx, office, place, proposal, asked, now)
    if proposal.consenter is not None:
        told.tell_consented(tx, office, place, proposal, now)
    name = policy_of(tx, app).unit_name(place.task.unit)
    return Moved(
        app.number,
        f"已代{name.zh}作出决定，并注明“运行人员代定”。",
        f"Decided in place of {name.en}, and marked as an operator's override.",
    )
