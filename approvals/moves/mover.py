"""The mover: who moves a task and where it stands, an officer by a letter's token or an operator by its number."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import col, select

from approvals.answer import NotDecided
from approvals.asked import Asked, Place, check, find, place_of
from approvals.decide import record_foreign, refused
from approvals.editions import policy_of
from approvals.transaction import Transaction
from models.application import Application
from models.columns import plain
from models.errors import LiandongError, OpinionTooLong, Suspended, UnknownApplication, UnknownToken, WrongState
from models.officer import Officer
from models.panel.seats import EXPERT_PANEL
from models.policy.policy import Policy
from models.stage import Stage
from models.states import UNANSWERED, Channel, StageState
from models.task import MAX_OPINION, Task


class ReasonMissing(LiandongError):
    """A move says why."""

    zh = "请写明理由。"
    en = "Say why."


class NoSuchTask(LiandongError):
    """The application's open stage asks no such unit."""

    def __init__(self, number: str, unit: str, asked: str) -> None:
        waits = (f"当前待答复：{asked or '无'}。", f"it waits for: {asked or 'nobody'}.")
        if not unit and asked:
            super().__init__(
                f"{number} 的当前环节有多个单位待答复，请指明单位（--unit）；{waits[0]}",
                f"Several units are asked in the open stage of {number}: name one of them (--unit); {waits[1]}",
            )
            return
        super().__init__(
            f"{number} 的当前环节没有待“{unit}”答复的事项；{waits[0]}",
            f"The open stage of {number} waits for no answer of {unit!r}; {waits[1]}",
        )


class SeatOfPanel(LiandongError):
    """A seat of a panel goes to the next in the draw and nowhere else, and a score stays."""

    zh = "专家评审的席位只能按抽取顺序更换，评分提交后不能更改；专家请评分或回避，运行人员请用 liandong panel。"
    en = (
        "A seat of a panel goes to the next in the draw only, and a score stays as it was sent: an expert scores or "
        "recuses, and the operator has `liandong panel`."
    )


@dataclass(frozen=True)
class Mover:
    """One task, and who moves it."""

    place: Place
    #: The address of the officer, or ``operator:NAME``.
    by: str
    #: None where an operator moves it.
    officer: Officer | None
    channel: Channel
    #: What proved who sent a reply: ``dkim zj.example``; empty at other doors.
    proof: str = ""

    @property
    def task(self) -> Task:
        """Return the task that is moved."""
        return self.place.task

    @property
    def app(self) -> Application:
        """Return the application, which the transaction has locked."""
        return self.place.app

    @property
    def credentials(self) -> dict[str, str]:
        """Return what an event says of whom the officer stands in for, and of what proved a reply; each where it is."""
        whom = self.place.deputy_for if isinstance(self.place, Asked) else None
        said = {"deputy_for": whom.email} if whom is not None else {}
        return said | ({"authenticated": self.proof} if self.proof else {})


@dataclass(frozen=True)
class Moved:
    """The move is made."""

    number: str
    #: What was done, in Chinese and in English: the page and the command say it.
    zh: str
    en: str


#: A move as a door calls it, with everything but the mover filled in; it raises LiandongError where it cannot be.
Move = Callable[[Mover], Moved]


def move_by_token(
    tx: Transaction, presented: str, channel: Channel, move: Move, now: dt.datetime, *, proof: str = ""
) -> Moved | NotDecided:
    """Let the person to whom the token ``presented`` was sent make ``move``; a refusal goes onto the chain.

    ``proof``: what proved who sent a reply; the event of the move says it.
    """
    asked = find(tx, presented)
    if asked is None:
        return NotDecided(UnknownToken(), record_foreign(tx, presented, channel, now))
    try:
        check(tx, asked, presented, channel, now, though_waiting=True)  # e.g. to call back what it waits for
        no_panel(asked)
        return move(Mover(asked, asked.officer.email, asked.officer, channel, proof))
    except LiandongError as error:
        return refused(tx, asked, error, channel, now)


def move_by_operator(tx: Transaction, number: str, unit: str, operator: str, move: Move) -> Moved:
    """Let an operator make ``move`` with the task of ``unit`` in the open stage; empty: the only one there is.

    Raises:
        LiandongError: there is no such application or task, or it cannot be moved so.

    """
    place = open_place(tx, locked(tx, number), unit)
    if place.stage.suspended_at is not None:
        raise Suspended
    no_panel(place)
    return move(Mover(place, f"operator:{operator}", None, Channel.OPERATOR))


def no_panel(place: Place) -> None:
    """Raise SeatOfPanel where the task is an expert's."""
    if place.planned.act == EXPERT_PANEL:
        raise SeatOfPanel


def locked(tx: Transaction, number: str) -> Application:
    """Return the application ``number``, locked.

    Raises:
        UnknownApplication: there is none.

    """
    app = tx.exec(select(Application).where(Application.number == number).with_for_update()).first()
    if app is None:
        raise UnknownApplication
    return app


def open_place(tx: Transaction, app: Application, unit: str = "", *, whichever: bool = False) -> Place:
    """Return the unanswered task of ``unit`` (key or name) in the open stage of ``app``, which is locked.

    With ``whichever``, the first of those that fit, for what concerns the whole stage.

    Raises:
        WrongState: no stage is open.
        NoSuchTask: the stage does not wait for this unit, or for several where none is named.

    """
    stage = open_stage_of(tx, app)
    tasks = tx.exec(
        select(Task).where(Task.stage_id == stage.id, col(Task.state).in_(UNANSWERED)).order_by(Task.seat, Task.id)
    ).all()
    policy = policy_of(tx, app)
    fits = [task for task in tasks if not unit or unit in called(policy, task.unit)]
    if not fits or (len(fits) > 1 and not whichever):
        raise NoSuchTask(app.number, unit, "、".join(policy.unit_name(task.unit).zh for task in tasks))
    return place_of(tx, app, fits[0].id)


def open_stage_of(tx: Transaction, app: Application) -> Stage:
    """Return the open stage of ``app``, which is locked; raises WrongState where there is none."""
    found = select(Stage).where(Stage.application_id == app.id, Stage.state == StageState.OPEN)
    stage = tx.exec(found.execution_options(populate_existing=True)).first()
    if stage is None:
        raise WrongState("该申请当前没有进行中的环节。", "No stage of this application is open now.")
    return stage


def called(policy: Policy, unit: str) -> set[str]:
    """Return everything that people call ``unit``: its key, its names."""
    name = policy.unit_name(unit)
    return {unit, name.zh, name.en, name.en.lower()}


def reason_of(text: str) -> str:
    """Return the reason of a move as it is kept.

    Raises:
        ReasonMissing: there is none.
        OpinionTooLong: it is longer than is kept.

    """
    reason = plain(text)
    if not reason:
        raise ReasonMissing
    if len(reason) > MAX_OPINION:
        raise OpinionTooLong
    return reason
