"""The words for states and outcomes. One word for one thing; docs/glossary.md explains each."""

from enum import StrEnum


class ApplicationKind(StrEnum):
    """A claim goes up to an award; a duty goes down to the units that report, and ends when the lead accepts.

    A release pays one instalment of an award; it asks everybody who pays, and ends when all agree.
    """

    CLAIM = "claim"
    DUTY = "duty"
    RELEASE = "release"


class ApplicationState(StrEnum):
    """in_progress -> returned -> in_progress (next round); in_progress -> awarded | refused | withdrawn.

    A duty: in_progress -> accomplished | withdrawn; what is sent back goes on in its next round.
    """

    IN_PROGRESS = "in_progress"
    RETURNED = "returned"
    AWARDED = "awarded"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    ACCOMPLISHED = "accomplished"

    @property
    def ended(self) -> bool:
        """True when nobody can act on the application any more."""
        return self in (self.AWARDED, self.REFUSED, self.WITHDRAWN, self.ACCOMPLISHED)


class Outcome(StrEnum):
    """What a unit answers, and how a stage closes.

    A unit may also abstain, and an officer may recuse; a stage may also refer: it goes on to the lead, with the
    dissent shown.
    """

    APPROVE = "approve"
    REFUSE = "refuse"
    RETURN = "return"
    ABSTAIN = "abstain"
    RECUSE = "recuse"
    REFER = "refer"


class StageState(StrEnum):
    """open -> closed (with an outcome) | void (the application left it)."""

    OPEN = "open"
    CLOSED = "closed"
    VOID = "void"


class TaskState(StrEnum):
    """waiting (for another task) -> open -> done (with its one decision) | void (``TaskEnd`` says why)."""

    WAITING = "waiting"
    OPEN = "open"
    DONE = "done"
    VOID = "void"


#: States of a task that still wants an answer.
UNANSWERED = (TaskState.WAITING, TaskState.OPEN)


class TaskKind(StrEnum):
    """How a task came to be."""

    #: The route asks its unit.
    ASKED = "asked"
    #: Somebody who was asked wanted one more.
    ADDED = "added"
    #: In the place of another, for good.
    HANDED_OVER = "handed_over"
    #: For an opinion; the task that it came from waits for it.
    LENT = "lent"
    #: Its unit's earlier answer on the same content stands.
    CARRIED = "carried"
    #: Its unit took its answer back.
    REOPENED = "reopened"


class TaskEnd(StrEnum):
    """Why a task is void."""

    #: The stage closed, and its answer could change nothing any more.
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    HANDED_OVER = "handed_over"
    REMOVED = "removed"
    #: The unit took its own answer back and is asked again.
    TAKEN_BACK = "taken_back"
    #: An earlier answer was taken back, and with it all that followed.
    UNDONE = "undone"
    #: The opinion that was asked for is not needed any more.
    RECALLED = "recalled"
    OVERRIDDEN = "overridden"
    #: The next expert in the draw has the seat.
    REPLACED = "replaced"


class Channel(StrEnum):
    """The door by which an answer came."""

    LINK = "link"
    REPLY = "reply"
    #: Nobody answered, and the stage's rule for that took its course.
    AUTOMATIC = "automatic"
    #: The operator's override.
    OPERATOR = "operator"


class Purpose(StrEnum):
    """What a token opens."""

    DECIDE = "decide"
    REPLY = "reply"
    STATUS = "status"
    #: Shows the file, and can do nothing.
    READ = "read"
    AMEND = "amend"


class LetterState(StrEnum):
    """queued -> sent | failed (5xx or too many tries); sent -> bounced (a mail server gave it up later)."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    BOUNCED = "bounced"


class MailState(StrEnum):
    """received -> decided | moved | asked_again | not_counted | parked | ignored | objection | bounce.

    An objection was taken as one; a bounce is a report about a letter of ours.
    """

    RECEIVED = "received"
    DECIDED = "decided"
    MOVED = "moved"
    ASKED_AGAIN = "asked_again"
    NOT_COUNTED = "not_counted"
    PARKED = "parked"
    IGNORED = "ignored"
    OBJECTION = "objection"
    BOUNCE = "bounce"


class Level(StrEnum):
    """Whose money it is and where a unit stands."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"


NAMES: dict[StrEnum, tuple[str, str]] = {
    ApplicationState.IN_PROGRESS: ("办理中", "In progress"),
    ApplicationState.RETURNED: ("已退回申请人", "Returned to the applicant"),
    ApplicationState.AWARDED: ("已核定", "Awarded"),
    ApplicationState.REFUSED: ("不予支持", "Refused"),
    ApplicationState.WITHDRAWN: ("已撤回", "Withdrawn"),
    ApplicationState.ACCOMPLISHED: ("已完成", "Accomplished"),
    Outcome.APPROVE: ("同意", "Approve"),
    Outcome.REFUSE: ("不同意", "Refuse"),
    Outcome.RETURN: ("退回", "Return"),
    Outcome.ABSTAIN: ("弃权", "Abstain"),
    Outcome.RECUSE: ("回避", "Recuse"),
    Outcome.REFER: ("提交牵头单位", "Referred to the lead"),
    Channel.LINK: ("链接", "link"),
    Channel.REPLY: ("回信", "reply"),
    Channel.AUTOMATIC: ("自动", "automatic"),
    Channel.OPERATOR: ("运行人员代定", "operator's override"),
    Level.PROVINCE: ("省级", "Province"),
    Level.CITY: ("市级", "City"),
    Level.COUNTY: ("县级", "County"),
}
"""The name of each state that people read, in Chinese and in English."""


DONE, IN_PROGRESS = ("完成", "Done"), ("进行中", "In progress")
"""What a unit reports on its part of a duty."""

_ANSWERS_OF: dict[tuple[str, Outcome], tuple[str, str]] = {
    ("report", Outcome.APPROVE): DONE,
    ("accept", Outcome.APPROVE): ("通过验收", "Accepted"),
    ("accept", Outcome.RETURN): ("退回重报", "Sent back"),
    ("expert_panel", Outcome.APPROVE): ("已评分", "Scored"),
    ("public_notice", Outcome.APPROVE): ("异议不成立", "Objection not upheld"),
    ("public_notice", Outcome.RETURN): ("异议成立，退回", "Objection upheld, sent back"),
    ("public_notice", Outcome.REFUSE): ("异议成立，不予支持", "Objection upheld, no award"),
}


#: What the states of a release are called, where they are not called as those of a claim.
RELEASE_STATES: dict[StrEnum, tuple[str, str]] = {
    ApplicationState.ACCOMPLISHED: ("已拨付", "Released"),
    ApplicationState.REFUSED: ("不予拨付", "Not released"),
}


def answer_names(act: str, outcome: Outcome) -> tuple[str, str]:
    """Return what an answer in a stage with ``act`` is called, in Chinese and in English."""
    return _ANSWERS_OF.get((act, outcome), NAMES[outcome])


def name(word: StrEnum, language: str) -> str:
    """Return what people call ``word`` in ``language`` (``zh`` or ``en``)."""
    zh, en = NAMES[word]
    return zh if language == "zh" else en
