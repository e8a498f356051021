"""Where a panel stands for whoever looks: blind until it has closed, and then with every score."""

from dataclasses import replace

from sqlmodel import col, select

from approvals.panel import drawing, seating, sheets
from approvals.transaction import Transaction
from models.application import Application
from models.expert import Expert
from models.panel import seats
from models.panel.block import Panel
from models.panel.score import result_of, score_of
from models.panel.standing import PanelStanding, SeatScore
from models.panel_records import ScoreSheet
from models.road.move_words import Move
from models.road.stage_standing import TaskStanding
from models.stage import Stage
from models.states import StageState, TaskState

#: In place of who scored and what was said.
BLIND = "盲评 blind"
#: After the name of a seat that waits for the operator.
VACANT = ("（空缺，待运行人员补充专家）", " (vacant: the operator must find one)")


def tasks_of(stage: Stage, tasks: list[TaskStanding], sees: str) -> list[TaskStanding]:
    """Return the live tasks of a panel under the names of their seats; ``sees``: the task that is shown as it is."""
    live = [task for task in tasks if task.state is not TaskState.VOID or task.id == sees]
    is_closed = stage.state is StageState.CLOSED
    return [_under_its_seat(task, as_it_is=is_closed or task.id == sees) for task in live]


def _under_its_seat(task: TaskStanding, *, as_it_is: bool) -> TaskStanding:
    name, vacant = seats.name(task.seat), task.unit == task.seat and task.state is TaskState.OPEN
    zh, en = VACANT if vacant else ("", "")
    named = replace(task, unit=task.seat, unit_zh=name.zh + zh, unit_en=name.en + en)
    return named if as_it_is or task.outcome is None else replace(named, officer=BLIND, address="", opinion="")


def moves_of(moves: list[Move]) -> list[Move]:
    """Return the moves of a panel without what was sealed of its experts."""
    return [replace(move, payload={}) for move in moves]


def panel_of(tx: Transaction, app: Application, stage: Stage, tasks: list[TaskStanding]) -> PanelStanding:
    """Return where the panel of ``stage`` stands; ``tasks`` are those that ``tasks_of`` returned."""
    panel = drawing.panel_of(tx, app, stage.key)
    draws = drawing.draws_of(tx, stage.id)
    live = [task for task in tasks if task.state is not TaskState.VOID]
    vacant = _vacant(tx, stage) if stage.state is StageState.OPEN else 0
    made = PanelStanding(
        panel=panel,
        seats=len(live),
        scored=sum(task.state is TaskState.DONE for task in live),
        vacant=vacant,
        seed=draws[0].drawn["seed"] if draws else "",
        hash=draws[0].hash if draws else "",
    )
    found = sheets.sheets_of(tx, stage.id) if stage.state is StageState.CLOSED else {}
    if len(found) < panel.min_scores:  # withdrawn, or decided over the experts' heads
        return made
    scores = _scores(tx, panel, found, {task.unit: task.opinion for task in live})
    return replace(made, result=result_of(panel, [one.points for one in scores]), scores=scores)


def _vacant(tx: Transaction, stage: Stage) -> int:
    open_tasks = seating.open_tasks(tx, stage.id)
    return sum(task.unit == task.seat for task in open_tasks)


def _scores(
    tx: Transaction, panel: Panel, found: dict[str, ScoreSheet], opinions: dict[str, str]
) -> tuple[SeatScore, ...]:
    keys = [sheet.expert_key for sheet in found.values()]
    names = {one.key: one.name for one in tx.exec(select(Expert).where(col(Expert.key).in_(keys)))}
    return tuple(
        SeatScore(seat, names[sheet.expert_key], score_of(panel, sheet.points), sheet.points, opinions.get(seat, ""))
        for seat, sheet in found.items()
    )
