"""The papers of an application, for its applicant; and the dossier, for whoever is asked to decide."""

from dataclasses import dataclass
from functools import cached_property

from starlette.requests import Request
from starlette.responses import Response

from approvals import pages, papers
from models.errors import AlreadyDecided
from models.paper import PaperKind
from notifications.papers.dossiers import Dossiers
from notifications.papers.reader import Reader
from portal.desk import Desk, token_of


@dataclass(frozen=True)
class PapersDoor:
    """``award-letter.pdf`` and ``applicant-copy.pdf`` below ``/s/{token}``."""

    desk: Desk

    async def read(self, request: Request) -> Response:
        """Give the applicant a paper, byte for byte as it was kept."""
        kind = PaperKind.of(str(request.path_params["paper"]))
        number, paper = await self.desk.db.read(papers.read_by_token, token_of(request), kind, self.desk.now())
        return _pdf(paper.pdf, f"{number}-{kind.word}.pdf")


@dataclass(frozen=True)
class DossierDoor:
    """``dossier.pdf`` below ``/d/{token}``."""

    desk: Desk

    @cached_property
    def _dossiers(self) -> Dossiers:
        return Dossiers(self.desk.db, self.desk.now)

    async def read(self, request: Request) -> Response:
        """Give whoever is asked the dossier as the case stands, where the page of the link shows the case."""
        view = await self.desk.db.read(pages.decide_page, token_of(request), self.desk.now())
        if view.error is not None and not isinstance(view.error, AlreadyDecided):
            raise view.error
        reader = Reader(view.planned.act, view.task.unit, view.objection.id if view.objection else "")
        pdf = await self._dossiers.of_now(view.standing.id, reader)
        return _pdf(pdf, f"{view.standing.number}-dossier.pdf")


def _pdf(pdf: bytes, name: str) -> Response:
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(pdf, media_type="application/pdf", headers=disposition)
