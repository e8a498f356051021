"""A whole installation for acceptance tests: every part a real process, Prefect's own server, SMTP and HTTP."""

import asyncio
import contextlib
import datetime as dt
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, TypeVar

import httpx
from sqlalchemy import text

from approvals import audit, queries
from approvals.database import Database
from approvals.directory import import_officers
from approvals.office import Office
from approvals.registers import enter
from approvals.submit import submit
from cli.robots import LINK, decide_by_link
from cli.up import Part, everything
from flows.server import PrefectServer
from models.application import Application
from models.case.form import ApplicationForm
from models.road.standing import Standing
from models.settings import Settings
from models.states import Outcome
from notifications.practice.mailbox import Mailbox
from notifications.practice.reply import send_reply
from tests.support.desk import consortia, hangzhou_directory
from tests.support.policies import ZHEJIANG
from tests.support.prefect_database import migrate_prefect

R = TypeVar("R")

#: What a failed test's report says of letters and messages that got no further.
WAITING = (
    "SELECT kind, state, tries, next_try_at, last_error FROM letter WHERE state <> 'sent'"
    " UNION ALL SELECT sender, state, 0, received_at, why FROM inbound_mail WHERE state <> 'decided'"
)


@dataclass
class Installation:
    """What runs, and what a person or an operator can do with it."""

    settings: Settings
    db: Database
    office: Office
    parts: dict[str, Part]
    server: PrefectServer
    api: httpx.AsyncClient
    browser: httpx.AsyncClient

    async def ask_prefect(self, method: str, path: str, **body: Any) -> Any:
        """Return what Prefect's API answers; a 503 (its SQLite is locked) is asked again."""
        for _ in range(20):
            answer = await self.api.request(method, path, json=body or None)
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                break
            await asyncio.sleep(0.5)
        return answer.raise_for_status().json() if answer.content else None

    async def stage_says(self, number: str, stage: str, *words: str) -> None:
        """Wait until a step on the run's page whose name begins with ``stage`` is, or was, in a state of ``words``."""

        async def said() -> bool | None:
            if (await self.standing(number)).run_id is None:
                return None
            steps = [step for step in await self.steps_of(await self.run_of(number)) if step["name"].startswith(stage)]
            found = [await self.ask_prefect("GET", f"/task_run_states/?task_run_id={step['id']}") for step in steps]
            states = [f"{state['name']} {state['message']}" for history in found for state in history]
            return any(all(word in state for word in words) for state in states) or None

        await until(said, f"{stage} of {number} to say {words}")

    async def deployed(self) -> dict[str, Any] | None:
        """Return the deployment ``approval-chain`` once the worker has made it."""
        answer = await self.api.get("/deployments/name/approval-chain/approval-chain")
        return dict(answer.json()) if answer.is_success else None

    async def submit(self, form: ApplicationForm) -> Application:
        """Submit ``form`` as `liandong submit` does."""
        return await self.db.write(submit, self.office, form, dt.datetime.now(dt.UTC))

    async def standing(self, number: str) -> Standing:
        """Return where the application stands."""
        return await self.db.read(queries.standing, number)

    def mail(self, address: str, *words: str) -> list[bytes]:
        """Return the letters in the mailbox ``address`` whose subject or text has all ``words``, oldest first."""
        box = Mailbox(self.settings.home)
        if address not in box.people():
            return []
        letters = sorted(box.letters(address), key=lambda letter: letter.id)
        raw = [box.letter(address, letter.id) for letter in letters]
        return [one for one in raw if all(word in readable(one) for word in words)]

    async def letter(self, address: str, *words: str, count: int = 1) -> bytes:
        """Return the newest of the letters with ``words`` in ``address``, once there are ``count``."""

        async def arrived() -> list[bytes] | None:
            found = await asyncio.to_thread(self.mail, address, *words)
            return found if len(found) >= count else None

        return (await until(arrived, f"letter {count} to {address} with {words}"))[-1]

    async def reply(self, letter: bytes, text: str) -> None:
        """Reply to ``letter`` as the person to whom it was written."""
        await send_reply(self.settings, letter, text)

    async def click(self, letter: bytes, outcome: Outcome = Outcome.APPROVE, opinion: str = "") -> None:
        """Open the letter's link and decide."""
        link = LINK.search(readable(letter))
        assert link is not None, readable(letter)
        await decide_by_link(self.browser, link.group(), outcome, opinion)

    async def run_of(self, number: str) -> dict[str, Any]:
        """Return the application's run as Prefect's API shows it."""
        standing = await self.standing(number)
        return dict(await self.ask_prefect("GET", f"/flow_runs/{standing.run_id}"))

    async def steps_of(self, run: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the task runs of ``run`` in the order in which they started."""
        mine = {"id": {"any_": [run["id"]]}}
        return list(await self.ask_prefect("POST", "/task_runs/filter", flow_runs=mine, sort="EXPECTED_START_TIME_ASC"))

    async def run_in_state(self, number: str, type_: str, *, not_: str = "") -> dict[str, Any]:
        """Return the application's run once its state has ``type_`` (and it is another than ``not_``)."""

        async def there() -> dict[str, Any] | None:
            standing = await self.standing(number)
            if standing.run_id in (None, not_) or standing.shown_version < standing.version:
                return None
            run = await self.run_of(number)
            return run if run["state"]["type"] == type_ else None

        return await until(there, f"the run of {number} in state {type_}")

    async def verify(self, number: str) -> None:
        """Assert that the application's chain and tables agree."""
        standing = await self.standing(number)
        assert await self.db.read(audit.verify, standing.id) is None

    async def report(self, numbers: list[str]) -> str:
        """Return where ``numbers`` stand, what waits in the outbox and in front of the judge, and the logs' ends."""
        lines = []
        for number in numbers:
            standing = await self.standing(number)
            tasks = [f"{s.key} {s.state} {[(t.unit, str(t.state)) for t in s.tasks]}" for s in standing.stages]
            lines.append(f"{number} {standing.state} v{standing.version} shown v{standing.shown_version}: {tasks[-1]}")
            with contextlib.suppress(httpx.HTTPError):
                run = await self.run_of(number) if standing.run_id else {}
                lines.append(f"  run {run.get('id')} {run.get('state')}")
        waiting = await self.db.read(lambda tx: tx.execute(text(WAITING)).all())
        return os.linesep.join([*lines, *map(str, waiting), logs(self.settings)])


def readable(letter: bytes) -> str:
    """Return a letter's subject and plain text, as its reader sees them."""
    message = message_from_bytes(letter, policy=policy.default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain",))
    return f"{message['Subject']}\n{body.get_content() if body else ''}"


def link_in(letter: bytes, door: str) -> str:
    """Return the link to ``door`` (``d``, ``s`` or ``a``) in ``letter``."""
    found = re.search(rf"https?://\S+/{door}/[a-z2-7]{{40}}", readable(letter))
    assert found is not None, readable(letter)
    return found.group()


async def until(what: Callable[[], Awaitable[R | None]], says: str, seconds: float = 60.0) -> R:
    """Return what ``what`` returns as soon as that is something; fail after ``seconds``."""
    end = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < end:
        if (found := await what()) is not None:
            return found
        await asyncio.sleep(0.1)
    raise AssertionError(f"not within {seconds:.0f} s: {says}")


@asynccontextmanager
async def installation(settings: Settings) -> AsyncIterator[Installation]:
    """Start everything, with the officers of Hangzhou in the directory; stop everything at the end."""
    migrate_prefect(settings)
    server = PrefectServer(settings, settings.home / "logs" / "prefect-server.log")
    async with (
        everything(settings, server) as parts,
        httpx.AsyncClient(base_url=settings.prefect_api, timeout=30) as api,
        httpx.AsyncClient(follow_redirects=True, timeout=30) as browser,
    ):
        db = Database(settings)
        office = Office.of(settings)
        try:
            await db.write(import_officers, office, hangzhou_directory(), dt.datetime.now(dt.UTC))
            for entry in consortia():
                await db.write(enter, ZHEJIANG, entry, dt.datetime.now(dt.UTC))
            here = Installation(settings, db, office, parts, server, api, browser)
            await until(here.deployed, "the worker makes its deployments")
            yield here
        finally:
            await db.close()


def logs(settings: Settings) -> str:
    """Return the last lines of every part's log, for a failed test's report."""
    files = sorted((settings.home / "logs").glob("*.log"))
    return os.linesep.join(f"--- {file.name}\n{file.read_text(errors='replace')[-2000:]}" for file in files)
