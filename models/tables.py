"""All tables in one import, for migrations and for whoever needs the metadata."""

from sqlmodel import SQLModel

from models.application import Application, Numbering, Revision
from models.deputy import Deputy
from models.event import Event
from models.inbound_mail import InboundMail
from models.letter import Letter
from models.officer import Officer
from models.override import Override
from models.piece import Piece
from models.records import Figure, PolicyEdition, Registration, Tally
from models.report import Report
from models.stage import Stage
from models.task import Decision, Pledge, Recusal, Task
from models.token import Token
from models.urging import Urging

__all__ = [
    "Application",
    "Decision",
    "Deputy",
    "Event",
    "Figure",
    "InboundMail",
    "Letter",
    "Numbering",
    "Officer",
    "Override",
    "Piece",
    "Pledge",
    "PolicyEdition",
    "Recusal",
    "Registration",
    "Report",
    "Revision",
    "SQLModel",
    "Stage",
    "Tally",
    "Task",
    "Token",
    "Urging",
]
