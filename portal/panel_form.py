"""The form of a sheet: what it shows first, and what was said in it. Pure."""

from approvals.answer import Answer
from approvals.pages import DecidePage
from models.states import Outcome
from portal.desk import Slip, too_long

#: What a line of the sheet is called in the form: its criterion's key after this.
POINTS = "points_"
#: More digits are no points.
MAX_DIGITS = 6


def stated(view: DecidePage) -> dict[str, str]:
    """Return the form as it is first shown: nothing chosen, nothing scored."""
    blank = {"outcome": "", "opinion": "", "code": ""}
    return blank | {POINTS + criterion.key: "" for criterion in view.sheet}


def read_sheet(given: dict[str, str]) -> tuple[Answer | None, list[Slip]]:
    """Return what the form says, or what is wrong with it; which lines the sheet has, the verb knows."""
    opinion, outcome = given.get("opinion", ""), given.get("outcome", "")
    slips = [] if outcome in ("score", "recuse") else [Slip.of("outcome", "wrong_sheet")]
    slips += too_long("opinion", opinion)
    points: dict[str, int] = {}
    for field, text in given.items():
        if outcome == "score" and field.startswith(POINTS) and text.strip():
            digits = text.strip()
            if digits.isdecimal() and len(digits) <= MAX_DIGITS:
                points[field.removeprefix(POINTS)] = int(digits)
            else:
                slips.append(Slip.of(field, "wrong_points"))
    if slips:
        return None, slips
    if outcome == "recuse":
        if not opinion.strip():
            return None, [Slip.of("opinion", "wrong_recusal")]
        return Answer(Outcome.RECUSE, opinion, code=given.get("code", "")), []
    return Answer(Outcome.APPROVE, opinion, code=given.get("code", ""), points=points), []
