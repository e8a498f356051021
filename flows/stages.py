"""Stages on the run's page: one task run per stage, with the times at which it really opened and closed.

A stage waits for people, so no code runs in it and it cannot be a ``@task``. It is shown the way Prefect's own
engine reports tasks (``emit_task_run_state_change_event``): as events that the server's task-run recorder folds
into rows. Ids are derived from the run and the stage, so that sending an event twice changes nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId
from prefect.client.schemas.objects import StateType, TaskRun
from prefect.client.schemas.sorting import TaskRunSort

#: Runs that one page of Prefect's API may hold; an application has a dozen.
PAGE = 200


@dataclass(frozen=True)
class Phase:
    """What a stage's badge says, from when on, and the sentence under it."""

    type: StateType
    name: str
    since: datetime
    message: str


@dataclass(frozen=True)
class ShownStage:
    """One stage as the page shows it."""

    #: Unique within the application, the same in every pass.
    key: str
    name: str
    #: First the waiting, then, once it has closed, how it closed.
    phases: tuple[Phase, ...]
    #: The key of the stage before it; None for the first.
    after: str | None


def stage_run_id(run_id: UUID, key: str) -> UUID:
    """Return the id of the task run that shows the stage or step ``key`` on the page of ``run_id``."""
    return uuid5(NAMESPACE_URL, f"liandong:{run_id}:{key}")


async def shown_steps(client: PrefectClient, run_id: UUID) -> dict[UUID, TaskRun]:
    """Return what is on the run's page already, by task run id."""
    of_this_run = FlowRunFilter(id=FlowRunFilterId(any_=[run_id]))
    found = await client.read_task_runs(
        flow_run_filter=of_this_run, sort=TaskRunSort.EXPECTED_START_TIME_ASC, limit=PAGE
    )
    return {task_run.id: task_run for task_run in found}


async def show_stages(
    client: PrefectClient, run_id: UUID, stages: Iterable[ShownStage], shown: dict[UUID, TaskRun]
) -> None:
    """Bring the stages on the page of ``run_id`` up to date; says nothing that ``shown`` says already."""
    events = [event for stage in stages for event in missing_events(run_id, stage, shown)]
    if events:
        await client.request("POST", "/events", json=events)


def missing_events(run_id: UUID, stage: ShownStage, shown: dict[UUID, TaskRun]) -> list[dict[str, Any]]:
    """Return the events that take the stage from what is shown to its present phase."""
    there = shown.get(stage_run_id(run_id, stage.key))
    said = [(phase.name, phase.message) for phase in stage.phases]
    now = (there.state.name, there.state.message) if there and there.state else None
    first = said.index(now) + 1 if now in said else 0
    return [_event(run_id, stage, number) for number in range(first, len(stage.phases))]


def _event(run_id: UUID, stage: ShownStage, number: int) -> dict[str, Any]:
    """Return phase ``number`` of the stage as the event of a task run's change of state."""
    phase = stage.phases[number]
    id_ = stage_run_id(run_id, stage.key)
    return {
        "id": str(uuid5(id_, f"{phase.name}:{phase.message}")),
        "event": f"prefect.task-run.{phase.name}",
        "occurred": _moment(stage.phases, number).isoformat(),
        "resource": {
            "prefect.resource.id": f"prefect.task-run.{id_}",
            "prefect.resource.name": stage.name,
            "prefect.state-name": phase.name,
            "prefect.state-type": phase.type.value,
            "prefect.state-message": phase.message,
            "prefect.orchestration": "client",
        },
        "related": [{"prefect.resource.id": f"prefect.flow-run.{run_id}", "prefect.resource.role": "flow-run"}],
        "payload": {"validated_state": _state(phase), "task_run": _task_run(run_id, stage, number)},
    }


def _moment(phases: Sequence[Phase], number: int) -> datetime:
    """Return when phase ``number`` began; the recorder keeps a later state only if its time is later."""
    return phases[number].since + timedelta(microseconds=number)


def _state(phase: Phase) -> dict[str, Any]:
    return {"type": phase.type.value, "name": phase.name, "message": phase.message, "data": None}


def _task_run(run_id: UUID, stage: ShownStage, number: int) -> dict[str, Any]:
    opened, now = _moment(stage.phases, 0), _moment(stage.phases, number)
    closed = {} if number == 0 else {"end_time": now.isoformat(), "total_run_time": (now - opened).total_seconds()}
    return {
        "name": stage.name,
        "task_key": "stage",
        "dynamic_key": stage.key,
        "run_count": 1,
        "expected_start_time": opened.isoformat(),
        "start_time": opened.isoformat(),
        "task_inputs": after(run_id, stage.after),
        **closed,
    }


def after(run_id: UUID, key: str | None) -> dict[str, list[dict[str, str]]]:
    """Return the edge that draws a step of the graph behind the one with ``key``."""
    if key is None:
        return {}
    return {"after": [{"input_type": "task_run", "id": str(stage_run_id(run_id, key))}]}
