"""The small forms of moves: what they are called, and what was said in them. Pure."""

from approvals.moves.mover import NoSuchTask, ReasonMissing
from approvals.moves.whom import NobodyThere, UnknownWhom
from approvals.moves.wish import NobodyNamed, Wanted, Wish
from models.errors import LiandongError, OpinionTooLong
from portal.desk import Slip, too_long

#: What every small form first shows.
BLANK = {"wanted": "", "to": "", "where": "", "unit": "", "reason": ""}
#: The part of a small form that each refusal of the verb is about.
PART_OF: dict[type[LiandongError], str] = {
    UnknownWhom: "to",
    NobodyThere: "to",
    NobodyNamed: "to",
    NoSuchTask: "unit",
    ReasonMissing: "reason",
    OpinionTooLong: "reason",
}
#: The longest name or address.
MAX_TO = 254


def read_wish(given: dict[str, str]) -> tuple[Wish | None, list[Slip]]:
    """Return which move a small form asks for, or what is wrong with it."""
    try:
        wanted = Wanted(given.get("wanted", ""))
    except ValueError:
        return None, [Slip.of("move", "wrong_move")]
    fields = {name: given.get(name, "").strip() for name in ("to", "where", "unit", "reason")}
    slips = too_long(f"{wanted}-reason", fields["reason"])
    if len(fields["to"]) > MAX_TO:
        slips.append(Slip.of(f"{wanted}-to", "wrong_whom"))
    return (None, slips) if slips else (Wish(wanted, **fields), [])


def slip_of(wish: Wish, error: LiandongError) -> Slip:
    """Return what the verb refused, at the part of the form that it is about."""
    part = PART_OF.get(type(error))
    return Slip.from_error(f"{wish.wanted}-{part}" if part else str(wish.wanted), error)
