"""Which version of a policy's data counts: for a new application the one in force, for a running one its own."""

import datetime as dt
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import select

from approvals.transaction import Transaction
from models.application import Application
from models.columns import JsonColumn, UtcDateTime
from models.errors import Fault, RefusedApplication
from models.policy.folder import editions, read_policy
from models.policy.policy import Policy
from models.records import PolicyEdition

#: Every edition that this process has read, by version; editions never change.
_read: dict[str, Policy] = {}

_KEEP = sa.text(
    "INSERT INTO policy_edition (version, policy, files, kept_at) VALUES (:version, :policy, :files, :kept_at)"
    " ON CONFLICT (version) DO NOTHING"
).bindparams(sa.bindparam("files", type_=JsonColumn), sa.bindparam("kept_at", type_=UtcDateTime))


def in_force(folder: Path, key: str, day: dt.date) -> Policy:
    """Return the version of the policy ``key`` in ``folder`` that was in force on ``day``; before all, the first.

    An empty key means the only policy there is.

    Raises:
        RefusedApplication: there is no such policy, or several and none is named.
        PolicyFault: the data are at fault.

    """
    known = editions(folder)
    if not key and len(known) == 1:
        (key,) = known
    if key not in known:
        names = ", ".join(known)
        zh, en = f"没有政策“{key}”；可选：{names}", f"there is no policy “{key}”; choose one of: {names}"
        raise RefusedApplication([Fault("policy", zh, en)])
    versions = known[key]
    return next((policy for policy in reversed(versions) if policy.in_force_from <= day), versions[0])


def policy_of(tx: Transaction, app: Application) -> Policy:
    """Return the policy as ``app`` is judged by it: the edition that was kept with it, whatever the folder says."""
    if app.policy_version not in _read:
        kept = tx.exec(select(PolicyEdition).where(PolicyEdition.version == app.policy_version)).one()
        _read[app.policy_version] = read_policy(kept.files, kept.policy)
    return _read[app.policy_version]


def keep(tx: Transaction, policy: Policy, now: dt.datetime) -> None:
    """Keep the edition that an application is about to be judged by."""
    _read.setdefault(policy.version, policy)
    if tx.exec(select(PolicyEdition.version).where(PolicyEdition.version == policy.version)).first() is None:
        tx.execute(_KEEP, {"version": policy.version, "policy": policy.key, "files": policy.files, "kept_at": now})
