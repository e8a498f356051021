"""Seats: to whom a task of a stage may go: who answers there already, who moves it, and whose money it is about."""

from approvals.asked import LIVE
from approvals.editions import policy_of
from approvals.moves.mover import Mover
from approvals.moves.whom import Whom
from approvals.transaction import Transaction
from models.errors import LiandongError
from models.policy.data import Bilingual
from models.policy.policy import Policy
from models.states import UNANSWERED, Level
from models.task import Task

#: What a stage does that only the units do which the policy lists, or which pay.
LISTED = ("report", "accept", "release")


class AnswersAlready(LiandongError):
    """The unit has a seat in the stage, or is asked in it for another."""

    def __init__(self, unit: Bilingual) -> None:
        super().__init__(
            f"{unit.zh}已在本环节办理此件；请另选单位或人员。",
            f"{unit.en} answers in this stage already; choose somebody else.",
        )


class Yourself(LiandongError):
    """It has the task already."""

    zh = "此件本来就由该单位或人员办理；请另选单位或人员。"
    en = "That is who has it already; choose somebody else."


class OneAnswers(LiandongError):
    """The task is about one thing, e.g. an objection, and no vote is taken."""

    zh = "此事项只由一个单位答复，不能加签或减签；可以转办或委派。"
    en = "One unit answers this, so nobody can be added or removed; hand it over or lend it."


class StaysWithItsUnit(LiandongError):
    """The policy says which unit does this, or whose money it is."""

    def __init__(self, unit: Bilingual) -> None:
        super().__init__(
            f"政策列明此事项由{unit.zh}负责，资金由本级政府承诺；只能转办给该单位的同志，或同级同地的单位。",
            f"By the policy this is for {unit.en}, and each level promises its own money; hand it over to a colleague, "
            "or to a unit of the same government.",
        )


def check_receiver(tx: Transaction, mover: Mover, to: Whom) -> None:
    """See that the task of ``mover`` can go to ``to`` at all.

    Raises:
        Yourself: it is there already.
        AnswersAlready: the unit has another seat in the stage, or is asked in it for another.

    """
    task = mover.task
    if to.unit == task.unit and to.officer_id == task.officer_id:
        raise Yourself
    if mover.officer is not None and {one.email for one in to.officers} == {mover.officer.email}:
        raise Yourself
    others = [one for one, _ in mover.place.tasks if one is not task and one.subject == task.subject]
    if to.unit != task.unit and any(_sits(one, to.unit) for one in others):
        raise AnswersAlready(policy_of(tx, mover.app).unit_name(to.unit))


def _sits(task: Task, unit: str) -> bool:
    """Tell whether ``unit`` answers by ``task``, or did; an opinion that was given takes no seat."""
    if not task.counts:
        return task.state in UNANSWERED and task.unit == unit
    return task.state in LIVE and unit in (task.seat, task.unit)


def check_responsible(tx: Transaction, mover: Mover, to: Whom) -> None:
    """See that money, and the reports on a duty, stay with the unit that the policy lists, or its government.

    Raises:
        StaysWithItsUnit: ``to`` is somebody else.

    """
    place, task, policy = mover.place, mover.task, policy_of(tx, mover.app)
    bound = place.decides_money or (task.counts and place.planned.act in LISTED)
    if (
        bound
        and to.unit not in (task.unit, task.seat)
        and not _same_government(policy, mover.app.measure, task.seat, to.unit)
    ):
        raise StaysWithItsUnit(policy.unit_name(task.seat))


def _same_government(policy: Policy, measure: int, seat: str, unit: str) -> bool:
    """Tell whether ``unit`` is one that the measure lists of the local government of ``seat``."""
    level = policy.units[seat.partition(":")[0]].level
    if level is Level.PROVINCE or unit.startswith("@") or unit not in policy.measures[measure].units:
        return False
    return policy.units[unit].level is level
