"""The flow ``sweep``: finds what was left undone, on a schedule, and sets it going again.

Whatever it does is safe to do twice. Whatever it decides, a policy's data said beforehand.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from prefect import flow, get_run_logger
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterName,
    FlowRunFilter,
    FlowRunFilterId,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.states import Completed

from approvals import waking
from approvals.deputy import deputies
from approvals.late import recount, reminders, stuck
from approvals.morning import digests
from approvals.moves import suspend
from approvals.notice import notices
from approvals.office import Office
from approvals.transaction import Transaction
from approvals.waking import Wake
from flows.context import database, office, settings
from flows.runs import Answer, condition, put_back

#: What finds some stages that are to be seen to, by their ids.
Query = Callable[[Transaction, datetime], list[str]]
#: What sees to one stage, by its id; says whether anything was done.
Verb = Callable[[Transaction, Office, str, datetime], bool]
#: Runs asked for in one request to Prefect's API.
PAGE = 200
#: So many times a sweep asks for more stages; the next one goes on.
MOST_PAGES = 50


@flow(
    name="sweep",
    description="Finds runs that stopped, dates that passed, notices that are over and letters that stick.",
)
async def sweep() -> State[Any]:
    """Set going what stopped, see to stages whose date came or moved, and flag letters that stick."""
    now = datetime.now(UTC)
    async with get_client() as client:
        done = {
            "runs put back": await put_back_stuck(client, now),
            "runs that had ended": await revive(client, now),
        }
    done["dates moved"] = await _each(recount.outdated, recount.recount, now)
    done["notices ended"] = await _each(notices.due, notices.end_due, now)
    done["deputies begun"] = await _each(deputies.to_begin, deputies.begin, now)
    done["stages seen to"] = await _each(reminders.overdue, reminders.look_at, now)
    done["suspended stages told of"] = await _each(suspend.long_suspended, suspend.tell_suspended, now)
    done["digests written"] = await _each(partial(digests.due, at=settings().digest_at), digests.write, now)
    done["letters flagged"] = await database().write(stuck.flag_stuck_letters, office(), now)
    said = ", ".join(f"{what}: {count}" for what, count in done.items() if count) or "nothing to do"
    get_run_logger().info("Swept: %s", said)
    return Completed(message=said)


async def put_back_stuck(client: PrefectClient, now: datetime) -> int:
    """Schedule runs again that have been in mid-pass for too long to move any more; return how many."""
    after = timedelta(seconds=settings().stuck_seconds)
    stuck = [run for run in await in_mid_pass(client) if run.state and run.state.timestamp <= now - after]
    for run in stuck:
        await put_back(client, run)
    return len(stuck)


async def in_mid_pass(client: PrefectClient) -> list[FlowRun]:
    """Return the runs that neither wait nor have ended."""
    types = FlowRunFilterStateType(any_=[StateType.PENDING, StateType.RUNNING, StateType.CANCELLING])
    return await client.read_flow_runs(
        deployment_filter=DeploymentFilter(name=DeploymentFilterName(any_=["approval-chain"])),
        flow_run_filter=FlowRunFilter(state=FlowRunFilterState(type=types)),
        sort=FlowRunSort.ID_DESC,
        limit=PAGE,
    )


async def revive(client: PrefectClient, now: datetime) -> int:
    """See to runs that ended while their application lives; return how many.

    A crashed run makes another pass. One that was cancelled or deleted is forgotten, and the waker makes the
    next at once, for a forgotten run shows nothing. One that failed waits for news, or for its operator.
    """
    live = [wake for wake in await database().read(waking.live) if wake.run_id is not None]
    revived = 0
    for some in _pages(live):
        runs = await _runs(client, some)
        for wake in some:
            run = runs.get(str(wake.run_id))
            if run is None or condition(run.state) is Answer.GONE:
                revived += await database().write(waking.forget_run, wake.application_id, str(wake.run_id), now)
            elif run.state is not None and run.state.is_crashed():
                await put_back(client, run)
                revived += 1
    return revived


async def _runs(client: PrefectClient, wakes: list[Wake]) -> dict[str, FlowRun]:
    ids = FlowRunFilterId(any_=[UUID(wake.run_id) for wake in wakes if wake.run_id])
    runs = await client.read_flow_runs(flow_run_filter=FlowRunFilter(id=ids), sort=FlowRunSort.ID_DESC, limit=PAGE)
    return {str(run.id): run for run in runs}


def _pages(wakes: list[Wake]) -> Iterator[list[Wake]]:
    for start in range(0, len(wakes), PAGE):
        yield wakes[start : start + PAGE]


async def _each(query: Query, verb: Verb, now: datetime) -> int:
    """Let ``verb`` see to each stage that ``query`` finds, in a transaction of its own.

    One that cannot be seen to holds no other back, and is tried again by the next sweep.
    """
    done, seen = 0, set[str]()
    for _ in range(MOST_PAGES):
        fresh = [stage for stage in await database().read(query, now) if stage not in seen]
        if not fresh:
            break
        seen.update(fresh)
        for stage in fresh:
            try:
                done += await database().write(verb, office(), stage, now)
            except Exception:
                get_run_logger().exception("stage %s was not seen to; the next sweep tries again", stage)
    return done
