"""What people do in a recorded history besides answering: tasks that move, operators, money, a panel."""

import dataclasses
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from approvals.deputy import deputies
from approvals.moves import override
from approvals.moves.add import add
from approvals.moves.copy import copy
from approvals.moves.hand_over import hand_over
from approvals.moves.lend import lend, recall
from approvals.moves.remove import remove
from approvals.moves.suspend import resume, suspend
from approvals.moves.urge import urge_by_applicant, urge_by_operator
from models.calendar import office_date
from models.deputy import DeputyEntry
from models.files.directory_file import Entry
from models.operators import read_operators
from models.secrets import derive_token
from models.states import Outcome, Purpose
from tests.support.desk import Desk
from tests.support.money import open_release, recover, repay
from tests.support.panel import BEST, FAIR, POOR, PanelDesk

OPERATORS = "甲 <jia@ops.example>, 乙 <yi@ops.example>"
SHEETS = {"fair": FAIR, "poor": POOR, "best": BEST}

#: A verb of a story.
Verb = Callable[..., Awaitable[Any]]


class Moves:
    """The verbs of a story that are no answers; ``by=operator`` where the operator makes a move."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.award = ""

    def moves(self) -> dict[str, Verb]:
        """Return the verbs by the first word of a step."""
        plain = {
            "hand-over": hand_over,
            "lend": lend,
            "recall": recall,
            "add": add,
            "remove": remove,
            "copy": copy,
            "suspend": suspend,
        }
        return {name: self._move(verb) for name, verb in plain.items()} | {
            "urge": self.urge,
            "resume": self.resume,
            "officer": self.officer,
            "deputy": self.deputy,
            "override": self.override,
            "consent": self.consent,
            "decline": self.decline,
            "release": self.release,
            "recover": self.recover,
            "repay": self.repay,
            "score": self.score,
            "recuse-seat": self.recuse_seat,
        }

    def _move(self, verb: Callable[..., Any]) -> Verb:
        """``hand-over fgw czt``, ``add kjt jxt before``, ``recall fgw by=operator``: what else is said, then why."""

        async def made(unit: str, *said: str, by: str = "officer") -> Any:
            move = self.desk.move_as_operator if by == "operator" else self.desk.move
            return await move(unit, verb, *said, "理由")

        return made

    async def urge(self, by: str = "applicant") -> Any:
        """``urge by=operator``."""
        if by == "operator":
            return await self._write(urge_by_operator, self._number(), "甲", "")
        return await self._write(urge_by_applicant, await self.status_token(), "")

    async def status_token(self) -> str:
        """Return the token of the applicant's status page."""
        (letter, *_) = await self.desk.letters("submitted", application_id=self.desk.app_id)
        return derive_token(self.desk.office.key, Purpose.STATUS, letter.facts["status_nonce"])

    async def resume(self) -> Any:
        """``resume``: the operator."""
        return await self._write(resume, self._number(), "甲", "材料已到")

    async def officer(self, unit: str, address: str) -> Any:
        """``officer fgw li.na@fgw.example``: one more answers for the unit."""
        return await self.desk.import_directory([Entry(unit=unit, name="李娜", email=address)])

    async def deputy(self, officer: str, deputy: str) -> Any:
        """``deputy kjt@zj.example yi@zj.example``: for a week from today."""
        today = office_date(self.desk.clock.now)
        entry = DeputyEntry(officer, deputy, today, today + timedelta(days=6), "甲", "乙")
        return await self._write(deputies.appoint, entry)

    async def override(self, unit: str, outcome: str) -> Any:
        """``override czt approve``: the operator Jia; above the policy's sum it waits for another."""
        known = read_operators(OPERATORS, self.desk.office.operator_email)
        self.desk.office = dataclasses.replace(self.desk.office, operators=known)
        args = (self._number(), unit, Outcome(outcome), "单位撤并", "甲")
        return await self._write(override.propose_or_override, *args)

    async def consent(self, operator: str) -> Any:
        """``consent 乙``: to the one proposal that waits."""
        return await self._write(override.consent, await self._proposal(), operator)

    async def decline(self, operator: str) -> Any:
        """``decline 乙``."""
        return await self._write(override.decline, await self._proposal(), operator)

    async def _proposal(self) -> str:
        return (await self.desk.db.read(override.open_proposals))[-1].id

    async def release(self, milestone: str) -> Any:
        """``release award``: an instalment of the award; what follows is about the release."""
        return await open_release(self.desk, self._award(), milestone)

    async def recover(self, yuan: str) -> None:
        """``recover 3000000``: so much of what was paid must come back."""
        await recover(self.desk, self._award(), int(yuan) * 100)

    async def repay(self, yuan: str, receipt: str) -> None:
        """``repay 2000000 0001``: so much of it came back in cash, by that receipt."""
        await repay(self.desk, self._award(), int(yuan) * 100, receipt)

    async def score(self, seat: str, sheet: str) -> Any:
        """``score 1 fair``: the expert on the first seat hands in a sheet."""
        return await self._panel().score(await self._on(seat), SHEETS[sheet])

    async def recuse_seat(self, seat: str) -> Any:
        """``recuse-seat 1``: the expert on the first seat has a conflict of interest."""
        return await self._panel().recuse(await self._on(seat))

    def _panel(self) -> PanelDesk:
        assert isinstance(self.desk, PanelDesk), "a story with a panel has `city: true`"
        return self.desk

    async def _on(self, seat: str) -> str:
        return (await self._panel().seated())[f"panel:{seat}"] or ""

    def _number(self) -> str:
        assert self.desk.app is not None
        return self.desk.app.number

    def _award(self) -> str:
        self.award = self.award or self._number()
        return self.award

    async def _write(self, verb: Callable[..., Any], *args: Any) -> Any:
        return await self.desk.db.write(verb, self.desk.office, *args, self.desk.clock.tick())
