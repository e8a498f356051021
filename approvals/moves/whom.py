"""Whom a move goes to, as people write it: a unit by key or name, or one person by address."""

from dataclasses import dataclass

from sqlmodel import col, select

from approvals import asking
from approvals.editions import policy_of
from approvals.moves.mover import called
from approvals.transaction import Transaction
from models.application import Application
from models.case.own import is_own
from models.errors import LiandongError
from models.officer import Officer
from models.policy.data import Bilingual
from models.policy.duty import place_units
from models.policy.policy import Policy


class UnknownWhom(LiandongError):
    """There is no such unit, nor an officer with such an address."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"通讯录和责任单位中都没有“{text}”；请写单位名称（如“省财政厅”）或经办人的邮箱地址。",
            f"There is no unit or officer {text!r}; give a unit's name such as “{'Provincial Department of Finance'}”, "
            "its key, or the address of an officer.",
        )


class NobodyThere(LiandongError):
    """The unit has nobody who may answer for this application."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(
            f"{zh}目前没有可以办理此件的经办人（无人登记、已回避或为申请人本人）；请另选，或先请运行人员登记。",
            f"{en} has nobody who may answer this (nobody listed, recused, or the applicant); choose another unit, "
            "or ask the operator to list somebody first.",
        )


@dataclass(frozen=True)
class Whom:
    """A unit, or one person of it; ``officers`` are those who will be asked, never none."""

    unit: str
    officer: Officer | None
    officers: list[Officer]

    @property
    def officer_id(self) -> str | None:
        """Return whose task it is alone; None where it is the unit's."""
        return self.officer.id if self.officer else None

    @property
    def to(self) -> str:
        """Return how the chain names it: the unit's key, or the person's address."""
        return self.officer.email if self.officer else self.unit

    def name(self, policy: Policy) -> Bilingual:
        """Return how people call it: ``省财政厅``, ``省财政厅（李娜）``."""
        unit = policy.unit_name(self.unit)
        if self.officer is None:
            return unit
        return Bilingual(zh=f"{unit.zh}（{self.officer.name}）", en=f"{unit.en} ({self.officer.name})")


def whom(tx: Transaction, app: Application, text: str, beside: str = "") -> Whom:
    """Return whom ``text`` means: an address in the directory, or a unit's key or name.

    An address that answers for several units means the person in the unit ``beside``, where it is one of them.

    Raises:
        UnknownWhom: nobody is called so.
        NobodyThere: there is nobody who may answer for this application.

    """
    said = " ".join(text.split())
    policy = policy_of(tx, app)
    if person := _person(tx, said, beside):
        if not _may(tx, app, person):
            raise NobodyThere(person.name, person.name)
        return Whom(person.unit, person, [person])
    unit = _unit(policy, said)
    if unit is None:
        raise UnknownWhom(said)
    officers = asking.officers_who_may(tx, app, [unit]).get(unit, [])
    if not officers:
        name = policy.unit_name(unit)
        raise NobodyThere(name.zh, name.en)
    return Whom(unit, None, officers)


def _person(tx: Transaction, said: str, beside: str) -> Officer | None:
    if "@" not in said[1:]:
        return None
    called_so = select(Officer).where(Officer.email == said.lower(), col(Officer.active))
    return min(tx.exec(called_so), key=lambda one: (one.unit != beside, one.unit), default=None)


def _may(tx: Transaction, app: Application, person: Officer) -> bool:
    may = asking.officers_who_may(tx, app, [person.unit]).get(person.unit, [])
    return not is_own(app, *person.addresses) and person.id in {one.id for one in may}


def _unit(policy: Policy, said: str) -> str | None:
    places = place_units(policy)
    if said in places:
        return places[said]
    units = [unit for unit in policy.units if not unit.startswith("@")] + list(dict.fromkeys(places.values()))
    return next((unit for unit in units if said in called(policy, unit) or said.lower() in called(policy, unit)), None)
