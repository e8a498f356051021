"""The papers of an application, for its applicant."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from approvals import papers
from models.paper import PaperKind
from portal.desk import Desk, token_of


@dataclass(frozen=True)
class PapersDoor:
    """``award-letter.pdf`` and ``applicant-copy.pdf`` below ``/s/{token}``."""

    desk: Desk

    async def read(self, request: Request) -> Response:
        """Give the applicant a paper, byte for byte as it was kept."""
        kind = PaperKind.of(str(request.path_params["paper"]))
        number, paper = await self.desk.db.read(papers.read_by_token, token_of(request), kind, self.desk.now())
        name = f"{number}-{kind.word}.pdf"
        disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(paper.pdf, media_type="application/pdf", headers=disposition)
