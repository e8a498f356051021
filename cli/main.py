"""The `liandong` command."""

from collections.abc import Callable

import typer

from cli import (
    applications,
    budgets,
    calendar,
    demo,
    deputies,
    directory,
    dkim,
    doctor,
    duties,
    experts,
    ledger,
    letters,
    mail,
    notices,
    operations,
    panel,
    papers,
    parts,
    policy,
    records,
    recoveries,
    releases,
    tasks,
    up,
)
from flows import lifeline

app = typer.Typer(
    name="liandong",
    help="联动：县、市、省三级联动的资金申请审批\n\nLiandong runs an application for public money up its chain.",
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


def _add(panel: str, *commands: Callable[..., None]) -> None:
    for command in commands:
        app.command(rich_help_panel=panel)(command)


_add("申请 Applications", applications.submit, applications.status, applications.withdraw, papers.paper)
_add("启动 Start", up.up, demo.demo)
_add(
    "各部分 Parts, each fit for a machine of its own",
    parts.portal,
    parts.worker,
    parts.sender,
    parts.receiver,
    parts.imap,
    parts.mailbox,
)
_add("运行 Operation", experts.experts, doctor.doctor, operations.migrate, operations.rebuild)
app.add_typer(duties.app, name="duty", rich_help_panel="申请 Applications")
app.add_typer(notices.app, name="notice", rich_help_panel="申请 Applications")
app.add_typer(panel.app, name="panel", rich_help_panel="申请 Applications")
app.add_typer(tasks.app, name="task", rich_help_panel="申请 Applications")
app.add_typer(policy.app, name="policy", rich_help_panel="政策 Policy")
app.add_typer(records.figure, name="figure", rich_help_panel="政策 Policy")
app.add_typer(records.register, name="register", rich_help_panel="政策 Policy")
app.add_typer(releases.app, name="release", rich_help_panel="资金 Money")
app.add_typer(recoveries.app, name="recovery", rich_help_panel="资金 Money")
app.add_typer(budgets.app, name="budget", rich_help_panel="资金 Money")
app.add_typer(ledger.app, name="ledger", rich_help_panel="资金 Money")
app.add_typer(directory.app, name="directory", rich_help_panel="运行 Operation")
app.add_typer(calendar.app, name="calendar", rich_help_panel="运行 Operation")
app.add_typer(mail.app, name="mail", rich_help_panel="运行 Operation")
app.add_typer(deputies.app, name="deputy", rich_help_panel="运行 Operation")
app.add_typer(letters.app, name="letter", rich_help_panel="运行 Operation")
app.add_typer(dkim.app, name="dkim", rich_help_panel="运行 Operation")
app.add_typer(operations.audit_app, name="audit", rich_help_panel="运行 Operation")

if __name__ == "__main__":
    lifeline.hold()  # what `liandong up` started ends with it
    app()
