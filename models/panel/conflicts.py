"""Conflicts of interest: why an expert may not score an application. Computed at the draw and again at the vote. Pure.

A party is whoever applies, and every body that the application names by its credit code: its consortium's members.
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from stdnum.cn import uscc

from models.case.project import project_key
from models.hashing import sha256

_CODE = re.compile(r"(?<![0-9A-Z])[0-9A-Z]{18}(?![0-9A-Z])")


@dataclass(frozen=True)
class Employment:
    """Where an expert worked, and when; the last day is inside, None: still there."""

    credit_code: str
    from_day: dt.date
    to_day: dt.date | None

    def as_json(self) -> dict[str, str | None]:
        """Return it as the draw keeps it."""
        until = self.to_day.isoformat() if self.to_day else None
        return {"credit_code": self.credit_code, "from": self.from_day.isoformat(), "to": until}

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Self:
        """Return what ``as_json`` wrote."""
        until = dt.date.fromisoformat(row["to"]) if row["to"] else None
        return cls(row["credit_code"], dt.date.fromisoformat(row["from"]), until)


@dataclass(frozen=True)
class Parties:
    """Whoever an expert must have nothing to do with."""

    applicant: str
    #: Credit codes of the members of its consortium, sorted.
    members: tuple[str, ...]
    #: People whom the application names, as ``person_key`` writes them, sorted.
    people: tuple[str, ...]
    #: ``address_key`` of the applicant's address and of those that answered for units of this application, sorted.
    addresses: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return them as the draw keeps them."""
        return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Self:
        """Return what ``as_json`` wrote."""
        return cls(row["applicant"], tuple(row["members"]), tuple(row["people"]), tuple(row["addresses"]))


@dataclass(frozen=True, order=True)
class Conflict:
    """One reason why an expert may not score."""

    #: employer | former_employer | tie | address
    kind: str
    #: The credit code that it is about; empty for a person and for an address, which are not told.
    about: str
    #: applicant | member | person | address: whom it ties the expert to.
    party: str

    def said(self, language: str) -> str:
        """Return it as one clause: ``现任职于申请单位（9133…）``."""
        zh, en = KINDS[self.kind, self.party]
        what = f" {self.about}" if self.about else ""
        return f"{zh}{what}" if language == "zh" else f"{en}{what}"


KINDS = {
    ("employer", "applicant"): ("任职于申请单位", "works for the applicant"),
    ("employer", "member"): ("任职于联合体成员单位", "works for a member of the consortium"),
    ("former_employer", "applicant"): ("近年曾任职于申请单位", "worked for the applicant in recent years"),
    ("former_employer", "member"): (
        "近年曾任职于联合体成员单位",
        "worked for a member of the consortium in recent years",
    ),
    ("tie", "applicant"): ("申报与申请单位有利害关系", "declared a tie to the applicant"),
    ("tie", "member"): ("申报与联合体成员单位有利害关系", "declared a tie to a member of the consortium"),
    ("tie", "person"): ("申报与申请中的人员有利害关系", "declared a tie to a person in the application"),
    ("address", "address"): (
        "与申请人或已办理本件的经办人为同一邮箱",
        "has the address of the applicant or of an officer who answered this application",
    ),
}


def conflicts(
    employments: tuple[Employment, ...], ties: tuple[str, ...], address: str, parties: Parties, day: dt.date, years: int
) -> tuple[Conflict, ...]:
    """Return every conflict of an expert on ``day``, sorted; an employer of the last ``years`` years counts.

    ``ties`` are what the expert declared, as ``tie_key`` writes them; ``address`` is an ``address_key``.
    """
    bodies = dict.fromkeys(parties.members, "member") | {parties.applicant: "applicant"}
    found = set(_of_employers(employments, bodies, day, years))
    found |= {Conflict("tie", code, bodies[code]) for code in ties if code in bodies}
    found |= {Conflict("tie", "", "person") for person in ties if person in parties.people}
    if address in parties.addresses:
        found.add(Conflict("address", "", "address"))
    return tuple(sorted(found))


def _of_employers(
    employments: tuple[Employment, ...], bodies: Mapping[str, str], day: dt.date, years: int
) -> Iterator[Conflict]:
    since = years_before(day, years)
    for one in employments:
        if one.credit_code not in bodies or (one.to_day is not None and one.to_day < since):
            continue
        present = one.to_day is None or one.to_day >= day
        yield Conflict("employer" if present else "former_employer", one.credit_code, bodies[one.credit_code])


def years_before(day: dt.date, years: int) -> dt.date:
    """Return the same day ``years`` years ago; 28 February where that year has no 29th."""
    year = max(day.year - years, 1)
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)


def parties_of(content: Mapping[str, Any], answered: tuple[str, ...] = ()) -> Parties:
    """Return the parties of an application by its ``content``; ``answered``: addresses that answered for units."""
    applicant = content["applicant"]
    texts = [str(value) for value in content["facts"].values()]
    texts += [str(value) for value in content["project"].values()]
    codes = {code for text in texts for code in codes_in(text)} - {applicant["credit_code"]}
    people = {person_key(name) for name in (applicant["contact"], *_short_texts(content["facts"]))}
    known = {address_key(address) for address in (applicant["email"], *answered)}
    return Parties(applicant["credit_code"], tuple(sorted(codes)), tuple(sorted(people - {""})), tuple(sorted(known)))


def _short_texts(facts: Mapping[str, Any]) -> Iterator[str]:
    """Yield every name that a fact may state: texts without digits, split where names are listed."""
    for value in facts.values():
        if isinstance(value, str) and not any(c.isdigit() for c in value):
            yield from re.split(r"[、,，;；/\n]", value)


def codes_in(text: str) -> Iterator[str]:
    """Yield every valid unified social credit code in ``text``."""
    yield from (code for code in _CODE.findall(text.upper()) if uscc.is_valid(code))


def tie_key(text: str) -> str:
    """Return a declared tie in the form that is compared: a credit code, or else a person."""
    code = text.strip().upper()
    return code if uscc.is_valid(code) else person_key(text)


def person_key(name: str) -> str:
    """Return what stands for a person in a draw that is published: the SHA-256 of the name without spaces and case."""
    key = project_key(name)
    return sha256(key.encode()) if key else ""


def address_key(address: str) -> str:
    """Return what stands for a mail address in a draw that is published: its SHA-256."""
    return sha256(address.strip().lower().encode())
