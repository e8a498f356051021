"""Commands about tasks: list them, and every move that an operator can make with one."""

import datetime as dt
import getpass
import json
from collections.abc import Callable
from typing import Annotated

import typer

from approvals.moves import override as overrides
from approvals.moves.mover import Moved
from approvals.moves.override import propose_or_override
from approvals.moves.urge import urge_by_operator
from approvals.moves.wish import Wanted, Wish, by_operator
from approvals.office import Office
from approvals.task_list import ListedTask, Proposal, proposals, unanswered
from approvals.transaction import Transaction
from cli import tasks_page
from cli.run import configured, console, opened, run
from models.states import Outcome

app = typer.Typer(no_args_is_help=True, help="办理事项 Tasks: who is asked what, and moves in their place.")

Number = Annotated[str, typer.Argument(help="申请编号 The application's number.")]
Json = Annotated[bool, typer.Option("--json", help="机器可读 For machines.")]
Unit = Annotated[str, typer.Option(help="单位 Whose task: name or key; none: the only one.")]
To = Annotated[str, typer.Option(help="给谁 A unit's name or key, or an officer's address.")]
Reason = Annotated[str, typer.Option(help="理由 Why.")]
By = Annotated[str, typer.Option("--operator", help="运行人员 Who does it; by default who is logged in.")]


def _move(number: str, unit: str, operator: str, wish: Wish, as_json: bool) -> None:
    _do(lambda tx, office, now: by_operator(tx, office, number, unit, _who(operator), wish, now), as_json)


def _do(verb: Callable[[Transaction, Office, dt.datetime], Moved], as_json: bool) -> None:
    """Do one thing in one transaction, and say what was done."""
    made = run(_done(verb))
    if as_json:
        print(json.dumps({"number": made.number, "zh": made.zh, "en": made.en}, ensure_ascii=False))
    else:
        console.print(f"{made.number}: {made.zh} {made.en}", soft_wrap=True)


async def _done(verb: Callable[[Transaction, Office, dt.datetime], Moved]) -> Moved:
    settings = configured()
    office, now = Office.of(settings), dt.datetime.now(dt.UTC)
    async with opened(settings) as db:
        return await db.write(lambda tx: verb(tx, office, now))


def _who(operator: str) -> str:
    return operator or getpass.getuser()


@app.command("list")
def list_tasks(
    number: Annotated[str, typer.Argument(help="申请编号 Of one application.")] = "", as_json: Json = False
) -> None:
    """待办一览 Every task that wants an answer, and overrides that want a second operator's consent."""
    found, waiting = run(_listed(number))
    if as_json:
        print(json.dumps(tasks_page.to_json(found, waiting), ensure_ascii=False, indent=2))
        return
    console.print(tasks_page.table(found))
    if waiting:
        console.print(tasks_page.proposals_table(waiting))


async def _listed(number: str) -> tuple[list[ListedTask], list[Proposal]]:
    async with opened(configured()) as db:
        found = await db.read(unanswered, number)
        waiting = await db.read(proposals)
    return found, [one for one in waiting if not number or one.number == number]


@app.command("hand-over")
def hand_over(
    number: Number, to: To, reason: Reason, unit: Unit = "", operator: By = "", as_json: Json = False
) -> None:
    """转办 Somebody else answers, for good."""
    _move(number, unit, operator, Wish(Wanted.HAND_OVER, reason, to), as_json)


@app.command()
def lend(number: Number, to: To, reason: Reason, unit: Unit = "", operator: By = "", as_json: Json = False) -> None:
    """委派 Somebody else gives an opinion, then it comes back; --reason is the question."""
    _move(number, unit, operator, Wish(Wanted.LEND, reason, to), as_json)


@app.command()
def recall(number: Number, reason: Reason, unit: Unit = "", operator: By = "", as_json: Json = False) -> None:
    """收回委派 The opinion is not needed any more."""
    _move(number, unit, operator, Wish(Wanted.RECALL, reason), as_json)


@app.command()
def add(
    number: Number,
    to: To,
    reason: Reason,
    where: Annotated[str, typer.Option(help="何时 before | beside | after.")] = "beside",
    unit: Unit = "",
    operator: By = "",
    as_json: Json = False,
) -> None:
    """加签 One more unit or person in this stage."""
    _move(number, unit, operator, Wish(Wanted.ADD, reason, to, where), as_json)


@app.command()
def remove(number: Number, unit: Unit, reason: Reason, operator: By = "", as_json: Json = False) -> None:
    """减签 A unit need not answer any more; never the last one."""
    _move(number, unit, operator, Wish(Wanted.REMOVE, reason), as_json)


@app.command()
def copy(
    number: Number, to: To, reason: Reason = "", unit: Unit = "", operator: By = "", as_json: Json = False
) -> None:
    """抄送 Somebody reads it and does not decide; --reason is the note."""
    _move(number, unit, operator, Wish(Wanted.COPY, reason, to), as_json)


@app.command()
def suspend(number: Number, reason: Reason, operator: By = "", as_json: Json = False) -> None:
    """挂起 The clock of the open stage stops."""
    _move(number, "", operator, Wish(Wanted.SUSPEND, reason), as_json)


@app.command()
def resume(number: Number, reason: Reason, operator: By = "", as_json: Json = False) -> None:
    """恢复办理 The clock goes on."""
    _move(number, "", operator, Wish(Wanted.RESUME, reason), as_json)


@app.command("take-back")
def take_back(number: Number, unit: Unit, reason: Reason, operator: By = "", as_json: Json = False) -> None:
    """拿回 A unit's newest answer is undone at its wish, until the next one has acted."""
    _move(number, unit, operator, Wish(Wanted.TAKE_BACK, reason), as_json)


@app.command()
def urge(
    number: Number,
    reason: Annotated[str, typer.Option(help="附言 A note.")] = "",
    operator: By = "",
    as_json: Json = False,
) -> None:
    """催办 Write again to those who have not answered; once a day."""
    _do(lambda tx, office, now: urge_by_operator(tx, office, number, _who(operator), reason, now), as_json)


@app.command()
def override(
    number: Number,
    outcome: Annotated[Outcome, typer.Option(help="结论 approve, refuse, return or abstain.")],
    reason: Reason,
    unit: Unit = "",
    operator: By = "",
    as_json: Json = False,
) -> None:
    """代定 Decide in place of a unit; above a sum once a second operator consents."""
    who = _who(operator)
    _do(lambda tx, office, now: propose_or_override(tx, office, number, unit, outcome, reason, who, now), as_json)


Which = Annotated[str, typer.Argument(help="代定编号 The id in `liandong task list`, or the application's number.")]


@app.command()
def consent(which: Which, operator: By = "", as_json: Json = False) -> None:
    """同意代定 A second operator consents, and it takes effect."""
    _do(lambda tx, office, now: overrides.consent(tx, office, _proposed(tx, which), _who(operator), now), as_json)


@app.command()
def decline(which: Which, operator: By = "", as_json: Json = False) -> None:
    """不同意代定 Nothing is decided; whoever proposed it may call it off so."""
    _do(lambda tx, office, now: overrides.decline(tx, office, _proposed(tx, which), _who(operator), now), as_json)


def _proposed(tx: Transaction, which: str) -> str:
    """Return the id of the proposal: ``which`` itself, or the only one of the application with that number."""
    ids = [one.id for one in proposals(tx) if one.number == which]
    return ids[0] if len(ids) == 1 else which
