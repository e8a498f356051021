"""Making: the papers that an ended application should have and has not yet. Slow, so never in a transaction."""

import asyncio
import datetime as dt
from collections.abc import Callable
from typing import Any

from approvals import papers
from approvals.database import Database
from approvals.papers import Draft, Made
from models.paper import PaperKind
from notifications.papers.award_letter import award_letter
from notifications.papers.decision_sheet import decision_sheet
from notifications.papers.typeset import typeset


async def make_papers(db: Database, which: str, now: Callable[[], dt.datetime]) -> int:
    """Make and keep the papers of the application ``which`` that are missing; return how many were.

    Twice, or by two at once, is as good as once: the first that is kept stays.
    """
    draft = await db.read(papers.draft, which)
    made = 0
    for kind in draft.missing if draft else ():
        assert draft is not None
        paper = await asyncio.to_thread(made_of, draft, kind)
        made += await db.write(papers.keep, draft.standing.id, draft.ending, paper, now())
    return made


async def made_again(db: Database, which: str, kind: PaperKind) -> bytes:
    """Return the paper made anew from the facts that are kept with it.

    Raises:
        NoPaper: none was made.

    """
    kept = await db.read(papers.read, which, kind)
    return await asyncio.to_thread(typeset, kind, kept.facts)


def made_of(draft: Draft, kind: PaperKind) -> Made:
    """Return the paper of ``kind``: the same draft gives the same bytes."""
    facts = facts_of(draft, kind)
    return Made(kind, facts, typeset(kind, facts))


def facts_of(draft: Draft, kind: PaperKind) -> dict[str, Any]:
    """Return what stands on the paper of ``kind``, as JSON."""
    standing, ending = draft.standing, draft.ending
    if kind is PaperKind.AWARD_LETTER:
        facts = award_letter(standing, ending, draft.issuer)
    else:
        facts = decision_sheet(standing, ending, for_applicant=kind is PaperKind.APPLICANT_COPY)
    return facts | {"sample": draft.sample}
