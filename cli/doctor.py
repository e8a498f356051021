"""`liandong doctor`: what is wrong here, and what to do."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

import httpx
import typer
from rich.table import Column, Table
from rich.text import Text

from approvals.doorbell import LOOPBACK
from cli.doctor_database import database
from cli.finding import Finding
from cli.run import configured, console, policy_today, run
from models.errors import RefusedApplication
from models.policy.source import PolicyFault
from models.settings import Settings

SECONDS = 3.0


@dataclass(frozen=True)
class Port:
    """One port that a part of ours listens on."""

    what: str
    #: The setting that holds it, and the command that listens on it.
    setting: str
    command: str
    kind: socket.SocketKind = socket.SOCK_STREAM

    @property
    def variable(self) -> str:
        """The environment variable of the setting."""
        return f"LIANDONG_{self.setting.upper()}"

    def number(self, settings: Settings) -> int:
        """Return the port's number."""
        return int(getattr(settings, self.setting))


PORTAL = Port("网页 portal", "portal_port", "portal")
MAILBOX = Port("练习邮箱 practice mail", "mailbox_port", "mailbox")
SMTP = Port("练习邮箱 SMTP", "smtp_port", "mailbox")
RECEIVER = Port("收信 receiver", "receiver_port", "receiver")
PREFECT = Port("Prefect", "prefect_port", "up")
SENDER = Port("发信 sender", "sender_bell", "sender", socket.SOCK_DGRAM)
WORKER = Port("流程 worker", "worker_bell", "worker", socket.SOCK_DGRAM)
PORTS = (PORTAL, MAILBOX, SMTP, RECEIVER, PREFECT, SENDER, WORKER)


def doctor() -> None:
    """体检 Say what is wrong and what to do; exit code 1 if anything is."""
    findings = run(examine(configured()))
    table = Table.grid("", "", Column(overflow="fold"), padding=(0, 1))
    for finding in findings:
        mark, style = finding.mark
        says = f"{finding.zh} {finding.en}" if mark == "✓" else f"{finding.zh}\n{finding.en}"
        if console.is_terminal:
            table.add_row(Text(mark, style), Text(finding.what, no_wrap=True), says)
        else:
            console.print(f"{mark} {finding.what}: {says}", soft_wrap=True)
    console.print(table)
    wrong = sum(not finding.fine for finding in findings)
    if wrong:
        console.print(f"{wrong} 项需要处理 {wrong} to be put right", style="bold red")
        raise typer.Exit(1)
    if warnings := sum(finding.warns for finding in findings):
        console.print(f"可以运行，{warnings} 项提醒 It runs; {warnings} to look at", style="bold yellow")
        return
    console.print("一切正常 All is well", style="bold green")


async def examine(settings: Settings) -> list[Finding]:
    """Look at everything that Liandong needs."""
    from cli import doctor_sending
    from cli.doctor_imap import imap
    from cli.doctor_mail import senders

    checks: tuple[Callable[[Settings], Awaitable[Iterable[Finding]]], ...] = (
        _policy,
        _secret,
        database,
        _pages,
        _prefect,
        doctor_sending.smtp,
        doctor_sending.dkim,
        _receiver,
        imap,
        senders,
        _bells,
    )
    found = await asyncio.gather(*(check(settings) for check in checks))
    return [finding for findings in found for finding in findings]


def taken_ports(settings: Settings) -> list[Finding]:
    """Return a finding for each port that `liandong up` needs and that something else holds."""
    needed = [port for port in PORTS if settings.practice_mailbox or port not in (MAILBOX, SMTP)]
    if settings.prefect_api_url or (settings.home / "prefect-server.pid").exists():
        needed.remove(PREFECT)  # not started here; or left over from a killed parent, and ended at the start
    held = [port for port in needed if not is_free(settings.host, port.number(settings), port.kind)]
    return [_taken(port, settings) for port in held]


def is_free(host: str, port: int, kind: socket.SocketKind = socket.SOCK_STREAM) -> bool:
    """Return whether this machine could listen on ``port`` now."""
    with socket.socket(type=kind) as probe:
        if kind is socket.SOCK_STREAM:  # connections that have just ended hold no port
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host if kind is socket.SOCK_STREAM else LOOPBACK, port))
        except OSError:
            return False
    return True


def _taken(port: Port, settings: Settings) -> Finding:
    number = port.number(settings)
    return Finding(
        port.what,
        False,
        f"端口 {number} 已被占用（另一个 liandong up 或其他程序）；请将其停止，或改设 {port.variable}",
        f"port {number} is taken by another program (or another `liandong up`); stop it or set {port.variable}",
    )


async def _policy(settings: Settings) -> list[Finding]:
    what = "政策 policy"
    try:
        policy = policy_today(settings)
    except (PolicyFault, RefusedApplication, OSError) as error:
        zh, en = "无法读取；请运行 liandong policy check，或更正 LIANDONG_POLICY", "run `liandong policy check`"
        return [Finding(what, False, zh, f"{error}; {en}, or mend LIANDONG_POLICY")]
    return [Finding(what, True, policy.title.zh, f"(measures: {', '.join(map(str, policy.measures))})")]


async def _secret(settings: Settings) -> list[Finding]:
    what, path = "密钥 secret", settings.home / "secret.key"
    if not path.exists():
        return [Finding(what, True, "首次启动时生成", "made at the first start")]
    if path.stat().st_mode & 0o077:
        return [
            Finding(what, False, f"他人可读；请运行 chmod 600 {path}", f"others can read it; run: chmod 600 {path}")
        ]
    return [Finding(what, True, str(path), "(0600)")]


async def _pages(settings: Settings) -> list[Finding]:
    base = f"http://{settings.host}"
    found = [await _answers(PORTAL, settings, f"{base}:{settings.portal_port}", "/healthz")]
    if settings.practice_mailbox:
        found.append(await _answers(MAILBOX, settings, f"{base}:{settings.mailbox_port}", "/"))
    return found


async def _prefect(settings: Settings) -> list[Finding]:
    if not settings.prefect_api_url:
        return [await _answers(PREFECT, settings, settings.prefect_api, "/health")]
    url = settings.prefect_api_url
    if await _succeeds(f"{url}/health"):
        return [Finding(PREFECT.what, True, url, "answers")]
    advice = "LIANDONG_PREFECT_API_URL"
    return [Finding(PREFECT.what, False, f"{url} 没有应答；请检查 {advice}", f"{url} does not answer; check {advice}")]


async def _answers(port: Port, settings: Settings, base: str, path: str) -> Finding:
    """Look whether our part answers on its port, and if not, whether another program holds it."""
    if await _succeeds(base + path):
        return Finding(port.what, True, base, "answers")
    return _silent(port, settings)


async def _succeeds(url: str) -> bool:
    try:
        async with httpx.AsyncClient(timeout=SECONDS) as client:
            return (await client.get(url)).is_success
    except httpx.HTTPError:
        return False


def _silent(port: Port, settings: Settings) -> Finding:
    if not is_free(settings.host, port.number(settings), port.kind):
        return _taken(port, settings)
    command = "liandong up" if port.command == "up" else f"liandong up (liandong {port.command})"
    return Finding(port.what, False, f"没有运行；请运行 {command}", f"does not run; start it: {command}")


async def _receiver(settings: Settings) -> list[Finding]:
    if await _greets(settings.host, settings.receiver_port):
        return [Finding(RECEIVER.what, True, f"{settings.host}:{settings.receiver_port}", "answers")]
    return [_silent(RECEIVER, settings)]


async def _greets(host: str, port: int) -> bool:
    """Return whether a mail server says 220 (RFC 5321, 4.2)."""
    try:
        reader, writer = await asyncio.wait_for(asyncio.open_connection(host, port), SECONDS)
        try:
            greeting = await asyncio.wait_for(reader.readline(), SECONDS)
        finally:
            writer.close()
    except (OSError, TimeoutError, ValueError):
        return False
    return greeting.startswith(b"220")


async def _bells(settings: Settings) -> list[Finding]:
    """Look for the parts that answer nobody: each holds the port of its bell while it runs."""
    found = []
    for port in (SENDER, WORKER):
        if is_free(settings.host, port.number(settings), port.kind):
            found.append(_silent(port, settings))
        else:
            found.append(Finding(port.what, True, "正在运行", "runs"))
    return found
