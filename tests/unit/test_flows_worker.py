"""What the worker does with a run that it polled and that another worker was quicker to take."""

from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from prefect import states
from prefect.client.schemas.objects import State
from prefect.client.schemas.responses import OrchestrationResult, SetStateStatus, StateAbortDetails, StateRejectDetails

from flows.worker import PassWorker


class Answering:
    """As much of Prefect's client as taking a run needs: one answer to every proposed state."""

    def __init__(self, answer: OrchestrationResult[Any]) -> None:
        self.answer = answer

    async def set_flow_run_state(self, *_: Any, **__: Any) -> OrchestrationResult[Any]:
        return self.answer


REFUSED = StateRejectDetails(reason="PENDING is not possible from here")


@pytest.mark.parametrize(
    ("answer", "taken"),
    [
        (OrchestrationResult(state=states.Pending(), status=SetStateStatus.ACCEPT, details={}), True),
        (OrchestrationResult(state=None, status=SetStateStatus.ABORT, details=StateAbortDetails(reason="")), False),
        # the other worker's pass is over, and the run waits again
        (OrchestrationResult(state=states.Suspended(), status=SetStateStatus.REJECT, details=REFUSED), False),
        (OrchestrationResult(state=states.Completed(), status=SetStateStatus.REJECT, details=REFUSED), False),
    ],
    ids=["free", "taken", "suspended again", "ended"],
)
async def test_a_worker_takes_a_run_that_is_free_and_outlives_any_other_answer(
    answer: OrchestrationResult[State], taken: bool
) -> None:
    worker = PassWorker("pool", "me", SimpleNamespace(), at_once=1, poll_seconds=1, after_pass=lambda: None)  # type: ignore[arg-type]
    worker._client = Answering(answer)  # type: ignore[assignment]
    assert await worker._take(SimpleNamespace(id=uuid4())) is taken  # type: ignore[arg-type]
