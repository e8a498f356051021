"""The waker: takes wake-ups from the tables to Prefect, the moment that the doorbell rings.

It runs beside the worker. Any number of wakers may run: a run that was woken twice makes a pass in vain.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.exceptions import ObjectNotFound, PrefectHTTPStatusError
from prefect.states import AwaitingRetry

from approvals import waking
from approvals.doorbell import Doorbell
from approvals.waking import Wake
from flows.context import database
from flows.orphans import put_back_orphans
from flows.runs import Answer, make_run, wake_run
from flows.sweep import revive

log = logging.getLogger("liandong.waker")

#: How long a woken run may take to show the new version before it is woken once more.
PATIENCE = timedelta(seconds=15)
#: How long a run whose pass failed is left alone.
AFTER_FAILURE = timedelta(seconds=60)
#: A pass under way for less than this is waited for; after that newer wake-ups go first ...
SOON_OVER = timedelta(seconds=2)
#: ... for as long as it has taken already, at most so long. So does a wake-up that Prefect's API refuses.
LONGEST_ASIDE = timedelta(seconds=5)
#: How often it is asked whether Prefect still has our deployments: its database may have been lost.
ASK_EVERY = timedelta(seconds=10)
#: Wake-ups looked at together; those on their way are among them.
BATCH = 50


class Waker:
    """Resumes the runs of applications that have something new to show, and makes missing runs."""

    def __init__(
        self, client: PrefectClient, deploy: Callable[[], Awaitable[UUID]], poke: Callable[[], None], at_once: int
    ) -> None:
        self._client = client
        #: Wake-ups that may be on their way: more would only crowd Prefect's database.
        self._at_once = at_once
        #: Makes the deployments and returns the id of ``approval-chain``.
        self._deploy = deploy
        #: Called when there is something for the worker to poll.
        self._poke = poke
        self._chain: UUID | None = None
        #: When to ask whether Prefect still knows us.
        self._ask_again = datetime.min.replace(tzinfo=UTC)
        #: What was passed on to Prefect, and until when that is waited for.
        self._passed_on: dict[Wake, datetime] = {}

    async def forever(self, bell: Doorbell, seconds: float) -> None:
        """Look when the bell rings, and every ``seconds``; a Prefect that is away is tried again for ever."""
        while True:
            try:
                await self.look(datetime.now(UTC))
            except ObjectNotFound:
                log.warning("Prefect does not know us: making deployments and every live run again")
                self._chain = None
            except Exception as error:
                log.warning("wake-ups wait, Prefect or the database does not answer: %s", error)
            await bell.wait(seconds)

    async def look(self, now: datetime) -> None:
        """Pass every wake-up that is due on to Prefect."""
        if self._chain is None:
            await self.rebuild(now)
        elif now >= self._ask_again:
            await self._client.read_deployment(self._chain)
            self._ask_again = now + ASK_EVERY
        self._passed_on = {wake: until for wake, until in self._passed_on.items() if until > now}
        due = await database().read(waking.due, now, BATCH)
        waiting = [wake for wake in due if wake not in self._passed_on]
        for wake in waiting[: max(0, self._at_once - (len(due) - len(waiting)))]:
            try:
                await self._pass_on(wake, now)
            except PrefectHTTPStatusError as error:  # one that cannot be passed on must not hold the others back
                log.warning("the wake-up of %s steps aside: %s", wake.number, error)
                await database().write(waking.defer, wake.application_id, now + LONGEST_ASIDE)

    async def rebuild(self, now: datetime) -> None:
        """Make what Prefect must know, from the tables: deployments, and runs that it has lost."""
        self._chain = await self._deploy()
        await put_back_orphans(self._client)
        await revive(self._client, now)

    async def _pass_on(self, wake: Wake, now: datetime) -> None:
        if wake.run_id is None:
            await self._make(wake, now)
            return
        run_id = UUID(wake.run_id)
        match await wake_run(self._client, run_id):
            case Answer.WOKEN, _:
                self._wait_for(wake, now)
            case Answer.BUSY, since:
                if (busy := now - since) > SOON_OVER:  # else looked at again when a pass ends, or in a second
                    await database().write(waking.defer, wake.application_id, now + min(busy, LONGEST_ASIDE))
            case Answer.FAILED, _:
                await self._client.set_flow_run_state(run_id, AwaitingRetry(), force=True)
                await database().write(waking.defer, wake.application_id, now + AFTER_FAILURE)
                self._wait_for(wake, now)
            case Answer.GONE, _:
                if await database().write(waking.forget_run, wake.application_id, wake.run_id, now):
                    await self._make(wake, now)

    async def _make(self, wake: Wake, now: datetime) -> None:
        assert self._chain is not None
        run_id = await make_run(self._client, self._chain, wake)
        await database().write(waking.adopt_run, wake.application_id, str(run_id), now)
        self._wait_for(replace(wake, run_id=str(run_id), runs=wake.runs + 1), now)

    def _wait_for(self, wake: Wake, now: datetime) -> None:
        self._passed_on[wake] = now + PATIENCE
        self._poke()
