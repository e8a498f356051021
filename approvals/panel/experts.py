"""Experts: who may be drawn for panels. An import says all of an expert; the letters go by the directory's way."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import col, select

from approvals.directory import import_officers
from approvals.office import Office
from approvals.transaction import Transaction
from models.columns import new_id
from models.errors import Fault, RefusedApplication
from models.expert import Expert, ExpertEmployment, ExpertTie
from models.files.directory_file import Entry
from models.files.experts_file import ExpertEntry
from models.officer import Officer
from models.panel.conflicts import Employment, address_key
from models.panel.draw import Candidate
from models.panel.seats import unit_of

#: So many keys go into one statement.
CHUNK = 1000


@dataclass(frozen=True)
class Imported:
    """What an import of experts did."""

    total: int
    new: int


def import_experts(tx: Transaction, office: Office, entries: list[ExpertEntry], now: dt.datetime) -> Imported:
    """Add or replace the experts in ``entries``, each with all employers and ties; others stay as they are.

    Raises:
        RefusedApplication: an address is another expert's; nothing is recorded.

    """
    known = {expert.key: expert for expert in tx.exec(select(Expert))}
    _refuse_taken(known, entries)
    new = sum(entry.key not in known for entry in entries)
    for entry in entries:
        expert = known.get(entry.key) or Expert(
            key=entry.key, name="", email="", language="", fields=[], imported_at=now
        )
        expert.name, expert.email, expert.language = entry.name, entry.email, entry.language
        expert.fields, expert.active, expert.imported_at = list(entry.fields), entry.active, now
        tx.add(expert)
    tx.flush()
    _write_what_they_stated(tx, entries)
    _keep_officers(tx, office, entries, now)
    return Imported(len(entries), new)


def _refuse_taken(known: dict[str, Expert], entries: list[ExpertEntry]) -> None:
    will_be = {key: expert.email for key, expert in known.items()} | {entry.key: entry.email for entry in entries}
    owners = defaultdict(list)
    for key, email in will_be.items():
        owners[email].append(key)
    faults = [
        Fault(
            email,
            f"是专家 {'、'.join(keys)} 共同的邮箱；一个邮箱只能属于一位专家",
            f"is the address of the experts {', '.join(keys)}; an address is one expert's",
        )
        for email, keys in owners.items()
        if len(keys) > 1
    ]
    if faults:
        raise RefusedApplication(faults)


def _write_what_they_stated(tx: Transaction, entries: list[ExpertEntry]) -> None:
    keys = [entry.key for entry in entries]
    for chunk in (keys[n : n + CHUNK] for n in range(0, len(keys), CHUNK)):
        tx.execute(sa.delete(ExpertEmployment).where(col(ExpertEmployment.expert_key).in_(chunk)))
        tx.execute(sa.delete(ExpertTie).where(col(ExpertTie.expert_key).in_(chunk)))
    for entry in entries:
        for employer, job in entry.employments:
            tx.insert(
                ExpertEmployment,
                id=new_id(),
                expert_key=entry.key,
                credit_code=job.credit_code,
                employer=employer,
                from_day=job.from_day,
                to_day=job.to_day,
            )
        for tie, declared in entry.tie_keys.items():
            tx.insert(ExpertTie, id=new_id(), expert_key=entry.key, tie=tie, declared=declared)
    tx.write_rows()


def _keep_officers(tx: Transaction, office: Office, entries: list[ExpertEntry], now: dt.datetime) -> None:
    """Each expert answers for a unit of its own; whoever is not active any more answers for none."""
    active = [
        Entry(unit=unit_of(entry.key), name=entry.name, email=entry.email, language=entry.language)
        for entry in entries
        if entry.active
    ]
    gone = [unit_of(entry.key) for entry in entries if not entry.active]
    for officer in tx.exec(select(Officer).where(col(Officer.unit).in_(gone))):
        officer.active = False
        tx.add(officer)
    tx.flush()
    import_officers(tx, office, active, now, replace=True)


def candidates(tx: Transaction, fields: Iterable[str]) -> list[Candidate]:
    """Return every active expert of one of ``fields``, as a draw knows them."""
    wanted = set(fields)
    experts = [one for one in tx.exec(select(Expert).where(col(Expert.active))) if wanted & set(one.fields)]
    return as_candidates(tx, experts)


def as_candidates(tx: Transaction, experts: list[Expert]) -> list[Candidate]:
    """Return ``experts`` with what they stated until now."""
    keys = [expert.key for expert in experts]
    jobs: dict[str, list[Employment]] = defaultdict(list)
    ties: dict[str, list[str]] = defaultdict(list)
    for chunk in (keys[n : n + CHUNK] for n in range(0, len(keys), CHUNK)):
        for row in tx.exec(select(ExpertEmployment).where(col(ExpertEmployment.expert_key).in_(chunk))):
            jobs[row.expert_key].append(Employment(row.credit_code, row.from_day, row.to_day))
        for tie in tx.exec(select(ExpertTie).where(col(ExpertTie.expert_key).in_(chunk))):
            ties[tie.expert_key].append(tie.tie)
    return [
        Candidate(x.key, tuple(x.fields), tuple(jobs[x.key]), tuple(ties[x.key]), address_key(x.email)) for x in experts
    ]


def listing(tx: Transaction) -> list[tuple[Expert, list[ExpertEmployment], list[ExpertTie]]]:
    """Return every expert with employers and ties, by key."""
    jobs, ties = defaultdict(list), defaultdict(list)
    for job in tx.exec(select(ExpertEmployment).order_by(col(ExpertEmployment.from_day))):
        jobs[job.expert_key].append(job)
    for tie in tx.exec(select(ExpertTie).order_by(ExpertTie.declared)):
        ties[tie.expert_key].append(tie)
    return [(one, jobs[one.key], ties[one.key]) for one in tx.exec(select(Expert).order_by(Expert.key))]
