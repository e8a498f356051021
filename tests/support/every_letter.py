"""Every letter that anybody may be written: what the verbs queue when applications live through all that there is."""

import dataclasses
import datetime as dt
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from approvals.database import Database
from approvals.inbound import Reply
from approvals.moves.take_back import take_back
from approvals.moves.urge import urge_by_operator
from approvals.moves.wish import Wanted, Wish
from approvals.office import Office
from models.letter import Letter
from models.officer import LettersWanted
from models.operators import read_operators
from models.settings import Settings
from models.states import Channel, Outcome
from notifications.papers.dossiers import Dossiers
from tests.integration import test_digests as digests
from tests.support.clock import Clock
from tests.support.desk import Desk, hangzhou_directory
from tests.support.duties import policies_with_duties, two_cities
from tests.support.forms import ANOTHER, SHENLAN
from tests.support.kinds import KINDS, with_every_kind
from tests.support.late import sweep
from tests.support.notices import noticed_city
from tests.support.panel import PanelDesk, expert
from tests.unit import test_letters as claims
from tests.unit import test_letters_of_duties as duties
from tests.unit import test_letters_of_mail as mail
from tests.unit import test_letters_of_moves as moves
from tests.unit import test_letters_of_notices as notices
from tests.unit import test_letters_of_releases as releases

COUNTY, CITY = "@county:330110", "@city:330100"
Life = Callable[[Desk, Settings], Awaitable[None]]


@dataclasses.dataclass(frozen=True)
class Specimen:
    """One letter, and the dossier that goes with it."""

    letter: Letter
    dossier: bytes | None
    settings: Settings

    @property
    def name(self) -> str:
        """What kind it is, and of what: ``ask.panel``."""
        facts = self.letter.facts
        of = [key for key in ("duty", "release", "objection") if facts.get(key)]
        of += ["panel"] * (facts.get("act") == "expert_panel")
        said = [str(facts[key]) for key in ("state", "ended_as", "result", "outcome", "act", "you") if facts.get(key)]
        return ".".join([self.letter.kind, *of, *said])


@asynccontextmanager
async def office(migrated: Path, folder: Path) -> AsyncIterator[tuple[Desk, Settings]]:
    """Open a fresh office in ``folder``, with a database that is a copy of the ``migrated`` file."""
    (folder / "home").mkdir(parents=True)
    shutil.copy(migrated, folder / "home" / "liandong.db")
    settings = Settings(home=folder / "home")
    db = Database(settings)
    desk = Desk(db, Office.of(settings), Clock())
    await desk.register_consortia()
    try:
        yield desk, settings
    finally:
        await db.close()


async def _claims(desk: Desk, settings: Settings) -> None:
    await desk.import_directory()
    await claims.write_every_kind(desk, settings.home)


async def _duties(desk: Desk, settings: Settings) -> None:
    desk.office = dataclasses.replace(desk.office, policies=policies_with_duties(settings.home))
    await desk.import_directory(two_cities())
    await duties.write_every_kind(desk)
    app = await desk.open_duty(24, "scenarios", period="2027 年")
    await desk.db.write(urge_by_operator, desk.office, app.number, "王五", "请尽快", desk.clock.tick())
    await moves.stand_still(desk, app.number)


async def _releases(desk: Desk, settings: Settings) -> None:
    await desk.import_directory()
    await releases.write_every_kind(desk)


async def _moves(desk: Desk, settings: Settings) -> None:
    known = read_operators(moves.OPERATORS, desk.office.operator_email)
    desk.office = dataclasses.replace(desk.office, operators=known)
    await desk.import_directory()
    await moves.live_through_every_move(desk)


async def _mail(desk: Desk, settings: Settings) -> None:
    await desk.import_directory()
    await mail.live_through_it(desk, settings)


async def _mailbox(desk: Desk, settings: Settings) -> None:
    await desk.import_directory()
    await mail.live_with_a_mailbox(desk, "关于申请的答复")


async def _notices(desk: Desk, settings: Settings) -> None:
    await notices.write_every_kind(await noticed_city(desk))


async def _doors(desk: Desk, settings: Settings) -> None:
    """A return that is taken back, one to a stage, and moves by reply."""
    await desk.import_directory()
    await desk.submit()
    await desk.answer(COUNTY)
    (letter,) = await desk.asked(CITY)
    await desk.answer(CITY, Outcome.RETURN, "请补充")
    token = desk.token_in(letter, Channel.REPLY)
    await desk.db.write(take_back, desk.office, token, "误点", Channel.REPLY, desk.clock.tick())
    await desk.answer(CITY, Outcome.RETURN, "请核实\n配套资金", returns_to=(await desk.standing()).route[0].key)
    for wish in (Wish(Wanted.HAND_OVER, "属其职责", "jxt"), Wish(Wanted.LEND, "是否合理？", "jxt")):
        await desk.submit(project__title=f"转办 {wish.wanted}")
        await desk.approve_until("fgw")
        (letter, *_) = await desk.asked("czt")
        await claims.reply(desk, letter, Reply((letter.address,), wish=wish))
    await desk.answer("jxt", opinion="合理。")


async def _kinds(desk: Desk, settings: Settings) -> None:
    """What each option gives, up to its end."""
    desk.office = dataclasses.replace(desk.office, policies=with_every_kind(settings.home))
    await desk.import_directory()
    for base in KINDS.values():
        await desk.submit(base)
        await desk.approve_to()


async def _instead(desk: Desk, settings: Settings) -> None:
    """A county without an officer, whose city is asked in its place, and one who comes later."""
    desk.office = dataclasses.replace(desk.office, no_officer="parent")
    await desk.import_directory([entry for entry in hangzhou_directory() if entry.unit != COUNTY])
    await desk.submit()
    desk.clock.tick(days=30)
    await sweep(desk)
    await desk.import_directory()


async def _panels(desk: Desk, settings: Settings) -> None:
    city = PanelDesk(desk.db, desk.office, desk.clock)
    others = [expert(n) for n in range(1, 6)]
    await city.open_city(*others, expert(8, SHENLAN), expert(9, ties=(ANOTHER,)))
    await city.to_the_panel()
    app = await city.standing()
    first, second, *_ = [key for key in (await city.seated()).values() if key]
    (letter,) = await city.letters_to(first)
    await claims.reply(city, letter, Reply((letter.address,), Outcome.APPROVE))
    await city.db.write(urge_by_operator, city.office, app.number, "王五", "请尽快", city.clock.tick())
    city.clock.tick(days=30)
    await sweep(city)
    for key in (first, second):
        await city.recuse(key)
    for key in [key for key in (await city.seated()).values() if key][:1]:
        await city.recuse(key)
    await city.withdraw()


async def _mornings(desk: Desk, settings: Settings) -> None:
    await digests.wanting(desk, LettersWanted.DIGEST)
    for title in ("万卡集群训练框架", "乙"):
        await desk.submit(project__title=title)
    await digests.sweep(desk, digests.morning(24))
    await digests.sweep(desk, desk.clock() + dt.timedelta(days=6))
    await desk.submit(project__title="丙")


LIVES: tuple[Life, ...] = (
    *(_claims, _duties, _releases, _moves, _mail, _mailbox, _notices, _doors, _kinds, _instead, _panels, _mornings),
)


async def every_letter(migrated: Path, folder: Path, *, with_dossiers: bool = False) -> list[Specimen]:
    """Return a letter of each kind and shape: of those that know the same facts of the same variant, the newest.

    Dossiers are as the cases stand at the end of their lives; setting them takes as long as all the lives.
    """
    found: dict[object, Specimen] = {}
    for n, life in enumerate(LIVES):
        async with office(migrated, folder / str(n)) as (desk, settings):
            await life(desk, settings)
            dossiers = Dossiers(desk.db, desk.clock)
            for letter in await desk.letters():
                facts = letter.facts
                shape = frozenset(key for key, value in facts.items() if value)
                key = (Specimen(letter, None, settings).name, shape, facts.get("gives"))
                if key not in found:
                    pdf = await dossiers.of(letter) if with_dossiers else None
                    found[key] = Specimen(letter, pdf, settings)
    return list(found.values())
