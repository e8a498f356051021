"""The portal: pages that open by the private link in a letter, and public notices, which are open to everybody.

No page has a script, and no GET changes anything.
"""

import asyncio
import datetime as dt
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.staticfiles import StaticFiles

from approvals import pages
from approvals.database import Database
from approvals.office import Office
from models.errors import LiandongError
from models.settings import Settings
from portal.amend import AmendDoor
from portal.decide import DecideDoor
from portal.desk import Desk, status_of
from portal.duty import DutyDoor
from portal.moves import MoveDoor
from portal.notices import NoticeDoor
from portal.objections import ObjectionDoor
from portal.panel import PanelDoor
from portal.papers import DossierDoor, PapersDoor
from portal.read import ReadDoor
from portal.render import chosen_language, page
from portal.rows import RowsDoor
from portal.security import Guard, OurHosts, TooLarge
from portal.several import SeveralDoor
from portal.status import StatusDoor
from portal.words import catalogue

STATIC = Path(__file__).with_name("static")
#: The database answers within this time, or the portal is not well.
HEALTH_SECONDS = 3.0


def utc_now() -> dt.datetime:
    """Return the time as everything here keeps it."""
    return dt.datetime.now(dt.UTC)


def create_app(settings: Settings, db: Database, *, now: Callable[[], dt.datetime] = utc_now) -> FastAPI:
    """Return the portal on ``db``, which the caller opened and closes."""
    catalogue()
    app = FastAPI(title="Liandong portal", docs_url=None, redoc_url=None, openapi_url=None)
    desk = Desk(settings, db, Office.of(settings), now)
    _add_pages(app, desk)
    app.add_route("/healthz", partial(_health, desk), ["GET"])
    app.add_route("/robots.txt", _robots, ["GET"])
    app.add_route("/", _home, ["GET"])
    app.mount("/static", StaticFiles(directory=STATIC))
    app.add_exception_handler(LiandongError, _sorry)
    app.add_exception_handler(TooLarge, sorry_too_large)
    app.add_exception_handler(HTTPException, sorry_http)
    app.add_middleware(OurHosts, settings=settings)
    app.add_middleware(Guard, sorry=sorry_unexpected)
    return app


def _add_pages(app: FastAPI, desk: Desk) -> None:
    decide, status, amend, rows = DecideDoor(desk), StatusDoor(desk), AmendDoor(desk), RowsDoor(desk)
    app.add_route("/d/{token}", decide.show, ["GET"])
    app.add_route("/d/{token}", decide.decide, ["POST"])
    app.add_route("/d/{token}/code", decide.back, ["GET"])
    app.add_route("/d/{token}/code", decide.send_code, ["POST"])
    duty = DutyDoor(decide)
    app.add_route("/d/{token}/report", duty.back, ["GET"])
    app.add_route("/d/{token}/report", duty.report, ["POST"])
    app.add_route("/d/{token}/accept", duty.back, ["GET"])
    app.add_route("/d/{token}/accept", duty.accept, ["POST"])
    _add_notices(app, desk)
    panel = PanelDoor(decide)
    app.add_route("/d/{token}/score", panel.back, ["GET"])
    app.add_route("/d/{token}/score", panel.score, ["POST"])
    moves = MoveDoor(decide)
    app.add_route("/d/{token}/move", moves.done, ["GET"])
    app.add_route("/d/{token}/move", moves.move, ["POST"])
    several = SeveralDoor(desk)
    app.add_route("/m/{token}", several.show, ["GET"])
    app.add_route("/m/{token}", several.decide, ["POST"])
    app.add_route("/m/{token}/code", several.back, ["GET"])
    app.add_route("/m/{token}/code", several.send_code, ["POST"])
    app.add_route("/s/{token}", status.show, ["GET"])
    app.add_route("/s/{token}/withdraw", status.back, ["GET"])
    app.add_route("/s/{token}/withdraw", status.withdraw, ["POST"])
    app.add_route("/s/{token}/urge", status.back, ["GET"])
    app.add_route("/s/{token}/urge", status.urge, ["POST"])
    app.add_route("/a/{token}", amend.show, ["GET"])
    app.add_route("/a/{token}", amend.amend, ["POST"])
    app.add_route("/a/{token}/application.yaml", amend.download, ["GET"])
    app.add_route("/r/{token}", ReadDoor(desk).show, ["GET"])
    app.add_route("/r/{token}/rows.csv", rows.to_read, ["GET"])
    app.add_route("/d/{token}/rows.csv", rows.to_review, ["GET"])
    app.add_route("/s/{token}/rows.csv", rows.to_look_at, ["GET"])
    app.add_route("/d/{token}/dossier.pdf", DossierDoor(desk).read, ["GET"])
    app.add_route("/s/{token}/{paper}.pdf", PapersDoor(desk).read, ["GET"])
    app.add_route("/a/{token}/rows.csv", rows.to_amend, ["GET"])


def _add_notices(app: FastAPI, desk: Desk) -> None:
    notices, objections = NoticeDoor(desk), ObjectionDoor(desk)
    app.add_route("/notices", notices.every, ["GET"])
    app.add_route("/notices/{number}", notices.show, ["GET"])
    app.add_route("/notices/{number}/notice.html", notices.html, ["GET"])
    app.add_route("/notices/{number}/notice.csv", notices.csv, ["GET"])
    app.add_route("/notices/{number}/object", objections.show, ["GET"])
    app.add_route("/notices/{number}/object", objections.make, ["POST"])
    app.add_route("/notices/{number}/objected", objections.made, ["GET"])
    app.add_route("/d/{token}/files/{seq:int}", objections.file, ["GET"])


def server(app: FastAPI, host: str, port: int) -> uvicorn.Server:
    """Return a server for ``app`` that logs no address, since addresses hold tokens, and tells nothing of itself."""
    return uvicorn.Server(
        uvicorn.Config(
            app, host=host, port=port, access_log=False, log_config=None, server_header=False, lifespan="off"
        )
    )


async def _health(desk: Desk, _request: Request) -> Response:
    try:
        await asyncio.wait_for(desk.db.read(pages.ping), HEALTH_SECONDS)
    except Exception as error:
        return PlainTextResponse(f"database: {type(error).__name__}\n", 503)
    return PlainTextResponse("ok\n")


async def _robots(_request: Request) -> Response:
    return PlainTextResponse("User-agent: *\nDisallow: /\n")


async def _home(request: Request) -> Response:
    return page(request, "home.html", chosen_language(request))


async def _sorry(request: Request, error: Exception) -> Response:
    assert isinstance(error, LiandongError)
    sentence = {"zh": error.zh, "en": error.en}
    status = status_of(error)
    title = f"sorry_{status}" if status in (404, 409, 410, 429) else "sorry_422"
    return page(request, "sorry.html", chosen_language(request), status, title=title, sentence=sentence)


async def sorry_too_large(request: Request, error: Exception) -> Response:
    """Return the page for more than is read."""
    assert isinstance(error, TooLarge)
    said: dict[str, Any] = {"title": "sorry_413", "key": "sorry_413_lead", "values": {"limit": error.limit // 1024}}
    return page(request, "sorry.html", chosen_language(request), 413, **said)


async def sorry_http(request: Request, error: Exception) -> Response:
    """Return the page for an address that is none, or for what it cannot do."""
    assert isinstance(error, HTTPException)
    title, key = ("sorry_404", "sorry_404_lead") if error.status_code == 404 else ("sorry_422", "sorry_405_lead")
    response = page(request, "sorry.html", chosen_language(request), error.status_code, title=title, key=key)
    response.headers.update(error.headers or {})
    return response


async def sorry_unexpected(request: Request, error_id: str) -> Response:
    """Return the page for what nobody expected, with the id under which it is in the log."""
    language = chosen_language(request)
    return page(request, "sorry.html", language, 500, title="sorry_500", key="sorry_500_lead", error_id=error_id)
