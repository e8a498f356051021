"""The dossiers that letters carry: set once for all who are asked at the same moment, outside every transaction.

Setting one takes about as long as sending a hundred letters, so that a process keeps those that it set last
(docs/adr/0025).
"""

import asyncio
import datetime as dt
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

import structlog

from approvals import dossiers
from approvals.database import Database
from models.letter import Letter
from notifications.papers.dossier import dossier
from notifications.papers.reader import Reader, seen_by
from notifications.papers.typeset import set_in

log = structlog.get_logger(__name__)

LAYOUT = "decision-sheet.typ"
#: Dossiers that a process keeps at hand, some 100 KB each.
AT_HAND = 64
#: The letters that ask somebody to decide or to do something, by the link that they have.
ASKING = frozenset({"ask", "ask_again", "out_of_office", "remind", "resumed", "sent_back", "urge"})
#: An operator is asked without a link.
OPERATORS = "override_proposed"


def wanted(kind: str, facts: Mapping[str, Any]) -> bool:
    """Return whether a letter goes with a dossier: it asks its reader to decide or to do something."""
    asks = kind == OPERATORS or (kind in ASKING and bool(facts.get("link_nonce")))
    return asks and "version" in facts


class Dossiers:
    """Finds or makes the dossier of a letter."""

    def __init__(self, db: Database, now: Callable[[], dt.datetime]) -> None:
        self._db, self._now = db, now
        self._made: OrderedDict[tuple[str, int, Reader], bytes | None] = OrderedDict()
        self._one_at_a_time = asyncio.Lock()

    async def of(self, letter: Letter) -> bytes | None:
        """Return the PDF that goes with ``letter``; None where none does, or where none can be made."""
        if letter.application_id is None or not wanted(letter.kind, letter.facts):
            return None
        return await self.of_version(letter.application_id, letter.facts["version"], Reader.of_letter(letter.facts))

    async def of_version(self, application_id: str, version: int, reader: Reader) -> bytes | None:
        """Return the dossier of an application as it was when ``reader`` was asked at ``version``."""
        key = (application_id, version, reader.shared)
        async with self._one_at_a_time:  # several are asked at once: the second finds what the first made
            if key not in self._made:
                self._made[key] = await self._make(*key)
                while len(self._made) > AT_HAND:
                    self._made.popitem(last=False)
            return self._made[key]

    async def of_now(self, application_id: str, reader: Reader) -> bytes:
        """Return the dossier of an application as it stands for ``reader``; nothing is kept in the database.

        Raises:
            PaperNotMade: it cannot be set; the sentence says why.

        """
        async with self._one_at_a_time:
            fresh = dossier(await self._db.read(dossiers.basis, application_id))
            return await self._set(fresh, reader)

    async def _set(self, facts: dict[str, Any], reader: Reader) -> bytes:
        objection = await self._db.read(dossiers.objection, reader.objection) if reader.objection else None
        return await asyncio.to_thread(set_in, LAYOUT, seen_by(reader, facts, objection))

    async def _make(self, application_id: str, version: int, reader: Reader) -> bytes | None:
        """Set the dossier; a letter never waits for one that cannot be set, for its link shows the same."""
        facts = await self._db.read(dossiers.kept, application_id, version)
        try:
            if facts is None:
                fresh = dossier(await self._db.read(dossiers.basis, application_id))
                facts = await self._db.write(dossiers.keep, application_id, version, fresh, self._now())
            return await self._set(facts, reader)
        except Exception:
            log.exception("a dossier could not be made", application=application_id, version=version)
            return None
