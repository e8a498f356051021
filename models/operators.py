"""Operators: the people who run the chain, by name and address, and how a setting lists them. Pure."""

import re
from dataclasses import dataclass

from models.address import is_address
from models.case.own import person
from models.errors import LiandongError

_ONE = re.compile(r"\s*(?P<name>[^<>,，、;:]{1,100}?)\s*<(?P<address>[^<>\s]+)>\s*")


class UnknownOperator(LiandongError):
    """Nobody who runs the chain is called so."""

    def __init__(self, given: str, known: str) -> None:
        super().__init__(
            f"没有运行人员“{given}”；现有：{known}（LIANDONG_OPERATORS 可列出更多）。",
            f"There is no operator {given!r}; there are: {known} (LIANDONG_OPERATORS lists more).",
        )


@dataclass(frozen=True)
class Operator:
    """One person who runs the chain."""

    name: str
    address: str

    @property
    def by(self) -> str:
        """Return how events name the operator."""
        return f"operator:{self.name}"

    @property
    def person(self) -> str:
        """Return the mailbox: two operators with the same one are the same person."""
        return person(self.address)


def read_operators(listed: str, first: str) -> tuple[Operator, ...]:
    """Return the operators in ``listed`` (``name <address>, ...``), after the one with the address ``first``.

    Raises:
        ValueError: an entry is not ``name <address>``, or two have one name or one mailbox.

    """
    found = []
    for entry in filter(str.strip, re.split(r"[,，]", listed)):
        said = _ONE.fullmatch(entry)
        if said is None or not is_address(said["address"]):
            raise ValueError(f"{entry.strip()!r} is not written: name <address>")
        found.append(Operator(said["name"], said["address"].lower()))
    if person(first) not in {one.person for one in found}:
        found.insert(0, Operator(first.partition("@")[0], first.lower()))
    if len({one.name for one in found}) < len(found) or len({one.person for one in found}) < len(found):
        raise ValueError("two operators have one name or one mailbox")
    return tuple(found)


def operator_called(operators: tuple[Operator, ...], given: str) -> Operator:
    """Return the operator with the name or address ``given``.

    Raises:
        UnknownOperator: nobody is called so.

    """
    said = given.removeprefix("operator:").strip()
    for one in operators:
        if said == one.name or said.lower() == one.address:
            return one
    raise UnknownOperator(said, "、".join(f"{one.name} <{one.address}>" for one in operators))
