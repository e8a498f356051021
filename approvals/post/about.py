"""What a letter asked: the task and the officer that its link or its reply address belongs to."""

from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from approvals.transaction import Transaction
from models.application import Application
from models.letter import Letter
from models.officer import Officer
from models.secrets import derive_token, locator
from models.stage import Stage
from models.states import UNANSWERED, Purpose, StageState
from models.task import Task
from models.token import Token

NONCES = (("reply_nonce", Purpose.REPLY), ("link_nonce", Purpose.DECIDE))


@dataclass(frozen=True)
class About:
    """One task and whom a letter asked for it; the application's row is locked."""

    app: Application
    stage: Stage
    task: Task
    officer: Officer

    @property
    def open(self) -> bool:
        """True while an answer is waited for."""
        return self.task.state in UNANSWERED and self.stage.state is StageState.OPEN

    @property
    def places(self) -> dict[str, Any]:
        """Return what events say of where it is."""
        return {"stage": self.stage.id, "task": self.task.id, "unit": self.task.unit}


def locked(tx: Transaction, application_id: str | None) -> Application | None:
    """Return the application, its row locked."""
    wanted = select(Application).where(Application.id == application_id)
    return None if application_id is None else tx.exec(wanted.with_for_update()).one()


def of_letter(tx: Transaction, key: bytes, letter: Letter, app: Application) -> About | None:
    """Return whom ``letter`` asked for what; None where it asked nobody."""
    for name, purpose in NONCES:
        if nonce := letter.facts.get(name):
            return of_token(tx, derive_token(key, purpose, nonce), app)
    return None


def officer_of(tx: Transaction, letter: Letter) -> Officer | None:
    """Return whom ``letter`` asked; None where it asked nobody."""
    nonces = [letter.facts[name] for name, _ in NONCES if letter.facts.get(name)]
    asked = select(Officer).join(Token, col(Token.officer_id) == Officer.id).where(col(Token.nonce).in_(nonces))
    return tx.exec(asked.limit(1)).first() if nonces else None


def of_token(tx: Transaction, presented: str, app: Application) -> About | None:
    """Return the task and the officer of the token ``presented``; None where it has none."""
    token = tx.exec(select(Token).where(Token.locator == locator(presented))).first()
    if token is None or token.task_id is None or token.officer_id is None or token.application_id != app.id:
        return None
    task, officer = tx.get_one(Task, token.task_id), tx.get_one(Officer, token.officer_id)
    return About(app, tx.get_one(Stage, task.stage_id), task, officer)
