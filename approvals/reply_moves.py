"""A reply that is no answer but a move: hand over, lend, take back; the person is told what was done."""

from approvals.answer import NotDecided
from approvals.chain import stamp
from approvals.moves.wish import Wanted, Wish, by_token
from approvals.reply_case import Case
from models.states import UNANSWERED, Channel, MailState

#: The problem of taking back what was not given yet.
NOTHING_TO_TAKE_BACK = (
    "您单位尚未答复，没有可以拿回的答复。",
    "Your unit has not answered yet, so that there is nothing to take back.",
)


def move(case: Case, presented: str, wish: Wish, proof: str) -> tuple[MailState, str]:
    """Make the move, and tell the person what was done, or why nothing was; ``proof``: what proved who sent it."""
    if wish.wanted is Wanted.TAKE_BACK and case.asked.task.state in UNANSWERED:
        case.refuse("nothing to take back")
        case.ask_again(NOTHING_TO_TAKE_BACK)
        return MailState.ASKED_AGAIN, "nothing to take back"
    moved = by_token(case.tx, case.office, presented, Channel.REPLY, wish, case.now, proof=proof)
    if isinstance(moved, NotDecided):
        return case.not_done(moved.error)
    case.tell("moved", {"done": {"zh": moved.zh, "en": moved.en}, "wanted": wish.wanted.value, "at": stamp(case.now)})
    return MailState.MOVED, wish.wanted.value
