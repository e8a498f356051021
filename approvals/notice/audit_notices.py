"""Audit of public notices: what was shown, what was said against it and what was answered, against the chain."""

from collections.abc import Iterator

from sqlmodel import col, select

from approvals.notice.objections import digest_of
from approvals.transaction import Transaction
from models.application import Application
from models.event import Event, EventKind
from models.hashing import content_hash, sha256
from models.notice import FixedAward, Notice
from models.objection import Objection, ObjectionAnswer, ObjectionFile
from models.states import Level

#: What takes an award that is on view away, or makes it the application's own.
LEAVES = (
    EventKind.RETURNED,
    EventKind.SENT_BACK,
    EventKind.TAKEN_BACK,
    EventKind.WITHDRAWN,
    EventKind.REFUSED,
    EventKind.AWARDED,
)


def faults(tx: Transaction, app: Application, events: list[Event]) -> Iterator[tuple[int, str]]:
    """Yield what is wrong with the notices of ``app``: the event's number (0: none) and why."""
    if any(stage["act"] == "public_notice" for stage in app.route):
        yield from _notices(tx, app, events)
        yield from _fixed_award(tx, app, events)
        yield from _objections(tx, app, events)
        yield from _answers(tx, app, events)


def _notices(tx: Transaction, app: Application, events: list[Event]) -> Iterator[tuple[int, str]]:
    sealed = {e.payload["notice"]: e for e in events if e.kind is EventKind.NOTICE_PUBLISHED}
    kept = {row.id: row for row in tx.exec(select(Notice).where(Notice.application_id == app.id))}
    yield from _same_ids(sealed, set(kept), "notice")
    for key in sealed.keys() & kept.keys():
        row, event = kept[key], sealed[key]
        shown = (sha256(row.html), sha256(row.csv), content_hash(row.headline))
        if shown != tuple(event.payload[part] for part in ("html", "csv", "headline")):
            yield event.seq, "what the notice shows differs from what was sealed"
        if (row.html_sha256, row.csv_sha256) != shown[:2] or row.published_at != event.at:
            yield event.seq, "the notice says another hash or another time than was sealed"


def _fixed_award(tx: Transaction, app: Application, events: list[Event]) -> Iterator[tuple[int, str]]:
    row = tx.exec(select(FixedAward).where(FixedAward.application_id == app.id)).first()
    last = next((e for e in reversed(events) if e.kind in (*LEAVES, EventKind.NOTICE_PUBLISHED)), None)
    on_view = last is not None and last.kind is EventKind.NOTICE_PUBLISHED
    kept = {level.value: row.share(level) for level in Level if row.share(level)} if row else {}
    sealed = {level: fen for level, fen in last.payload["award"].items() if fen} if last and on_view else {}
    if on_view != (row is not None) or kept != sealed:
        yield last.seq if last else 0, "the award on view differs from what was sealed"


def _objections(tx: Transaction, app: Application, events: list[Event]) -> Iterator[tuple[int, str]]:
    sealed = {e.payload["objection"]: e for e in events if e.kind is EventKind.OBJECTION_MADE}
    kept = {row.id: row for row in tx.exec(select(Objection).where(Objection.application_id == app.id))}
    yield from _same_ids(sealed, set(kept), "objection")
    for key in sealed.keys() & kept.keys():
        row, event = kept[key], sealed[key]
        files = tx.exec(select(ObjectionFile).where(ObjectionFile.objection_id == key).order_by(col(ObjectionFile.seq)))
        lines = [
            {"seq": f.seq, "name": f.name, "type": f.type, "size": len(f.content), "sha256": sha256(f.content)}
            for f in files
        ]
        if event.payload["digest"] != digest_of(row.name, row.contact, row.text, lines):
            yield event.seq, f"objection {row.seq} differs from what was sealed"


def _answers(tx: Transaction, app: Application, events: list[Event]) -> Iterator[tuple[int, str]]:
    sealed = {e.payload["objection"]: e for e in events if e.kind is EventKind.OBJECTION_ANSWERED}
    rows = tx.exec(select(ObjectionAnswer).where(ObjectionAnswer.application_id == app.id))
    kept = {row.objection_id: row for row in rows}
    yield from _same_ids(sealed, set(kept), "answer to an objection")
    for key in sealed.keys() & kept.keys():
        row, event = kept[key], sealed[key]
        said = (event.payload["result"], event.payload["text"], event.payload["unit"])
        if (row.result.value, row.text, row.unit) != said or row.answered_at != event.at:
            yield event.seq, "the answer to an objection differs from what was sealed"


def _same_ids(sealed: dict[str, Event], kept: set[str], what: str) -> Iterator[tuple[int, str]]:
    for key in sorted(sealed.keys() - kept):
        yield sealed[key].seq, f"its {what} is missing"
    for key in sorted(kept - sealed.keys()):
        yield 0, f"{what} {key} is not on the chain"
