"""The desk: verbs as the people around one office would use them, on either database.

It knows of a letter only what its reader knows: tokens are derived from the facts of queued letters.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import col, select

from approvals import audit, queries
from approvals.answer import Answer, Decided, NotDecided
from approvals.database import Database
from approvals.decide import decide
from approvals.directory import import_officers
from approvals.duties import Opening, Progressing, Reported, open_duty, report
from approvals.moves.mover import Moved, move_by_operator, move_by_token
from approvals.office import Office
from approvals.registers import FigureEntry, RegisterEntry, enter, record_figure
from approvals.resubmit import resubmit, withdraw
from approvals.submit import submit
from approvals.transaction import Transaction
from models.application import Application
from models.case.form import ApplicationForm
from models.errors import LiandongError
from models.event import Event, EventKind
from models.files.directory_file import Entry
from models.letter import Letter
from models.money import Fen
from models.officer import Officer
from models.road.standing import Standing
from models.secrets import derive_code, derive_token
from models.states import Channel, Level, Outcome, Purpose
from tests.support.clock import Clock
from tests.support.forms import ANOTHER, CONSORTIUM, SHENLAN, THIRD, form_of
from tests.support.policies import ZHEJIANG

#: Every unit that a measure-19 application from Hangzhou asks, in the order of its road.
CHAIN = ("@county:330110", "@city:330100", "kjt", "fgw", "czt", "kjt")
NONCE = {Channel.LINK: "link_nonce", Channel.REPLY: "reply_nonce"}
PURPOSE = {Channel.LINK: Purpose.DECIDE, Channel.REPLY: Purpose.REPLY}


def address_of(unit: str) -> str:
    """Return the address of a unit's role mailbox: ``kjt@zj.example``, ``330110@zj.example``."""
    return f"{unit.rpartition(':')[2]}@zj.example"


def hangzhou_directory() -> list[Entry]:
    """A role mailbox for every provincial unit, for Hangzhou and for two of its districts."""
    policy = ZHEJIANG
    provincial = [unit for unit in policy.units if not unit.startswith("@")]
    units = [*provincial, "@city:330100", "@county:330110", "@county:330108"]
    return [
        Entry(unit=u, name=policy.unit_name(u).zh, email=address_of(u), language="en" if u == "fgw" else "zh")
        for u in units
    ]


def consortia() -> list[RegisterEntry]:
    """The applicants of the tests, as leaders of provincial innovation consortia."""
    return [
        RegisterEntry(
            register_key="provincial_innovation_consortia",
            credit_code=code,
            name=f"联合体 {code}",
            from_day=dt.date(2025, 1, 1),
            source="省级创新联合体名录（测试）",
        )
        for code in (SHENLAN, ANOTHER, THIRD)
    ]


@dataclass
class Desk:
    """One office with its database and its clock."""

    db: Database
    office: Office
    clock: Clock
    #: The application that verbs without a number are about: the last one submitted.
    app: Application | None = field(default=None)

    async def import_directory(self, entries: list[Entry] | None = None) -> int:
        """Import ``entries``, by default those of Hangzhou; return how many officers are new."""
        entries = hangzhou_directory() if entries is None else entries
        return await self.db.write(import_officers, self.office, entries, self.clock())

    async def register_consortia(self) -> None:
        """Enter the applicants of the tests in the register of consortia."""
        for entry in consortia():
            await self.db.write(enter, ZHEJIANG, entry, self.clock())

    async def submit(self, base: dict[str, Any] = CONSORTIUM, **changes: Any) -> Application:
        """Submit the form with ``changes`` (see ``tests.support.forms``)."""
        return await self.submit_form(form_of(base, **changes))

    async def submit_form(self, form: ApplicationForm) -> Application:
        """Submit ``form``."""
        self.app = await self.db.write(submit, self.office, form, self.clock.tick())
        return self.app

    async def letters(self, kind: str | None = None, **where: str) -> list[Letter]:
        """Return queued letters, the newest first, of ``kind`` and with columns as in ``where``."""

        def query(tx: Transaction) -> list[Letter]:
            found = select(Letter).order_by(col(Letter.written_at).desc())
            if kind is not None:
                found = found.where(Letter.kind == kind)
            return list(tx.exec(found.filter_by(**where)))

        return await self.db.read(query)

    async def links(self) -> list[tuple[str, str]]:
        """Return every link that was ever sent about the application with the task that it opens, newest first."""
        found = await self.letters(application_id=self._id())
        return [(self.token_in(x), x.key.split(":")[1]) for x in found if "link_nonce" in x.facts]

    @property
    def app_id(self) -> str:
        """The id of the application that verbs without a number are about."""
        return self._id()

    def token_in(self, letter: Letter, channel: Channel = Channel.LINK) -> str:
        """Return the token that the reader of ``letter`` finds in its link or in its reply address."""
        return derive_token(self.office.key, PURPOSE[channel], letter.facts[NONCE[channel]])

    async def tokens_of(self, unit: str, channel: Channel = Channel.LINK, kind: str | None = None) -> list[str]:
        """Return the tokens in the letters to ``unit`` about the application, the newest first."""
        return [self.token_in(letter, channel) for letter in await self.asked(unit, kind)]

    async def asked(self, unit: str, kind: str | None = None) -> list[Letter]:
        """Return the letters that ask officers of ``unit`` about the application, the newest first."""

        def addresses(tx: Transaction) -> set[str]:
            return set(tx.exec(select(Officer.email).where(Officer.unit == unit)))

        known = await self.db.read(addresses)
        found = await self.letters(kind, application_id=self._id())
        return [x for x in found if x.kind in ("ask", "remind", "sent_back", "urge", "resumed") and x.address in known]

    async def answer(
        self,
        unit: str,
        outcome: Outcome = Outcome.APPROVE,
        opinion: str = "",
        *,
        channel: Channel = Channel.REPLY,
        **more: Any,
    ) -> Decided | NotDecided:
        """Answer the newest letter that ``unit`` got about the application; ``more`` is for ``present``."""
        (token, *_) = await self.tokens_of(unit, channel)
        return await self.present(token, outcome, opinion, channel=channel, **more)

    async def present(
        self,
        token: str,
        outcome: Outcome = Outcome.APPROVE,
        opinion: str = "",
        *,
        channel: Channel = Channel.REPLY,
        amounts: dict[Level, Fen] | None = None,
        code: str = "",
        figures: dict[str, int] | None = None,
        units: tuple[str, ...] = (),
        **more: Any,
    ) -> Decided | NotDecided:
        """Present ``token``, whatever it is, with an answer."""
        said = Answer(outcome, opinion, amounts or {}, code, figures or {}, units, **more)
        return await self.db.write(decide, self.office, token, said, channel, self.clock.tick())

    async def open_duty(self, measure: int, duty: str = "", **changes: Any) -> Application:
        """Open a duty, by default for the year 2026."""
        opening = Opening(measure, duty, **({"period": "2026 年"} | changes))
        self.app = await self.db.write(open_duty, self.office, opening, self.clock.tick())
        return self.app

    async def report(
        self, unit: str, text: str, *, channel: Channel = Channel.LINK, **figures: int
    ) -> Reported | NotDecided:
        """Report for ``unit``, by its newest letter, that it is not done yet."""
        (token, *_) = await self.tokens_of(unit, channel)
        said = Progressing(text, figures)
        return await self.db.write(report, self.office, token, said, channel, self.clock.tick())

    async def approve_until(self, unit: str | None = None) -> None:
        """Approve as every unit of the chain before ``unit``'s first turn; all of it where none is named."""
        for one in CHAIN[: None if unit is None else CHAIN.index(unit)]:
            answered = await self.answer(one)
            assert isinstance(answered, Decided), answered

    async def approve_to(self, stage: str | None = None) -> list[str]:
        """Approve as whoever is asked until the stage with the key ``stage`` is open, or to the end; return who."""
        answered: list[str] = []
        while (now := (await self.standing()).open_stage) is not None and now.key != stage:
            for task in now.tasks:
                given = await self.answer(task.unit)
                assert isinstance(given, Decided), given
                answered.append(task.unit)
        return answered

    async def record_figure(self, figure: str, value: str, place: str = "", from_day: str = "2025-01-01") -> None:
        """Record a figure as the operator would."""
        day = dt.date.fromisoformat(from_day)
        entry = FigureEntry(figure=figure, place=place, from_day=day, value=value, source="测试公告")
        await self.db.write(record_figure, ZHEJIANG, entry, self.clock())

    async def resubmit(self, base: dict[str, Any] = CONSORTIUM, **changes: Any) -> Application:
        """Send an amended file by the link in the newest letter of return."""
        (letter, *_) = await self.letters("returned", application_id=self._id())
        token = derive_token(self.office.key, Purpose.AMEND, letter.facts["amend_nonce"])
        return await self.db.write(resubmit, self.office, token, form_of(base, **changes), self.clock.tick())

    async def withdraw(self, reason: str = "市场变化") -> Application:
        """Withdraw the application by its number."""
        assert self.app is not None
        return await self.db.write(withdraw, self.office, self.app.number, reason, self.clock.tick())

    async def move(
        self, unit: str, verb: Callable[..., Moved], *said: str, token: str = "", channel: Channel = Channel.LINK
    ) -> Moved | NotDecided:
        """Move the task of ``unit`` by its newest letter, or by ``token``: ``move("kjt", hand_over, "czt", "why")``."""
        presented = token or (await self.tokens_of(unit, channel))[0]
        now = self.clock.tick()

        def make(tx: Transaction) -> Moved | NotDecided:
            return move_by_token(tx, presented, channel, lambda by: verb(tx, self.office, by, *said, now), now)

        return await self.db.write(make)

    async def move_as_operator(self, unit: str, verb: Callable[..., Moved], *said: str) -> Moved:
        """Move the task of ``unit`` as the operator Chen would."""
        assert self.app is not None
        number, now = self.app.number, self.clock.tick()

        def make(tx: Transaction) -> Moved:
            return move_by_operator(tx, number, unit, "Chen", lambda by: verb(tx, self.office, by, *said, now))

        return await self.db.write(make)

    async def newest_code(self) -> str:
        """Return the one-time code in the newest letter that carries one."""
        (letter, *_) = await self.letters("code", application_id=self._id())
        return derive_code(self.office.key, letter.facts["code_nonce"])

    async def standing(self) -> Standing:
        """Return where the application stands."""
        return await self.db.read(queries.standing, self._id())

    async def events(self, kind: EventKind | None = None) -> list[Event]:
        """Return the application's chain, or its events of one kind."""

        def query(tx: Transaction) -> list[Event]:
            return list(tx.exec(select(Event).where(Event.application_id == self._id()).order_by(col(Event.seq))))

        return [e for e in await self.db.read(query) if kind is None or e.kind is kind]

    async def verify(self) -> audit.Break | None:
        """Return the first break in the application's record."""
        return await self.db.read(audit.verify, self._id())

    def _id(self) -> str:
        assert self.app is not None, "submit an application first"
        return self.app.id


def error_of(answered: Decided | Reported | Moved | NotDecided) -> LiandongError:
    """Return why an answer was not counted, or a move not made."""
    assert isinstance(answered, NotDecided), f"the answer counted: {answered}"
    return answered.error
