"""The form by which anybody objects to a public notice, and the files of an objection for whoever answers it."""

from dataclasses import dataclass

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from approvals import pages
from approvals.notice import objections
from approvals.notice.notices import NoticePage
from approvals.notice.objections import Said, SentFile
from models.errors import LiandongError
from models.objection import ObjectionChannel
from models.policy.notice_rules import (
    FILE_ENDINGS,
    MAX_FILE_BYTES,
    MAX_FILES,
    MAX_FILES_BYTES,
    NoticeEnded,
    WrongObjection,
)
from portal.desk import Desk, Slip, status_of, token_of
from portal.notices import download, notice_of
from portal.render import chosen_language, page
from portal.security import clean, limited

#: All files at their limit, and the fields around them.
UPLOAD_BYTES = MAX_FILES_BYTES + 256 * 1024
BLANK = {"name": "", "contact": "", "text": "", "csrf": ""}
MB = 1_000_000


@dataclass(frozen=True)
class ObjectionDoor:
    """``/notices/{number}/object``, and ``/d/{token}/files/{seq}`` for whoever answers."""

    desk: Desk

    async def show(self, request: Request) -> Response:
        """Show the form, or that the notice is over."""
        view = await notice_of(self.desk, request)
        if not view.takes_objections:
            raise NoticeEnded
        return self._page(request, view)

    async def make(self, request: Request) -> Response:
        """Take an objection; then a page says that it has arrived."""
        view = await notice_of(self.desk, request)
        async with limited(request, UPLOAD_BYTES).form(
            max_files=MAX_FILES + 1, max_fields=8, max_part_size=256 * 1024
        ) as form:
            given = BLANK | {key: clean(value) for key, value in form.items() if isinstance(value, str)}
            files = await _files(form)
        if not self.desk.csrf_holds(request, given, _here(view)):
            return self._page(request, view, 403, given, [Slip.of("object", "wrong_csrf")])
        said = Said(given["name"], given["contact"], given["text"], files, chosen_language(request))
        try:
            await self.desk.db.write(
                objections.object_to, self.desk.office, view.number, said, ObjectionChannel.PAGE, self.desk.now()
            )
        except WrongObjection as error:
            return self._page(request, view, 422, given, [Slip.from_error(error.field, error)])
        except LiandongError as error:
            return self._page(request, view, status_of(error), given, [Slip.from_error("object", error)])
        return RedirectResponse(f"/notices/{view.number}/objected", 303)

    async def made(self, request: Request) -> Response:
        """Say that an objection has arrived."""
        view = await notice_of(self.desk, request)
        return page(request, "objected.html", chosen_language(request), view=view)

    async def file(self, request: Request) -> Response:
        """Give the officer who is asked one file of the objection; we never opened it, and no browser does here."""
        seq = int(request.path_params["seq"])
        found = await self.desk.db.read(pages.objection_file, token_of(request), seq, self.desk.now())
        return download(found.content, found.name)

    def _page(
        self,
        request: Request,
        view: NoticePage,
        status: int = 200,
        given: dict[str, str] | None = None,
        slips: list[Slip] | None = None,
    ) -> Response:
        limits = {"n": MAX_FILES, "each": MAX_FILE_BYTES // MB, "all": MAX_FILES_BYTES // MB}
        return self.desk.form_page(
            request,
            "object.html",
            chosen_language(request),
            status,
            _here(view),
            view=view,
            given=given or BLANK,
            slips=slips or [],
            limits=limits | {"kinds": ", ".join(FILE_ENDINGS)},
            accept=",".join(f".{ending}" for ending in FILE_ENDINGS),
        )


def _here(view: NoticePage) -> str:
    return f"/notices/{view.number}/object"


async def _files(form: FormData) -> tuple[SentFile, ...]:
    """Return the files that were chosen, each read up to one byte past its limit, which the verb refuses."""
    chosen = [one for one in form.getlist("files") if isinstance(one, UploadFile) and one.filename]
    read = [(one.filename or "", one.content_type or "", await one.read(MAX_FILE_BYTES + 1)) for one in chosen]
    return tuple(SentFile(*one) for one in read)
