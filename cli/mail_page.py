"""Mail that came in, as commands show it."""

from collections.abc import Iterator
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from approvals.mail_queries import SHORT, Mail
from cli.run import printable
from models.calendar import office_time
from models.states import MailState
from notifications.judging.verdicts import Judged, Verdict
from notifications.practice.mailbox import body_of, headers_of

STATES = {
    MailState.RECEIVED: "待判",
    MailState.DECIDED: "已作决定",
    MailState.MOVED: "已转办等",
    MailState.ASKED_AGAIN: "已请重答",
    MailState.NOT_COUNTED: "不计",
    MailState.PARKED: "待人工查看",
    MailState.IGNORED: "自动邮件",
    MailState.OBJECTION: "异议",
}
VERDICTS = {
    Verdict.APPROVE: ("同意", "green"),
    Verdict.REFUSE: ("不同意", "red"),
    Verdict.RETURN: ("退回", "yellow"),
    Verdict.ASK: ("再问", "yellow"),
    Verdict.IGNORE: ("不理", "dim"),
    Verdict.BOUNCE: ("退信", "magenta"),
    Verdict.FORGED: ("无法证明发件人", "bold red"),
}
#: Headers that `show` prints, and characters of the text.
SHOWN = ("from", "sender", "reply-to", "to", "cc", "subject", "date", "message-id", "received", "return-path")
MARKS = ("authentication-results", "dkim-signature", "arc-seal")
LONGEST = 4_000


def verdict(name: str, judged: Judged) -> Iterator[Text]:
    """Give the lines about one file."""
    zh, style = VERDICTS[judged.verdict]
    yield Text.assemble((printable(name), "bold"), "  ", (f"{zh} {judged.verdict.value}", style), f"  {judged.command}")
    yield Text(f"    {printable(judged.why)}")
    if judged.opinion:
        yield Text(f"    意见 Opinion: {printable(judged.opinion)[:200]}")
    for check in judged.checks:
        yield Text(f"    {check.name}={check.result.value}  {printable(check.why)}", style="dim")


def overview(found: list[Mail]) -> Table:
    """Return the table of messages."""
    table = Table(box=box.SIMPLE_HEAD)
    for heading in ("编号 Id", "收到 Received", "发件人 From", "申请 About", "状态 State", "原因 Why"):
        table.add_column(heading, overflow="fold")
    for one in found:
        state = f"{STATES[one.state]} {one.state.value}"
        when = office_time(one.received_at)
        table.add_row(one.id[:SHORT], when, Text(printable(one.sender)), one.number, state, Text(printable(one.why)))
    return table


def whole(one: Mail, raw: bytes) -> Iterator[Text]:
    """Give the lines about one message."""
    yield Text(f"{one.id}  {STATES[one.state]} {one.state.value}  {one.number}", style="bold")
    yield Text(f"收到 Received: {office_time(one.received_at)}   收件 To: {printable(one.recipient)}")
    yield Text(f"原因 Why: {printable(one.why) or '-'}")
    for check in one.checks:
        yield Text(f"    {check['name']}={check['result']}  {printable(check['why'])}")
    for name, value in headers_of(raw):
        if name.lower() in (*SHOWN, *MARKS):
            yield Text(f"{printable(name)}: {printable(value)[:300]}", style="dim")
    text = body_of(raw, "plain") or body_of(raw, "html") or "（无法读取 cannot be read）"
    yield Text(f"\n{printable(text)[:LONGEST]}")


def as_json(one: Mail) -> dict[str, Any]:
    """Return a message for machines."""
    return {
        "id": one.id,
        "received_at": one.received_at.isoformat(),
        "from": one.sender,
        "number": one.number or None,
        "state": one.state.value,
        "why": one.why,
        "checks": one.checks,
    }
