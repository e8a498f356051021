"""Repayment (缴回): money that an applicant gave back in cash, by the receipt of who received it. Written once."""

import datetime as dt

from sqlalchemy import BigInteger, CheckConstraint, Column, Index
from sqlmodel import Field, SQLModel

from models.columns import UtcDateTime, Word
from models.errors import LiandongError
from models.money import Fen, money_en, money_zh
from models.states import Level, name

#: Characters of a receipt's reference.
MAX_RECEIPT = 60


class Repayment(SQLModel, table=True):
    """One receipt of one paying unit: it counts once, whatever it is recorded for."""

    __tablename__ = "repayment"
    __table_args__ = (
        CheckConstraint("amount > 0", name="something_was_repaid"),
        Index("repayment_of_award", "award", "event_seq", unique=True),
    )

    #: Whose money it was: ``czt``, ``@city:330100``.
    unit: str = Field(primary_key=True, max_length=20)
    #: The reference on the receipt, as it is printed there.
    receipt: str = Field(primary_key=True, max_length=MAX_RECEIPT)
    #: Of which award, and the event on its chain that seals it.
    award: str = Field(foreign_key="application.id", max_length=32)
    event_seq: int
    level: Level = Field(sa_column=Column(Word(Level), nullable=False))
    amount: Fen = Field(sa_type=BigInteger)
    #: The day on which the money came.
    paid_on: dt.date
    at: dt.datetime = Field(sa_type=UtcDateTime)


class NothingOwed(LiandongError):
    """Nothing of the award must be paid back, or no longer; nothing was recorded."""

    zh = "此核定没有待追回的资金，未登记；应追回见 liandong recovery list，已抵减的见 liandong ledger show。"
    en = (
        "Nothing of this award is left to be paid back, and nothing was recorded; "
        "`liandong recovery list` has what is, `liandong ledger show` what was set off."
    )


class MoreThanOwed(LiandongError):
    """More came back than had to; nothing was recorded."""

    def __init__(self, level: Level, most: Fen) -> None:
        super().__init__(
            f"{name(level, 'zh')}待追回 {money_zh(most)}，金额须大于零且不超过此数；多缴的请退还后按此数登记。",
            f"{money_en(most)} of the {level.value} is left to be paid back; give a sum up to that, over zero, "
            "and return what came in excess.",
        )


class ReceiptUsed(LiandongError):
    """The same receipt of the same unit a second time; nothing was recorded."""

    def __init__(self, receipt: str, number: str = "") -> None:
        zh, en = (f"（{number}）", f", for {number}") if number else ("", "")
        super().__init__(
            f"凭证“{receipt}”已登记过{zh}，未重复登记；一张凭证含数笔的，请在凭证号后注明笔次，如“{receipt}-2”。",
            f"The receipt “{receipt}” is recorded already{en}, and counts once; where one receipt has several "
            f"parts, add which: “{receipt}-2”.",
        )
