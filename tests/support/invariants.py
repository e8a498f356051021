"""What must hold of an application at any moment, whatever people did, and however many did it at once."""

from collections.abc import Mapping

from sqlmodel import col, select

from approvals.money import audit_money
from approvals.notice.notice_stage import unanswered
from approvals.transaction import Transaction
from models.notice import FixedAward, Notice
from models.panel.seats import SEAT
from models.policy.notice_rules import PUBLIC_NOTICE
from models.road.quorum import Seat, evaluate
from models.road.stage_standing import StageStanding
from models.road.standing import Standing
from models.stage import Stage
from models.states import UNANSWERED, ApplicationState, Outcome, StageState, TaskKind, TaskState
from models.task import Decision, Task
from tests.support.desk import Desk


async def holds(desk: Desk, book: Mapping[str, Outcome] | None = None, *, money: bool = True) -> None:
    """Assert all of it for the desk's application; ``book`` says which tasks were answered how, if somebody kept it."""
    answered = await _tasks_are_sound(desk)
    assert book is None or answered == book, "the tables do not agree with the book"
    standing = await desk.standing()
    _an_open_stage_is_undecided(standing)
    await _somebody_must_act(desk, standing)
    assert await desk.verify() is None
    if money:  # of all applications together
        assert await desk.db.read(audit_money.of_all) is None, "the ledger and the budgets do not agree"


async def _tasks_are_sound(desk: Desk) -> dict[str, Outcome]:
    """Return how each task was answered whose answer was not taken back."""

    def read(tx: Transaction) -> list[tuple[Task, Decision | None, Stage]]:
        rows = select(Task, Decision, Stage).outerjoin(Decision, col(Decision.task_id) == Task.id)
        rows = rows.join(Stage, col(Stage.id) == Task.stage_id).where(Task.application_id == desk.app_id)
        return list(tx.exec(rows))

    rows = await desk.db.read(read)
    tasks = {task.id: task for task, _, _ in rows}
    for task, decision, stage in rows:
        if task.state is TaskState.WAITING:
            assert tasks[task.waits_for or ""].state in UNANSWERED, "a task waits for one that nobody answers"
        if task.state in UNANSWERED:
            assert stage.state is StageState.OPEN, "a task is open in a stage that is not"
            assert decision is None, "a task is open and answered"
        if task.state is TaskState.DONE:
            assert (decision is None) == (task.kind is TaskKind.CARRIED), "a task is done without its decision"
    return {task.id: made.outcome for task, made, _ in rows if task.state is TaskState.DONE and made}


def _an_open_stage_is_undecided(standing: Standing) -> None:
    stage = standing.open_stage
    if stage is None or stage.act == PUBLIC_NOTICE:  # what is answered there is each objection, by itself
        return
    live = [t for t in stage.tasks if t.counts and t.state is not TaskState.VOID]
    said = sorted((t.decided_at, t.seat, t.outcome) for t in live if t.decided_at and t.outcome)
    seats = [Seat(seat, outcome) for _, seat, outcome in said] + [Seat(t.seat) for t in live if not t.outcome]
    verdict = evaluate(standing.route[stage.position].quorum, seats)
    assert verdict.outcome is None, f"a stage stays open though it is decided: {verdict.why.en}"


async def _somebody_must_act(desk: Desk, standing: Standing) -> None:
    """The application has ended, or the applicant must amend, or whoever is asked has a letter."""
    stage = standing.open_stage
    if standing.state.ended or standing.state is ApplicationState.RETURNED:
        assert stage is None, "it has ended or was returned, and a stage is open"
        return
    assert stage is not None, "it is in progress, and no stage is open"
    assert (stage.position, stage.round) == (standing.position, standing.round)
    waits = [t for t in stage.tasks if t.state is TaskState.OPEN]
    if stage.act == PUBLIC_NOTICE:
        await _a_notice_ends_by_itself_or_somebody_answers(desk, stage)
    else:
        assert waits, "nobody is asked"
    asked = {task for _, task in await desk.links()}
    missing = {x.key.split(":")[1] for x in await desk.letters("officer_missing", application_id=standing.id)}
    silent = [t for t in waits if t.id not in asked | missing]
    if silent and all(t.seat.startswith(SEAT) for t in silent):  # vacant: the operator is told once for all of them
        assert await desk.letters("panel_short", application_id=standing.id), "a seat is vacant, and nobody was told"
    else:
        assert not silent, "a task is open, and nobody was written to"


async def _a_notice_ends_by_itself_or_somebody_answers(desk: Desk, stage: StageStanding) -> None:
    """Each objection without an answer is a task, no task is without one, and what is on view is kept."""

    def read(tx: Transaction) -> tuple[set[str], bool]:
        notice = tx.exec(select(Notice).where(Notice.stage_id == stage.id)).one()
        kept = tx.get(FixedAward, desk.app_id)
        return {one.id for one in unanswered(tx, notice.id)}, kept is not None

    objections, kept = await desk.db.read(read)
    tasks = {t.subject for t in stage.tasks if t.state in UNANSWERED and t.subject}
    assert objections == tasks, "an objection that nobody is asked about, or a task about none"
    assert kept, "an award is on view that nobody kept"
