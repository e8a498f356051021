"""`liandong doctor`: what is wrong here, and what to do."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

import httpx
import typer
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import func, select

from approvals import migrate
from approvals.database import Database
from approvals.transaction import Transaction
from cli.run import console, run
from models.letter import Letter
from models.officer import Officer
from models.policy import PolicyFault, load_policy
from models.settings import Settings
from models.states import LetterState


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    what: str
    fine: bool
    #: What is the case, and where it is wrong, what to do.
    says: str


def doctor() -> None:
    """体检 Say what is wrong and what to do; exit code 1 where something is."""
    findings = run(examine(Settings()))
    for finding in findings:
        mark, style = ("✓", "green") if finding.fine else ("✗", "red")
        console.print(f"[{style}]{mark}[/] {finding.what}: {finding.says}", highlight=False)
    if not all(finding.fine for finding in findings):
        raise typer.Exit(1)


async def examine(settings: Settings) -> list[Finding]:
    """Look at everything that Liandong needs."""
    checks: tuple[Callable[[Settings], Awaitable[Iterable[Finding]]], ...] = (
        _policy,
        _secret,
        _database,
        _portal,
        _prefect,
        _smtp,
        _receiver,
    )
    return [finding for check in checks for finding in await check(settings)]


async def _policy(settings: Settings) -> list[Finding]:
    try:
        policy = load_policy(settings.policy)
    except PolicyFault as fault:
        return [Finding("政策 policy", False, f"{fault}; set LIANDONG_POLICY to a folder of policies/")]
    return [Finding("政策 policy", True, f"{policy.title.zh} ({len(policy.measures)} measures)")]


async def _secret(settings: Settings) -> list[Finding]:
    path = settings.home / "secret.key"
    if not path.exists():
        return [Finding("密钥 secret", True, "is made at the first start")]
    if path.stat().st_mode & 0o077:
        return [Finding("密钥 secret", False, f"others can read it; run: chmod 600 {path}")]
    return [Finding("密钥 secret", True, f"{path} (0600)")]


async def _database(settings: Settings) -> list[Finding]:
    try:
        current = await migrate.is_current(settings)
    except (SQLAlchemyError, OSError) as error:
        why = str(error).splitlines()[0]
        return [Finding("数据库 database", False, f"cannot be reached ({why}); check LIANDONG_DATABASE_URL")]
    if not current:
        return [Finding("数据库 database", False, "is not migrated; run: liandong migrate")]
    db = Database(settings)
    try:
        officers, failed = await db.read(_counts)
    finally:
        await db.close()
    return [Finding("数据库 database", True, "is up to date"), _officers(officers), _letters(failed)]


def _counts(tx: Transaction) -> tuple[int, int]:
    officers = tx.exec(select(func.count()).select_from(Officer)).one()
    failed = tx.exec(select(func.count()).select_from(Letter).where(Letter.state == LetterState.FAILED)).one()
    return officers, failed


def _officers(count: int) -> Finding:
    if count == 0:
        return Finding("通讯录 directory", False, "nobody can be asked; run: liandong directory import FILE.csv")
    return Finding("通讯录 directory", True, f"{count} officers")


def _letters(failed: int) -> Finding:
    if failed:
        return Finding("信件 letters", False, f"{failed} could not be delivered; the sender's log says why")
    return Finding("信件 letters", True, "none failed")


async def _portal(settings: Settings) -> list[Finding]:
    return [
        await _ours(
            "网页 portal",
            settings.host,
            settings.portal_port,
            f"{settings.portal_url}/healthz",
            "liandong portal",
            "LIANDONG_PORTAL_PORT",
        )
    ]


async def _prefect(settings: Settings) -> list[Finding]:
    return [
        await _ours(
            "Prefect",
            settings.host,
            settings.prefect_port,
            f"{settings.prefect_api}/health",
            "liandong up",
            "LIANDONG_PREFECT_PORT",
        )
    ]


async def _ours(what: str, host: str, port: int, url: str, start: str, setting: str) -> Finding:
    """Look whether ``url`` answers, and if not, whether another program holds its port."""
    try:
        async with httpx.AsyncClient(timeout=5.0) as client:
            if (await client.get(url)).is_success:
                return Finding(what, True, f"answers at {url.rsplit('/', 1)[0]}")
    except httpx.HTTPError:
        pass
    if await asyncio.to_thread(_taken, host, port):
        return Finding(what, False, f"port {port} is taken by another program; stop it or set {setting}")
    return Finding(what, False, f"does not run; start it: {start}")


def _taken(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(2)
        return probe.connect_ex((host, port)) == 0


async def _smtp(settings: Settings) -> list[Finding]:
    return [
        await _greets(
            "SMTP",
            settings.smtp_host,
            settings.smtp_port,
            "letters wait; start the mail server or set LIANDONG_SMTP_HOST and LIANDONG_SMTP_PORT",
        )
    ]


async def _receiver(settings: Settings) -> list[Finding]:
    return [
        await _greets(
            "收信 receiver",
            settings.host,
            settings.receiver_port,
            "replies cannot come in; start it: liandong receiver",
        )
    ]


async def _greets(what: str, host: str, port: int, otherwise: str) -> Finding:
    """Look whether a mail server says 220 (RFC 5321, 4.2)."""
    try:
        reader, writer = await asyncio.wait_for(asyncio.open_connection(host, port), 5)
        greeting = await asyncio.wait_for(reader.readline(), 5)
        writer.close()
        await writer.wait_closed()
    except (OSError, TimeoutError):
        return Finding(what, False, f"{host}:{port} refuses or is silent; {otherwise}")
    if not greeting.startswith(b"220"):
        return Finding(what, False, f"{host}:{port} is no mail server; {otherwise}")
    return Finding(what, True, f"{host}:{port} answers")
