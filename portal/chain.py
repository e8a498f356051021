"""The chain as it is drawn: one step for each stage of the route, done, now or to come. Pure."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from models.money import Fen
from models.road.move_words import Move
from models.road.route import RouteStage
from models.road.stage_standing import StageStanding, TaskStanding
from models.road.standing import Standing
from models.states import ApplicationState, Level, Outcome, StageState, TaskEnd, TaskKind, TaskState

#: Tasks in whose place another was made, or none is wanted.
REPLACED = (TaskEnd.HANDED_OVER, TaskEnd.TAKEN_BACK, TaskEnd.REMOVED, TaskEnd.RECALLED, TaskEnd.REPLACED)


@dataclass(frozen=True)
class StepUnit:
    """One unit of a step; ``task`` is None while nobody has asked it."""

    key: str
    name: dict[str, str]
    task: TaskStanding | None
    #: The round in which the answer was given that stands here; None where it is no earlier one.
    given_in: int | None = None


@dataclass(frozen=True)
class Step:
    """One step as it is drawn."""

    number: int
    name: dict[str, str]
    #: done | refuse | return | refer | void | now | todo | stands | skipped
    look: str
    units: tuple[StepUnit, ...]
    stage: StageStanding | None
    #: The level whose share was pledged here, and how much (fen).
    pledge: tuple[Level, Fen] | None


def steps(standing: Standing) -> list[Step]:
    """Return the steps of the present round; a stage that was undone is to come again."""
    ended = standing.state.ended
    stages = [s for s in standing.stages if s.round == standing.round and (ended or s.state is not StageState.VOID)]
    opened = {s.position: s for s in sorted(stages, key=lambda s: (s.state is not StageState.VOID, s.opened_at))}
    return [_step(standing, planned, opened.get(planned.position)) for planned in standing.route]


def _step(standing: Standing, planned: RouteStage, stage: StageStanding | None) -> Step:
    level = Level(planned.share) if planned.share else None
    done = stage is not None and stage.outcome in (Outcome.APPROVE, Outcome.REFER)
    pledge = (level, standing.pledges[level]) if done and level in standing.pledges and standing.asked[level] else None
    return Step(
        number=planned.position + 1,
        name={"zh": planned.name_zh, "en": planned.name_en},
        look=_look(standing, planned, stage),
        units=tuple(_units(standing, planned, stage)),
        stage=stage,
        pledge=pledge,
    )


def _units(standing: Standing, planned: RouteStage, stage: StageStanding | None) -> Iterator[StepUnit]:
    asked = {t.unit: t for t in stage.tasks} if stage else {}
    if standing.is_duty:  # what other units reported in an earlier round stands
        asked = {t.unit: t for s in standing.stages if s.position == planned.position for t in s.tasks} if stage else {}
    if stage and not standing.is_duty:  # whoever is asked in fact: a task may have been handed over or added
        for task in stage.tasks:
            if task.ended_as not in REPLACED:
                yield StepUnit(task.unit, {"zh": task.unit_zh, "en": task.unit_en}, task, _given_in(standing, task))
        return
    for unit in planned.units:
        name = standing.unit_names[unit]
        yield StepUnit(unit, {"zh": name.zh, "en": name.en}, asked.get(unit))


def _given_in(standing: Standing, task: TaskStanding | None) -> int | None:
    """Return the round of the answer that stands for ``task``."""
    if task is None or task.kind is not TaskKind.CARRIED:
        return None
    given = (s.round for s in standing.stages for t in s.tasks if t.kind is not TaskKind.CARRIED and _same(t, task))
    return next(given, None)


def _same(one: TaskStanding, other: TaskStanding) -> bool:
    return (one.decided_at, one.seat, one.outcome) == (other.decided_at, other.seat, other.outcome)


def _look(standing: Standing, planned: RouteStage, stage: StageStanding | None) -> str:
    if stage is None and planned.position in standing.passed_over:
        return "stands"
    if stage is None:
        return "todo" if standing.state is ApplicationState.IN_PROGRESS else "skipped"
    if stage.state is StageState.OPEN:
        return "now"
    if stage.outcome is None:
        return "void"
    return "done" if stage.outcome in (Outcome.APPROVE, Outcome.REFER) else stage.outcome.value


@dataclass(frozen=True)
class Said:
    """One decision that was made, with the stage in which it was."""

    stage: StageStanding
    task: TaskStanding
    at: dt.datetime
    #: The round in which it stands still, because its content is the same; None where it does not.
    stands_in: int | None = None

    @property
    def undone(self) -> bool:
        """True where its unit took it back, or one before it did."""
        return self.task.state is TaskState.VOID


def decisions(standing: Standing, *, but: str = "") -> list[Said]:
    """Return every decision of every round in the order in which they were made, save that of the task ``but``.

    An answer that stands in a later round is there once, as it was given.
    """
    carried = [(s.round, t) for s in standing.stages for t in s.tasks if t.kind is TaskKind.CARRIED]
    made = [
        Said(stage, task, task.decided_at, max((n for n, t in carried if _same(task, t)), default=None))
        for stage in standing.stages
        for task in stage.tasks
        if task.decided_at is not None and task.id != but and task.kind is not TaskKind.CARRIED
    ]
    return sorted(made, key=lambda said: said.at)


def dissent(standing: Standing) -> list[Said]:
    """Return who did not agree in the stages of this round that went on to the lead all the same."""
    referred = {s.id for s in standing.stages if s.round == standing.round and s.outcome is Outcome.REFER}
    made = [said for said in decisions(standing) if said.stage.id in referred and not said.undone]
    return [said for said in made if said.task.outcome is not Outcome.APPROVE]


@dataclass(frozen=True)
class Happened:
    """One move, with the stage in which it was made."""

    stage: StageStanding
    move: Move


def moves(standing: Standing) -> list[Happened]:
    """Return what happened besides the answers, in all rounds, the oldest first."""
    made = [Happened(stage, move) for stage in standing.stages for move in stage.moves]
    return sorted(made, key=lambda one: one.move.at)
