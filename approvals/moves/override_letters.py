"""Letters about overrides: to the other operators, to whoever proposed one, and to the officers of the unit."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from approvals import letters
from approvals.asked import Place
from approvals.editions import policy_of
from approvals.office import Office
from approvals.transaction import Transaction
from models.officer import Officer
from models.operators import Operator, read_operators
from models.override import Override


def tell_proposed(
    tx: Transaction, office: Office, place: Place, proposal: Override, others: Iterable[Operator], now: dt.datetime
) -> None:
    """Ask the other operators for their consent."""
    facts = _facts(tx, place, proposal)
    for one in others:
        key = f"override_proposed:{proposal.id}:{one.person}"
        letters.queue(tx, office, "override_proposed", key, _to(one), facts, now, place.app.id)


def tell_declined(
    tx: Transaction, office: Office, place: Place, proposal: Override, who: Operator, now: dt.datetime
) -> None:
    """Tell whoever proposed an override that it was declined."""
    declined_by = {"zh": f"运行人员 {who.name}", "en": f"operator {who.name}"}
    _tell_proposer(tx, office, place, proposal, "override_declined", now, declined_by=declined_by)


def tell_consented(tx: Transaction, office: Office, place: Place, proposal: Override, now: dt.datetime) -> None:
    """Tell whoever proposed an override that it has taken effect, and by whose consent."""
    _tell_proposer(tx, office, place, proposal, "override_consented", now, consented_by=proposal.consenter_name)


def _tell_proposer(
    tx: Transaction, office: Office, place: Place, proposal: Override, kind: str, now: dt.datetime, **said: Any
) -> None:
    facts = _facts(tx, place, proposal) | said
    for one in office.operators or read_operators("", office.operator_email):
        if one.person == proposal.proposer:
            letters.queue(tx, office, kind, f"{kind}:{proposal.id}", _to(one), facts, now, place.app.id)


def tell_overridden(
    tx: Transaction, office: Office, place: Place, proposal: Override, officers: Iterable[Officer], now: dt.datetime
) -> None:
    """Tell the officers who were asked that an operator has decided in place of their unit."""
    facts = _facts(tx, place, proposal)
    if proposal.consenter_name is not None:
        facts["consented_by"] = proposal.consenter_name
    for officer in officers:
        key = f"overridden:{proposal.id}:{officer.id}"
        said = facts | letters.unit_facts(tx, place.app, place.task, officer)
        to = (officer.email, officer.name, officer.language)
        letters.queue(tx, office, "overridden", key, to, said, now, place.app.id)


def _facts(tx: Transaction, place: Place, proposal: Override) -> dict[str, Any]:
    app, name = place.app, proposal.proposer_name
    return (
        letters.facts_of(tx, app)
        | letters.stage_facts(app, place.stage, place.planned)
        | {
            "unit": letters.names(policy_of(tx, app).unit_name(place.task.unit)),
            "who": {"zh": f"运行人员 {name}", "en": f"operator {name}"},
            "outcome": proposal.outcome.value,
            "opinion": proposal.reason,
            "override": proposal.id,
            "consented_by": "",
        }
    )


def _to(operator: Operator) -> tuple[str, str, str]:
    return operator.address, operator.name, "zh"
