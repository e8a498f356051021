"""Releases: the operator opens one for an instalment of an award; everybody who pays is asked at once."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from approvals import letters, stages, submit
from approvals.chain import changed, record
from approvals.editions import policy_of
from approvals.money import paying
from approvals.office import Office
from approvals.transaction import Transaction
from models.application import Application, Revision
from models.calendar import office_date
from models.case.project import project_key
from models.columns import plain
from models.errors import Fault, RefusedApplication, UnknownApplication, WrongState
from models.event import EventKind
from models.hashing import GENESIS, content_hash
from models.money import Fen
from models.policy.instalments import Instalment, split
from models.release import Release, instalments_of
from models.road.route import Route, from_json, plan_release, to_json
from models.states import ApplicationKind, ApplicationState, Level

#: Characters of the evidence.
MAX_EVIDENCE = 2000


@dataclass(frozen=True)
class ReleaseOpening:
    """Which instalment of which award is to be paid, and what shows that its milestone is reached."""

    award: str
    #: The key of the instalment; empty: the only one that there is.
    milestone: str = ""
    evidence: str = ""
    opened_by: str = ""


@dataclass(frozen=True)
class Part:
    """One instalment of an award as it stands; amounts in fen."""

    instalment: Instalment
    amounts: dict[Level, Fen]
    #: The release that pays or paid it; None while there is none.
    number: str | None
    state: ApplicationState | None

    @property
    def total(self) -> Fen:
        """Return the whole sum."""
        return Fen(sum(self.amounts.values()))

    @property
    def is_paid(self) -> bool:
        """Return True where nothing of it is owed any more."""
        return self.total == 0 or self.state is ApplicationState.ACCOMPLISHED


def open_release(tx: Transaction, office: Office, opening: ReleaseOpening, now: dt.datetime) -> Application:
    """Open a release: each unit that pays a part of the instalment is asked to agree.

    Raises:
        UnknownApplication: there is no such award.
        WrongState: it cannot be paid, or not yet.
        RefusedApplication: there is no such instalment, or no evidence.

    """
    award = _award(tx, opening.award, lock=True)
    parts = parts_of(tx, award)
    n, part = _wanted(parts, opening.milestone)
    _check(tx, award, parts[:n], part)
    evidence = plain(opening.evidence)
    if not 1 <= len(evidence) <= MAX_EVIDENCE:
        zh, en = f"请写明依据，1 至 {MAX_EVIDENCE} 字", f"say what shows it, in 1 to {MAX_EVIDENCE} characters"
        raise RefusedApplication([Fault("evidence", zh, en)])
    content = _content(award, part) | {
        "release": {
            "award": award.number,
            "milestone": part.instalment.key,
            "name": part.instalment.name.model_dump(),
            "part": n + 1,
            "parts": len(parts),
            "evidence": evidence,
            "opened_by": plain(opening.opened_by),
        }
    }
    app = _open(tx, award, content, _route(tx, award, part), now)
    tx.insert(Release, case_id=app.id, award_id=award.id, milestone=part.instalment.key)
    tx.write_rows()
    about = {"number": app.number, "award": award.number, "milestone": part.instalment.key}
    record(tx, app, EventKind.RELEASE_OPENED, now, by=plain(opening.opened_by), **about, **submit.sealed(app))
    changed(tx, app, now)
    first = from_json(app.route)[0]
    letters.tell_applicant(tx, office, app, "submitted", now, stage={"zh": first.name_zh, "en": first.name_en})
    stages.open_stage(tx, office, app, first, now)
    return app


def parts_of(tx: Transaction, award: Application) -> list[Part]:
    """Return the instalments of ``award``, each with the release that counts for it.

    Raises:
        WrongState: it is no award of money.

    """
    if award.kind is not ApplicationKind.CLAIM or award.state is not ApplicationState.AWARDED:
        raise WrongState("该件没有核定，无可拨付。", "This has not been awarded; there is nothing to release.")
    policy = policy_of(tx, award)
    instalments = instalments_of(policy, policy.measures[award.measure].options[award.option])
    rows = tx.exec(
        select(Release.milestone, Application.number, Application.state)
        .join(Application, col(Application.id) == Release.case_id)
        .where(
            Release.award_id == award.id,
            col(Application.state).not_in([ApplicationState.REFUSED, ApplicationState.WITHDRAWN]),
        )
    )
    live = {milestone: (number, ApplicationState(state)) for milestone, number, state in rows}
    shares = {level: split(Fen(getattr(award, f"award_{level.value}")), instalments) for level in Level}
    return [
        Part(one, {level: shares[level][n] for level in Level}, *live.get(one.key, (None, None)))
        for n, one in enumerate(instalments)
    ]


def parts_by_number(tx: Transaction, number: str) -> list[Part]:
    """Return the instalments of the award ``number``; raises as `open_release` does."""
    return parts_of(tx, _award(tx, number))


def numbers(tx: Transaction, limit: int = 200) -> list[str]:
    """Return the numbers of the newest releases, newest first."""
    newest = select(Application.number).where(Application.kind == ApplicationKind.RELEASE)
    return list(tx.exec(newest.order_by(col(Application.submitted_at).desc()).limit(limit)))


def columns_stated_in(content: dict[str, Any]) -> dict[str, Any]:
    """Return the columns of a release that only repeat what stands in its content."""
    said = content["release"]
    return submit.columns_stated_in(content) | {
        "kind": ApplicationKind.RELEASE,
        "project_key": project_key(f"{said['award']} {said['milestone']}"),
        "cost_basis_key": "",
    }


def _award(tx: Transaction, number: str, *, lock: bool = False) -> Application:
    found = select(Application).where(Application.number == number)
    award = tx.exec(found.with_for_update() if lock else found).first()
    if award is None:
        raise UnknownApplication
    return award


def _wanted(parts: list[Part], key: str) -> tuple[int, Part]:
    known = ", ".join(f"{part.instalment.key} ({part.instalment.name.zh} {part.instalment.name.en})" for part in parts)
    for n, part in enumerate(parts):
        if part.instalment.key == key or (not key and len(parts) == 1):
            return n, part
    raise RefusedApplication([Fault("milestone", f"没有“{key}”；可选：{known}", f"choose one of: {known}")])


def _check(tx: Transaction, award: Application, earlier: list[Part], part: Part) -> None:
    """Raise WrongState where ``part`` cannot be paid now."""
    if policy_of(tx, award).release_road is None:
        raise WrongState(
            "该政策的数据没有拨付流程（release_road），拨付另行办理。",
            "The policy's data have no road of releases (release_road); what is awarded is paid elsewhere.",
        )
    if part.total == 0:
        raise WrongState("该期金额为零，无可拨付。", "This instalment comes to nothing; there is nothing to release.")
    if part.number is not None:
        raise WrongState(f"该期已由 {part.number} 办理。", f"{part.number} is for this instalment already.")
    if unpaid := [one.instalment for one in earlier if not one.is_paid]:
        raise WrongState(
            f"前一期“{unpaid[0].name.zh}”尚未拨付，请先办理该期。",
            f"The instalment before it ({unpaid[0].key}) has not been released; release that one first.",
        )


def _route(tx: Transaction, award: Application, part: Part) -> Route:
    """Return the route: one stage that asks everybody who pays a part of it."""
    payers = paying.payers_of(tx, award)
    units = tuple(dict.fromkeys(payers[level].unit for level, fen in part.amounts.items() if fen))
    return plan_release(policy_of(tx, award), units)


def _content(award: Application, part: Part) -> dict[str, Any]:
    """Return what is decided about: the award's own content with the amounts of the instalment."""
    kept = {key: value for key, value in award.content.items() if key != "batch"}
    amounts = {level.value: fen for level, fen in part.amounts.items()}
    return kept | {"kind": ApplicationKind.RELEASE.value, "amounts": amounts}


def _open(tx: Transaction, award: Application, content: dict[str, Any], route: Route, now: dt.datetime) -> Application:
    policy = policy_of(tx, award)
    number = submit.next_number(tx, f"{policy.prefix}{award.measure:02d}-R-{office_date(now).year}")
    app = Application(
        number=number,
        policy=award.policy,
        policy_version=award.policy_version,
        state=ApplicationState.IN_PROGRESS,
        position=0,
        head=GENESIS,
        submitted_at=now,
        wake_at=now,
        content=content,
        content_hash=content_hash(content),
        route=to_json(route),
        trace=[],
        **columns_stated_in(content),
    )
    tx.add(app)
    tx.flush()
    tx.add(Revision(application_id=app.id, round=1, content=app.content, content_hash=app.content_hash, sent_at=now))
    return app
