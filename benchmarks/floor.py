"""The floor: the least that one decision can cost with these tables, written by hand.

A bare Starlette app takes ``POST /d/{token}``. In one transaction it finds the token, locks the application's
row and writes what ``approvals.decide.decide`` writes for an approval, row for row: decision, task, pledge,
closed stage, next stage with its tasks, tokens and letters, sealed events, application. It then hands each
letter to SMTP on a connection that stays open, and answers 303.

What it leaves out is what ours is measured for: checks of the answer, rules and words from the policy's data,
templates, an outbox that survives a crash, wake-ups, pages, CSRF, SQLAlchemy. Officers, route and deadlines
are read once at start.

Run as ``python -m benchmarks.floor DATABASE_URL HTTP_PORT SMTP_PORT HOME``.
"""

import asyncio
import datetime as dt
import hashlib
import json
import sys
import uuid
from pathlib import Path
from typing import Any

import aiosmtplib
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from benchmarks.floor_database import Postgres, Sqlite
from models.secrets import LOCATOR_LENGTH, derive_token, new_nonce

DOMAIN = "liandong.example"

FIND = """
SELECT k.id, k.hash, k.officer_id, t.id, t.unit, t.state, s.id, s.key, a.id, a.number, a.position, a.round,
       a.content_hash, a.head, a.event_count, a.asked_province, a.asked_city, a.asked_county, a.version, a.email
FROM token k JOIN task t ON t.id = k.task_id JOIN stage s ON s.id = t.stage_id
JOIN application a ON a.id = k.application_id WHERE k.locator = $1"""
STILL_OPEN = "SELECT count(*) FROM task WHERE stage_id = $1 AND state = 'open'"
DECISION = "INSERT INTO decision VALUES ($1, $2, $3, $4, $5, 'approve', '', 'link', $6, $7)"
TASK_DONE = "UPDATE task SET state = 'done' WHERE id = $1"
PLEDGE = "INSERT INTO pledge VALUES ($1, $2, $3, $4, $5)"
STAGE_CLOSED = "UPDATE stage SET state = 'closed', outcome = 'approve', closed_at = $2 WHERE id = $1"
STAGE = "INSERT INTO stage VALUES ($1, $2, $3, $4, $5, 'open', NULL, $6, $7, $8, $7, NULL)"
TASK = "INSERT INTO task VALUES ($1, $2, $3, $4, 'open', NULL)"
TOKEN = "INSERT INTO token VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, NULL, NULL, 0)"
LETTER = "INSERT INTO letter VALUES ($1, $2, $3, $4, 'zh', $5, $6, $7, $8, 'queued', $9, $9, 0, NULL, NULL, $10)"
EVENT = "INSERT INTO event VALUES ($1, $2, $3, $4, $5, $6, $7)"
APPLICATION = """
UPDATE application SET version = version + 1, wake_at = $2, event_count = $3, head = $4, position = $5 WHERE id = $1"""
AWARDED = """
UPDATE application SET version = version + 1, wake_at = $2, event_count = $3, head = $4, position = NULL,
       state = 'awarded', award_province = $5, award_city = $6, award_county = $7, ended_at = $2 WHERE id = $1"""

MESSAGE = """\
From: {domain} <office@{domain}>\r
To: {to}\r
Reply-To: reply+{reply}@{domain}\r
Message-ID: <{message_id}>\r
Date: {date}\r
Subject: {number} {key}\r
MIME-Version: 1.0\r
Content-Type: text/plain; charset=utf-8\r
\r
{number} waits for you at the stage {key} until {due}.\r
\r
Open http://127.0.0.1/d/{link} or answer with your decision on the first line.\r
"""


def new_id() -> str:
    return uuid.uuid4().hex


class Floor:
    def __init__(self, database: Any, key: bytes, smtp: list[aiosmtplib.SMTP]) -> None:
        self.database, self.key, self.smtp = database, key, smtp
        self.sent = 0
        self.officers: dict[str, list[tuple[str, str, str]]] = {}
        self.route: list[dict[str, Any]] = []

    async def load(self) -> None:
        """Read what does not change while it runs."""
        async with self.database.transaction() as tx:
            for unit, *officer in await tx.rows("SELECT unit, id, email, name FROM officer"):
                self.officers.setdefault(unit, []).append(tuple(officer))
            self.route = json.loads((await tx.rows("SELECT route FROM application LIMIT 1"))[0][0])

    async def decide(self, token: str) -> list[tuple[str, str]] | None:
        """Write one approval; return the next letters as (address, message)."""
        async with self.database.transaction() as tx:
            row = await tx.lock(FIND, token[:LOCATOR_LENGTH])
            if row is None or row[1] != hashlib.sha256(token.encode()).hexdigest() or row[5] != "open":
                return None
            (token_id, _, officer_id, task, unit, _, stage, key, app, number, position, round_, content,
             head, seq, province, city, county, version, email) = row  # fmt: skip
            at = dt.datetime.now(dt.UTC)
            now, sealed, planned = self.database.time(at), at.isoformat(), self.route[position]
            decision, events = new_id(), []

            def record(kind: str, payload: dict[str, Any]) -> None:
                nonlocal head, seq
                seq, previous = seq + 1, head
                data = json.dumps(payload)
                head = hashlib.sha256(f"{previous}{app}{seq}{kind}{sealed}{data}".encode()).hexdigest()
                events.append((app, seq, kind, now, data, previous, head))

            pledged = {"county": county, "city": city}.get(planned["share"])
            record("decided", {"decision": decision, "task": task, "unit": unit, "stage": stage, "outcome": "approve",
                               "officer": officer_id, "opinion": "", "channel": "link", "content_hash": content,
                               "amounts": {planned["share"]: pledged}})  # fmt: skip
            await tx.run(DECISION, decision, app, task, officer_id, token_id, content, now)
            await tx.run(TASK_DONE, task)
            if pledged is not None:
                await tx.run(PLEDGE, app, round_, planned["share"], decision, pledged)
            if len(planned["units"]) > 1 and (await tx.rows(STILL_OPEN, stage))[0][0]:
                await tx.many(EVENT, events)
                await tx.run(APPLICATION, app, now, seq, head, position)
                return []
            await tx.run(STAGE_CLOSED, stage, now)
            record("stage_closed", {"stage": stage, "key": key, "outcome": "approve", "why": "all agreed"})
            letters: list[tuple[Any, ...]] = []
            messages: list[tuple[str, str]] = []
            if position + 1 == len(self.route):
                record("awarded", {"award": {"province": province, "city": city, "county": county}})
                letter, facts = new_id(), json.dumps({"number": number})
                letters.append((letter, f"concluded:{app}:{version}", app, "concluded", email, email, facts,
                                f"{letter}@{DOMAIN}", now, False))  # fmt: skip
                messages.append((email, message(email, "", "", letter, number, "concluded", at, "")))
                await tx.run(AWARDED, app, now, seq, head, province, city, county)
            else:
                following = self.route[position + 1]
                due_at = at + dt.timedelta(days=following["working_days"])
                due, ends = self.database.time(due_at), self.database.time(due_at + dt.timedelta(days=60))
                opened, tasks, tokens = new_id(), [], []
                for unit in following["units"]:
                    tasks.append((asked := new_id(), app, opened, unit))
                    for officer, address, name in self.officers[unit]:
                        secrets = {}
                        for purpose in ("decide", "reply"):
                            secrets[purpose] = secret = derive_token(self.key, purpose, nonce := new_nonce())
                            digest = hashlib.sha256(secret.encode()).hexdigest()
                            tokens.append((new_id(), app, purpose, asked, officer, round_, content, nonce,
                                           secret[:LOCATOR_LENGTH], digest, now, ends))  # fmt: skip
                        letter = new_id()
                        facts = json.dumps({"number": number, "link_nonce": tokens[-2][7], "reply_nonce": nonce})
                        letters.append((letter, f"ask:{asked}:{officer}", app, "ask", address, name, facts,
                                        f"{letter}@{DOMAIN}", now, False))  # fmt: skip
                        text = message(address, secrets["decide"], secrets["reply"], letter, number,
                                       following["key"], at, due_at.isoformat())  # fmt: skip
                        messages.append((address, text))
                record("stage_opened", {"stage": opened, "key": following["key"], "units": following["units"],
                                        "due": due_at.isoformat()})  # fmt: skip
                await tx.run(STAGE, opened, app, round_, position + 1, following["key"], now, due, False)
                await tx.many(TASK, tasks)
                await tx.many(TOKEN, tokens)
                await tx.run(APPLICATION, app, now, seq, head, position + 1)
            await tx.many(LETTER, letters)
            await tx.many(EVENT, events)
        return messages

    async def answer(self, request: Request) -> Response:
        token = request.path_params["token"]
        await request.form()
        messages = await self.decide(token)
        if messages is None:
            return Response("no such token", 404)
        for to, text in messages:
            self.sent += 1
            connection = self.smtp[self.sent % len(self.smtp)]
            await connection.sendmail(f"office@{DOMAIN}", [to], text)
        return RedirectResponse(f"/d/{token}", 303)


def message(to: str, link: str, reply: str, letter: str, number: str, key: str, at: dt.datetime, due: str) -> str:
    return MESSAGE.format(
        to=to, link=link, reply=reply, message_id=f"{letter}@{DOMAIN}", number=number, key=key, due=due,
        date=at.strftime("%a, %d %b %Y %H:%M:%S +0000"), domain=DOMAIN,
    )  # fmt: skip


async def serve(url: str, port: int, smtp_port: int, home: Path, connections: int = 2) -> None:
    database = Sqlite(url.removeprefix("sqlite:///")) if url.startswith("sqlite") else await Postgres.open(url)
    smtp = [
        aiosmtplib.SMTP(hostname="127.0.0.1", port=smtp_port, use_tls=False, start_tls=False)
        for _ in range(connections)
    ]
    for connection in smtp:
        await connection.connect()
    floor = Floor(database, bytes.fromhex((home / "secret.key").read_text()), smtp)
    await floor.load()
    app = Starlette(routes=[Route("/d/{token}", floor.answer, methods=["POST"])])
    await uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning", access_log=False)).serve()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])))
