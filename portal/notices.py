"""Public notices: the list, each notice as it was kept, and its files. Anybody may look; nobody needs a link."""

import re
from dataclasses import dataclass
from urllib.parse import quote

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from approvals.notice import notices
from approvals.notice.notices import NoticePage
from models.notice_text import article_in
from models.policy.notice_rules import UnknownNotice
from portal.desk import Desk
from portal.render import chosen_language, page

#: What an application's number looks like.
_NUMBER = re.compile(r"[A-Z0-9-]{5,40}")


@dataclass(frozen=True)
class NoticeDoor:
    """``/notices``, ``/notices/{number}`` and its files."""

    desk: Desk

    async def every(self, request: Request) -> Response:
        """Show what is on view, and what was so lately."""
        found = await self.desk.db.read(notices.notices, self.desk.office, self.desk.now())
        return page(request, "notices.html", chosen_language(request), notices=found)

    async def show(self, request: Request) -> Response:
        """Show one notice: the kept article, when it ends, and how to object."""
        view, language = await notice_of(self.desk, request), chosen_language(request)
        article = Markup(article_in(view.html, language))  # noqa: S704  # our own document, escaped when it was made
        return page(request, "notice.html", language, view=view, article=article)

    async def html(self, request: Request) -> Response:
        """Give the kept document, byte for byte."""
        view = await notice_of(self.desk, request)
        return download(view.html, f"{view.number}.html", "text/html; charset=utf-8")

    async def csv(self, request: Request) -> Response:
        """Give the kept table, byte for byte."""
        view = await notice_of(self.desk, request)
        return download(view.csv, f"{view.number}.csv", "text/csv; charset=utf-8")


async def notice_of(desk: Desk, request: Request) -> NoticePage:
    """Return the notice whose number is in the address.

    Raises:
        UnknownNotice: there is none.

    """
    number = str(request.path_params["number"])
    if not _NUMBER.fullmatch(number):
        raise UnknownNotice
    return await desk.db.read(notices.notice_page, desk.office, number, desk.now())


def download(content: bytes, name: str, media_type: str = "application/octet-stream") -> Response:
    """Return ``content`` as a file to keep: no browser opens it within our pages."""
    disposition = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return Response(content, media_type=media_type, headers={"Content-Disposition": disposition})
