"""The amend page: a returned application is corrected in place or as a file, and sent again."""

import asyncio
from dataclasses import dataclass

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from approvals import applicant_pages, resubmit
from approvals.applicant_pages import AmendPage
from models.case.batch import Batch, read_batch
from models.case.form import ApplicationForm
from models.errors import Fault, LiandongError, RefusedApplication, UnknownToken
from models.files.form_file import MAX_BYTES, read_form
from models.files.row_file import MAX_BYTES as MAX_ROW_BYTES
from models.files.row_file import is_place
from models.states import Outcome
from portal import chain
from portal.desk import Desk, Slip, status_of, token_of
from portal.render import chosen_language, page
from portal.security import limited
from portal.yaml_file import yaml_of

#: File and text box each at their limit, and the frame of the form around them.
UPLOAD_BYTES = 2 * MAX_BYTES + 16 * 1024
#: The same where the rows of a batch may come besides.
BATCH_BYTES = UPLOAD_BYTES + MAX_ROW_BYTES


@dataclass(frozen=True)
class Sent:
    """What the form brought."""

    csrf: str
    text: str
    #: None where no file was chosen.
    file: bytes | None
    rows: bytes | None

    @property
    def data(self) -> bytes:
        """The application: the file if there is one, else what is in the box."""
        return self.text.encode("utf-8", "replace") if self.file is None else self.file


@dataclass(frozen=True)
class AmendDoor:
    """``/a/{token}`` and ``/a/{token}/application.yaml``."""

    desk: Desk

    async def show(self, request: Request) -> Response:
        """Show the opinion of the return and the form."""
        return await self._page(request, token_of(request))

    async def download(self, request: Request) -> Response:
        """Give what the applicant sent as a file to edit."""
        view = await self.desk.db.read(applicant_pages.amend_page, token_of(request), self.desk.now())
        name = f"{view.standing.number}.yaml"
        return Response(
            yaml_of(view.content, view.standing.policy),
            media_type="application/yaml; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    async def amend(self, request: Request) -> Response:
        """Take the amended application into its next round."""
        sent = await _read(request, await self._most(request))
        try:
            async with self.desk.noting(request, "amend"):
                token = token_of(request)
                view = await self.desk.db.read(applicant_pages.amend_page, token, self.desk.now())
                if view.error is not None:
                    raise view.error
                if not self.desk.csrf_holds(request, {"csrf": sent.csrf}, _here(token)):
                    return await self._page(request, token, 403, sent.text, [Slip.of("amend", "wrong_csrf")])
                if not sent.data.strip():
                    return await self._page(request, token, 422, None, [Slip.of("text", "wrong_file")])
                form, batch, slips = await asyncio.to_thread(_understood, sent, view)
                if form is None or slips:
                    return await self._page(request, token, 422, sent.text, slips)
                await self.desk.db.write(resubmit.resubmit, self.desk.office, token, form, self.desk.now(), batch)
        except UnknownToken:
            raise
        except RefusedApplication as error:
            return await self._page(request, token, 422, sent.text, _slips(error, sent))
        except LiandongError as error:
            return await self._page(request, token, status_of(error), None, [Slip.from_error("amend", error)])
        return RedirectResponse(_here(token), 303)

    async def _most(self, request: Request) -> int:
        """Return how many bytes the form may bring: rows only where a batch can be amended."""
        try:
            view = await self.desk.db.read(applicant_pages.amend_page, token_of(request), self.desk.now())
        except LiandongError:
            return UPLOAD_BYTES
        return BATCH_BYTES if view.rows is not None and view.error is None else UPLOAD_BYTES

    async def _page(
        self,
        request: Request,
        token: str,
        status: int = 200,
        text: str | None = None,
        slips: list[Slip] | None = None,
    ) -> Response:
        view = await self.desk.db.read(applicant_pages.amend_page, token, self.desk.now())
        language, here = chosen_language(request, view.language), _here(token)
        shared = {"view": view, "app": view.standing, "steps": chain.steps(view.standing), "slips": slips or []}
        if view.error is not None:
            return page(request, "amended.html", language, status, here=here, **shared)
        return self.desk.form_page(
            request,
            "amend.html",
            language,
            status,
            here,
            text=yaml_of(view.content, view.standing.policy) if text is None else text,
            why=_why(view),
            limit=f"{MAX_BYTES // 1024}",
            rows_limit=f"{MAX_ROW_BYTES // 1024**2}",
            **shared,
        )


def _here(token: str) -> str:
    return f"/a/{token}"


def _why(view: AmendPage) -> list[chain.Said]:
    """Return the answers that sent this round back."""
    said = chain.decisions(view.standing)
    return [s for s in said if s.stage.round == view.standing.round and s.task.outcome is Outcome.RETURN]


def _understood(sent: Sent, view: AmendPage) -> tuple[ApplicationForm | None, Batch | None, list[Slip]]:
    """Return the application and the rows that were sent (None: they stay), or what is wrong with either."""
    form, batch, slips = None, None, []
    try:
        form = read_form(sent.data)
    except RefusedApplication as error:
        slips += _slips(error, sent)
    if sent.rows is not None and view.rows is not None:
        option = form.option if form and form.option in view.measure.options else view.content["option"]
        try:
            batch = read_batch(sent.rows, view.measure, option)
        except RefusedApplication as error:
            slips += [_slip("rows", fault) for fault in error.faults]
    return form, batch, slips


def _slips(error: RefusedApplication, sent: Sent) -> list[Slip]:
    """Return what is wrong at the field that brought it: of the rows, a fault names the line."""
    field = "text" if sent.file is None else "file"
    about_rows = sent.rows is not None
    return [_slip("rows" if about_rows and is_place(fault.field) else field, fault) for fault in error.faults]


def _slip(field: str, fault: Fault) -> Slip:
    return Slip(field, {"zh": fault.sentence("zh"), "en": fault.sentence("en")})


async def _read(request: Request, most: int) -> Sent:
    """Return what the form brought; a file is read up to one byte past its limit, which its reader refuses."""
    async with limited(request, most).form(max_files=2, max_fields=5, max_part_size=UPLOAD_BYTES) as form:
        text, csrf = form.get("text"), form.get("csrf")
        return Sent(
            csrf if isinstance(csrf, str) else "",
            text if isinstance(text, str) else "",
            await _file(form.get("file"), MAX_BYTES),
            await _file(form.get("rows"), MAX_ROW_BYTES),
        )


async def _file(upload: UploadFile | str | None, most: int) -> bytes | None:
    return await upload.read(most + 1) if isinstance(upload, UploadFile) and upload.filename else None
