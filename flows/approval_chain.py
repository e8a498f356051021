"""The flow ``approval-chain``: one run per application or duty, from submission to its end.

Each time that the run is woken it makes a *pass*: read where the application stands, do what is slow, bring
the run's page up to date, and suspend again. It never replays, and it decides nothing: the tables do.

The chain itself is data: the ``roads`` in ``policies/<policy>/policy.yaml`` (county, city, formal check,
co-signature, determination; for a duty reports and acceptance). ``models.road.route`` plans an application's route
from it and says which stage is next.
"""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from prefect import flow, get_run_logger
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.objects import State
from prefect.context import FlowRunContext
from prefect.flow_runs import asuspend_flow_run
from prefect.states import Cancelled, Completed, Failed

from approvals import queries, waking
from approvals.submit import submit
from flows import page
from flows.context import database, office
from flows.quiet import quiet
from flows.show import show
from flows.stages import shown_steps
from flows.steps import check_intake, conclude, documents, once
from models.case.form import ApplicationForm
from models.errors import Fault, RefusedApplication
from models.files.form_file import form_from
from models.road.standing import Standing

#: A pass takes less than a second; what takes longer than this hangs.
PASS_SECONDS = 60

NOT_FILLED_IN = Fault("application", "未填写申请表", "is empty: fill it in, or use `liandong submit FILE`")


@flow(
    name="approval-chain",
    description="One application on its way up: county, city, province. Suspended while it waits for people.",
    timeout_seconds=PASS_SECONDS,
    validate_parameters=False,  # what is wrong with a form is said in our one sentence, not by pydantic
)
async def approval_chain(application_id: str | None = None, application: ApplicationForm | None = None) -> State[Any]:
    """Bring one application a step on, then wait until it is woken again.

    Args:
        application_id: an application that is in the tables already; leave it empty in the form.
        application: a new application, which this run submits.

    """
    quiet()
    try:
        id_ = application_id or await _submitted(application)
    except RefusedApplication as refusal:
        return Failed(name="未受理 Not admitted", message=f"{refusal.sentence('zh')} / {refusal.sentence('en')}")
    standing = await database().read(queries.standing, id_)
    if standing.run_id not in (None, str(_run_id())):
        return Cancelled(name="已由新运行接替 Superseded", message=f"Goes on in run {standing.run_id}.")
    async with get_client() as client:
        await _bring_up_to_date(client, standing)
    if standing.state.ended:
        return _ended(standing)
    await asuspend_flow_run(key=str(uuid4()))  # a key that was used once would not wait again
    raise AssertionError("a suspended pass ends above")


async def _submitted(application: ApplicationForm | dict[str, Any] | None) -> str:
    """Submit what was filled in in Prefect's form; a second pass of the same run finds the same application."""
    if application is None:
        raise RefusedApplication([NOT_FILLED_IN])
    form = application if isinstance(application, ApplicationForm) else form_from(application)
    submitted = await database().write(submit, office(), form, datetime.now(UTC), run_id=str(_run_id()))
    return submitted.id


async def _bring_up_to_date(client: PrefectClient, standing: Standing) -> None:
    """Do each slow step once, show what is new, and say in the tables that it is shown."""
    run_id = _run_id()
    done = await shown_steps(client, run_id)
    await once(done, run_id, check_intake, page.intake_step(standing), standing.id)
    if standing.state.ended:
        if not standing.is_duty:
            await once(done, run_id, documents, page.documents_step(standing), standing.id)
        await once(done, run_id, conclude, page.conclude_step(standing), standing.id)
    await show(client, run_id, standing, done)
    vain = "" if standing.version > standing.shown_version else "Nothing new; resuming here decides nothing. "
    get_run_logger().info("%s%s", vain, page.news(standing))
    await database().write(waking.mark_shown, standing.id, standing.version, str(run_id))


def _ended(standing: Standing) -> State[Any]:
    """Return the final state: completed, for the chain did its work, and named after the result."""
    return Completed(name=page.state_name(standing), message=page.ending(standing))


def _run_id() -> UUID:
    run = FlowRunContext.get()
    if run is None or run.flow_run is None:
        raise RuntimeError("approval-chain runs as a deployment: start one with `liandong submit` or in the UI.")
    return run.flow_run.id
