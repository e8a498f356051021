"""What can be done with a run from outside: make it, wake it, put it back. Safe to do twice."""

from datetime import UTC, datetime
from enum import Enum
from uuid import UUID

import httpx
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.objects import FlowRun, State
from prefect.client.schemas.responses import SetStateStatus
from prefect.exceptions import ObjectNotFound, PrefectHTTPStatusError
from prefect.states import AwaitingRetry, Cancelled

from approvals.waking import Wake


class Answer(Enum):
    """What became of a wake-up."""

    #: A pass will follow.
    WOKEN = "woken"
    #: A pass is under way; it may have read the tables too early, so try again when it has ended.
    BUSY = "busy"
    #: The last pass failed or crashed; the run can make another.
    FAILED = "failed"
    #: Cancelled or deleted: this run makes no pass any more.
    GONE = "gone"


async def make_run(client: PrefectClient, deployment_id: UUID, wake: Wake) -> UUID:
    """Return the id of the application's next run; two who make it at once get the same run.

    Raises:
        ObjectNotFound: Prefect has no such deployment (any more).

    """
    key = wake.application_id if not wake.runs else f"{wake.application_id}:{wake.runs}"
    try:
        run = await client.create_flow_run_from_deployment(
            deployment_id,
            parameters={"application_id": wake.application_id},
            name=f"{wake.number} · {wake.place_zh}",
            idempotency_key=key,
        )
    except PrefectHTTPStatusError as error:
        if error.response.status_code == httpx.codes.NOT_FOUND:
            raise ObjectNotFound(error) from error
        raise
    return run.id


async def wake_run(client: PrefectClient, run_id: UUID) -> tuple[Answer, datetime]:
    """Resume the run if it is suspended; say what became of it, and since when its state is what it is."""
    try:
        answer = await client.resume_flow_run(run_id)
    except PrefectHTTPStatusError:  # 500 where the run was deleted
        return await _condition(client, run_id)
    if answer.status == SetStateStatus.ACCEPT:
        return Answer.WOKEN, datetime.now(UTC)
    return await _condition(client, run_id)


async def _condition(client: PrefectClient, run_id: UUID) -> tuple[Answer, datetime]:
    try:
        state = (await client.read_flow_run(run_id)).state
    except ObjectNotFound:
        return Answer.GONE, datetime.now(UTC)
    return condition(state), state.timestamp if state else datetime.now(UTC)


def condition(state: State | None) -> Answer:
    """Return what a run in ``state``, which is not suspended, is good for."""
    if state is None or not state.is_final():
        return Answer.BUSY
    return Answer.FAILED if state.is_failed() or state.is_crashed() else Answer.GONE


async def put_back(client: PrefectClient, run: FlowRun) -> None:
    """Schedule a run again that stopped between two states; one that was being cancelled is cancelled."""
    if run.state is not None and run.state.is_cancelling():
        await client.set_flow_run_state(run.id, Cancelled(), force=True)
        return
    await client.set_flow_run_state(run.id, AwaitingRetry(), force=True)
