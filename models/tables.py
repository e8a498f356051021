"""All tables in one import, for migrations and for whoever needs the metadata."""

from sqlmodel import SQLModel

from models.application import Application, Numbering, Revision
from models.attachment import Attachment, AttachmentContent
from models.budget import Allotment, Budget
from models.calendar_day import CalendarDay
from models.deputy import Deputy
from models.digest import Digest
from models.dossier import Dossier
from models.event import Event
from models.expert import Expert, ExpertEmployment, ExpertTie
from models.inbound_mail import InboundMail
from models.letter import Letter
from models.notice import FixedAward, Notice
from models.objection import Objection, ObjectionAnswer, ObjectionFile
from models.officer import Officer
from models.override import Override
from models.panel_records import PanelDraw, ScoreSheet
from models.paper import Paper
from models.piece import Piece
from models.posting import LedgerEntry, Posting
from models.records import Figure, PolicyEdition, Registration, Tally
from models.release import Release
from models.repayment import Repayment
from models.report import Report
from models.stage import Stage
from models.task import Decision, Pledge, Recusal, Task
from models.token import Token
from models.undelivered import Undelivered
from models.urging import Urging

__all__ = [
    "Allotment",
    "Application",
    "Attachment",
    "AttachmentContent",
    "Budget",
    "CalendarDay",
    "Decision",
    "Deputy",
    "Digest",
    "Dossier",
    "Event",
    "Expert",
    "ExpertEmployment",
    "ExpertTie",
    "Figure",
    "FixedAward",
    "InboundMail",
    "LedgerEntry",
    "Letter",
    "Notice",
    "Numbering",
    "Objection",
    "ObjectionAnswer",
    "ObjectionFile",
    "Officer",
    "Override",
    "PanelDraw",
    "Paper",
    "Piece",
    "Pledge",
    "PolicyEdition",
    "Posting",
    "Recusal",
    "Registration",
    "Release",
    "Repayment",
    "Report",
    "Revision",
    "SQLModel",
    "ScoreSheet",
    "Stage",
    "Tally",
    "Task",
    "Token",
    "Undelivered",
    "Urging",
]
