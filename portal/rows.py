"""The rows of a batch as a CSV file: for who reviews them, and for their applicant to correct."""

import datetime as dt
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from approvals import applicant_pages, pages
from approvals.moves import copy
from approvals.rows import Rows, rows_after
from approvals.transaction import Transaction
from models.case.batch import AMOUNT
from models.files.csv_text import BOM, csv_text, harmless
from models.money import yuan
from portal.desk import Desk, token_of
from portal.words import LANGUAGES, say

#: So many rows are read and sent at a time.
PART = 5_000


@dataclass(frozen=True)
class RowsDoor:
    """``rows.csv`` below ``/d/{token}``, ``/s/{token}``, ``/a/{token}`` and ``/r/{token}``."""

    desk: Desk

    async def to_review(self, request: Request) -> Response:
        """Give an officer the rows that the unit was asked about, as people read them."""
        return await self._file(request, pages.decide_rows, self._readable)

    async def to_read(self, request: Request) -> Response:
        """Give somebody to whom the file was copied the rows as they are now."""
        return await self._file(request, copy.read_rows, self._readable)

    async def to_look_at(self, request: Request) -> Response:
        """Give the applicant the rows as they are now, as people read them."""
        return await self._file(request, applicant_pages.status_rows, self._readable)

    async def to_amend(self, request: Request) -> Response:
        """Give the applicant the rows as ``models.case.batch.read_batch`` reads them back, for the amend page.

        Every cell is as it was sent: a quote before ``=`` would come back as part of a serial number, and another
        piece would be applied for. The cells are the applicant's own.
        """
        return await self._file(request, applicant_pages.amend_rows, self._verbatim)

    async def _file(
        self,
        request: Request,
        query: Callable[[Transaction, str, dt.datetime], Rows | None],
        lines: Callable[[Rows], AsyncIterator[str]],
    ) -> Response:
        rows = await self.desk.db.read(query, token_of(request), self.desk.now())
        if rows is None:
            raise HTTPException(404)
        return StreamingResponse(
            lines(rows),
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{rows.number}.csv"'},
        )

    async def _readable(self, rows: Rows) -> AsyncIterator[str]:
        names = [f"{column.name.zh} {column.name.en}" for column in rows.columns]
        yield BOM + csv_text([map(harmless, [*names, " ".join(say("pieces_amount", word) for word in LANGUAGES)])])
        async for part in self._parts(rows):
            yield csv_text(map(harmless, cells) for cells in part)

    async def _verbatim(self, rows: Rows) -> AsyncIterator[str]:
        yield BOM + csv_text([[*(column.key for column in rows.columns), AMOUNT]])
        async for part in self._parts(rows):
            yield csv_text(part)

    async def _parts(self, rows: Rows) -> AsyncIterator[list[list[str]]]:
        """Yield the cells of all rows: rows are written once, so that parts fit together."""
        line = 0
        while part := await self.desk.db.read(rows_after, rows.application_id, rows.round, line, PART):
            yield [[*(cells[column.key] for column in rows.columns), yuan(amount)] for _, cells, amount in part]
            line = part[-1][0]
