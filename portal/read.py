"""The page of somebody to whom the file was copied: it shows the file and can do nothing."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from approvals.moves import copy
from portal import chain
from portal.desk import Desk, token_of
from portal.plot import plot
from portal.render import chosen_language, page


@dataclass(frozen=True)
class ReadDoor:
    """``/r/{token}``."""

    desk: Desk

    async def show(self, request: Request) -> Response:
        """Show the file and where it stands."""
        token = token_of(request)
        view = await self.desk.db.read(copy.read_page, token, self.desk.now())
        language, here = chosen_language(request, view.language), f"/r/{token}"
        shared: dict[str, Any] = {
            "view": view,
            "app": view.standing,
            "steps": chain.steps(view.standing),
            "said": chain.decisions(view.standing),
        }
        if view.standing.is_duty:
            drawn = plot(view.standing.targets, language, self.desk.now())
            return page(request, "duty_status.html", language, here=here, plot=drawn, **shared)
        return page(request, "read.html", language, here=here, **shared)
