"""The plot of targets: what is reached over time against the number that the policy wants, as SVG. Pure."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from models.calendar import OFFICE_ZONE, office_date
from models.road.progress import Progress
from portal.render import environment

#: The picture in its own units: wide enough for a phone, whole numbers only.
WIDTH, PANEL = 360, 150
LEFT, RIGHT = 12, 348
TOP, BASE = 52, 122
#: Narrow letters of a target's name that fit beside its measure.
NAME = 34


@dataclass(frozen=True)
class Panel:
    """One target as it is drawn; all places in the units of the picture."""

    progress: Progress
    name: str
    unit: str
    #: Where the panel begins.
    top: int
    #: The height of the target's line.
    target_y: int
    #: The steps of what is reached, as an SVG path.
    path: str
    #: The end of the path: where it stands now.
    now_x: int
    now_y: int


def plot(targets: Sequence[Progress], language: str, now: dt.datetime, *, alone: bool = False) -> Markup:
    """Return the plot of ``targets``; ``alone``: as a file of its own, on white."""
    panels = [_panel(progress, number, language, now) for number, progress in enumerate(targets)]
    shown = {"panels": panels, "lang": language, "alone": alone, "width": WIDTH, "height": PANEL * len(panels)}
    places = {"left": LEFT, "right": RIGHT, "base": BASE}
    if not panels:
        return Markup()
    return Markup(environment().get_template("progress.svg").render(shown | places))  # noqa: S704 - autoescaped there


def _panel(progress: Progress, number: int, language: str, now: dt.datetime) -> Panel:
    most = max(progress.target.number, *(point.reached for point in progress.points), 1)

    def y(value: int) -> int:
        return BASE - (BASE - TOP) * value // most

    newest = max([now, *(point.at for point in progress.points)])
    path = [f"M{_x(progress, progress.points[0].at) if progress.points else LEFT},{BASE}"]
    for point in progress.points:
        path.append(f"H{_x(progress, point.at)}V{y(point.reached)}")
    path.append(f"H{_x(progress, newest)}")
    target = progress.target
    return Panel(
        progress=progress,
        name=_cut(target.name.get(language)),
        unit=target.unit.get(language),
        top=PANEL * number,
        target_y=y(target.number),
        path="".join(path),
        now_x=_x(progress, newest),
        now_y=y(progress.reached),
    )


def _cut(name: str) -> str:
    """Return as much of ``name`` as one line has room for; Chinese letters are twice as wide as others."""
    room = NAME
    for place, letter in enumerate(name):
        room -= 1 if letter.isascii() else 2
        if room < 0:
            return f"{name[:place]}…"
    return name


def _x(progress: Progress, at: dt.datetime) -> int:
    """Return where ``at`` lies between the first and the last day; what is outside lies on the edge."""
    days, passed = (progress.last_day - progress.first_day).days + 1, (office_date(at) - progress.first_day).days
    minutes = passed * 1440 + at.astimezone(OFFICE_ZONE).hour * 60 + at.minute
    return LEFT + (RIGHT - LEFT) * min(max(minutes, 0), days * 1440) // (days * 1440)
