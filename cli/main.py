"""The `liandong` command."""

import typer

from cli import applications, demo, doctor, operations, parts, up

app = typer.Typer(
    name="liandong",
    help="联动 Liandong：县、市、省三级联动的资金申请审批。Runs an application for public money up its chain.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)

for command in (applications.submit, applications.status, applications.withdraw):
    app.command(rich_help_panel="申请 Applications")(command)
for command in (up.up, demo.demo):
    app.command(rich_help_panel="启动 Start")(command)
for command in (parts.portal, parts.worker, parts.sender, parts.receiver, parts.mailbox):
    app.command(rich_help_panel="各部分 Parts, each on a machine of its own")(command)
for command in (doctor.doctor, operations.migrate, operations.rebuild):
    app.command(rich_help_panel="运行 Operation")(command)
app.add_typer(operations.directory, name="directory", rich_help_panel="运行 Operation")
app.add_typer(operations.audit_app, name="audit", rich_help_panel="运行 Operation")

if __name__ == "__main__":
    app()
