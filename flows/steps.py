"""Slow steps of a pass: real tasks with retries, each done once per run however often it is woken."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from prefect import Task, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.states import Pending
from prefect.task_engine import run_task_async

from approvals import audit
from flows.context import database
from flows.stages import after, stage_run_id
from notifications.papers.making import make_papers


@dataclass(frozen=True)
class Step:
    """A step as the page shows it; ``key`` is unique within the application."""

    key: str
    name: str
    after: str | None


class RecordBroken(Exception):
    """The application's record does not agree with its chain of events: see `liandong audit verify`."""


def _worth_a_retry(_task: Any, _run: TaskRun, state: State[Any]) -> bool:
    """Return False for a broken record, or a paper that cannot be set: no waiting mends them."""
    return not any(error in (state.message or "") for error in ("RecordBroken", "PaperNotMade"))


RETRIES: dict[str, Any] = {
    "retries": 3,
    "retry_delay_seconds": [1, 5, 15],
    "retry_condition_fn": _worth_a_retry,
    "cache_policy": NO_CACHE,
}


@task(name="intake", **RETRIES)
async def check_intake(application_id: str) -> None:
    """Check that what the chain decides about is what the applicant sent."""
    await _verify(application_id)


@task(name="documents", **RETRIES)
async def documents(application_id: str) -> None:
    """Make the award letter and the decision sheet, and keep them."""
    await make_papers(database(), application_id, lambda: datetime.now(UTC))


@task(name="conclude", **RETRIES)
async def conclude(application_id: str) -> None:
    """Recompute the application's whole chain of events before its run ends."""
    await _verify(application_id)


async def _verify(application_id: str) -> None:
    if broken := await database().read(audit.verify, application_id):
        raise RecordBroken(f"{broken.number}, event {broken.seq}: {broken.why}")


async def once(
    done: dict[UUID, TaskRun], run_id: UUID, step_task: Task[..., Any], step: Step, application_id: str
) -> None:
    """Run ``step_task`` unless the page of ``run_id`` shows it completed; a step that failed is tried again.

    Its task run has an id of its own making, so that a step interrupted half-way is not shown twice.
    """
    id_ = stage_run_id(run_id, step.key)
    there = done.get(id_)
    if there is not None and there.state is not None and there.state.is_completed():
        return
    task_run = TaskRun(
        id=id_,
        name=step.name,
        flow_run_id=run_id,
        task_key=step_task.task_key,
        dynamic_key=step.key,
        expected_start_time=datetime.now(UTC),
        empirical_policy={"retries": step_task.retries, "retry_delay": step_task.retry_delay_seconds},
        task_inputs=after(run_id, step.after),
        state=Pending(),
    )
    await run_task_async(step_task, task_run=task_run, parameters={"application_id": application_id})
