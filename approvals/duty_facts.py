"""What letters may say of a duty."""

from typing import Any

from approvals import targets
from approvals.transaction import Transaction
from models.application import Application
from models.calendar import office_date
from models.policy.policy import Policy


def facts_of(tx: Transaction, app: Application, policy: Policy) -> dict[str, Any]:
    """Return what every letter about a duty may say: what is to be done, for whom, how far it is."""
    measure, period = policy.measures[app.measure], app.content["period"]
    duty = measure.duties[app.option]
    return {
        "number": app.number,
        "policy": app.policy,
        "duty": duty.title.model_dump(),
        "title": {"zh": f"{duty.title.zh}（{period}）", "en": f"{duty.title.en} ({period})"},
        "measure": app.measure,
        "measure_title": measure.title.model_dump(),
        "policy_title": policy.title.model_dump(),
        "lead": policy.unit_name(measure.lead).model_dump(),
        "targets": [
            {
                "name": progress.target.name.model_dump(),
                "unit": progress.target.unit.model_dump(),
                "number": progress.target.number,
                "reached": progress.reached,
                "by": progress.last_day.isoformat() if progress.target.by or progress.target.each else None,
            }
            for progress in targets.of_duty(tx, policy, app.measure, app.option, office_date(app.submitted_at))
        ],
        "round": app.round,
    }
