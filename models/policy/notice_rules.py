"""What holds for a public notice: how long it stands, where on a road, and what an objection may bring. Pure."""

import datetime as dt
import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence

from models.address import is_address
from models.calendar import ONE_DAY, Calendar, office_date
from models.columns import plain
from models.errors import LiandongError
from models.states import Outcome
from models.task import MAX_OPINION

#: The act of the stage in which an award that was fixed is shown to everybody.
PUBLIC_NOTICE = "public_notice"
#: How a notice closed: by its time, or by an objection.
CLOSED_NAMES: dict[Outcome, tuple[str, str]] = {
    Outcome.APPROVE: ("公示期满", "Over, no objection upheld"),
    Outcome.REFUSE: ("异议成立，不予支持", "Objection upheld, no award"),
    Outcome.RETURN: ("异议成立，退回", "Objection upheld, sent back"),
}
#: No notice stands for less.
MIN_WORKING_DAYS = 5
#: An objection that was received before the end may still be on its way into the database for so long.
GRACE = dt.timedelta(minutes=1)

MAX_NAME = 100
MAX_CONTACT = 254
MAX_TEXT = MAX_OPINION
MAX_FILES = 5
MAX_FILE_BYTES = 5_000_000
#: All files of one objection together.
MAX_FILES_BYTES = 10_000_000
#: The endings of what may come with an objection: papers and pictures, nothing that runs.
FILE_ENDINGS = ("pdf", "ofd", "jpg", "jpeg", "png", "txt", "csv", "doc", "docx", "xls", "xlsx", "wps", "et", "eml")
#: Objections of one contact, and of all, that one notice takes in a day.
PER_CONTACT_AND_DAY = 3
PER_NOTICE_AND_DAY = 30

#: Where an objection says how to reach whoever makes it: an address, or a telephone number, or words with one.
_DIGITS = re.compile(r"\d")


class WrongObjection(LiandongError):
    """Something is missing from an objection or too long; ``field`` says where."""

    def __init__(self, field: str, zh: str, en: str) -> None:
        self.field = field
        super().__init__(zh, en)


class NoticeEnded(LiandongError):
    """The clock of the notice is over."""

    zh = "公示已经结束，不再接收异议；如仍有意见，请与作出决定的单位联系。"
    en = "The notice has ended and takes no objections any more; write to the unit that decided."


class TooManyObjections(LiandongError):
    """One contact, or all together, made too many today."""

    zh = "今天收到的异议已达上限；请明天再提交，或以书面形式递交作出决定的单位。"
    en = "No more objections are taken today; come back tomorrow, or hand it on paper to the unit that decided."


class UnknownNotice(LiandongError):
    """No application with this number was ever on view."""

    zh = "没有这个编号的公示；请在公示列表中查看。"
    en = "There is no public notice with this number; look it up in the list of notices."


def check_stage(act: str, asks: str, working_days: int, *, decides_money: bool) -> None:
    """See that a public notice asks nobody, decides nothing and stands long enough.

    Raises:
        ValueError: it does not.

    """
    if (act == PUBLIC_NOTICE) != (asks == "nobody"):
        raise ValueError("a public notice asks nobody, and every other stage asks somebody")
    if act == PUBLIC_NOTICE and working_days < MIN_WORKING_DAYS:
        raise ValueError(f"a public notice stands for at least {MIN_WORKING_DAYS} working days")
    if act == PUBLIC_NOTICE and decides_money:
        raise ValueError("a public notice shows an award; it pledges and fixes none")


def notice_faults(acts: Sequence[str], *, fixes_award: bool) -> Iterator[str]:
    """Yield what is wrong with where a notice stands on a road: it shows an award that was fixed, and then it ends."""
    notices = [n for n, act in enumerate(acts) if act == PUBLIC_NOTICE]
    if notices and (notices != [len(acts) - 1] or not fixes_award):
        yield "a public notice stands once, at the end of a road, after the stage that fixes the award"


def days_left(calendar: Calendar, due: dt.datetime, at: dt.datetime) -> int:
    """Return the working days that a notice until ``due`` must still be shown when its clock stops ``at``.

    The day on which it stops was not shown in full and counts as left.
    """
    return calendar.working_days(office_date(at) - ONE_DAY, office_date(due))[0]


def checked(name: str, contact: str, text: str) -> tuple[str, str, str]:
    """Return name, contact and text of an objection as they are kept.

    Raises:
        WrongObjection: one is missing or too long.

    """
    said = " ".join(plain(name).split()), " ".join(plain(contact).split()), plain(text)
    limits = (("name", "姓名", "name", MAX_NAME), ("contact", "联系方式", "contact", MAX_CONTACT))
    for (field, zh, en, most), value in zip((*limits, ("text", "异议内容", "text", MAX_TEXT)), said, strict=True):
        if not value:
            raise WrongObjection(field, f"请填写{zh}。", f"The {en} is missing; fill it in.")
        if len(value) > most:
            raise WrongObjection(
                field,
                f"{zh}至多 {most:,} 字，现有 {len(value):,} 字；请删减。",
                f"The {en} may have {most:,} characters, and this has {len(value):,}; shorten it.",
            )
    if not is_address(said[1]) and len(_DIGITS.findall(said[1])) < 7:
        raise WrongObjection(
            "contact",
            "请填写电子邮箱或电话号码，以便答复。",
            "Give an e-mail address or a telephone number, so that you can be answered.",
        )
    return said


def contact_key(contact: str) -> str:
    """Return ``contact`` so that the same one is known again: without width, case and spaces."""
    return "".join(unicodedata.normalize("NFKC", contact).casefold().split())


def file_fault(name: str, size: int) -> str | None:
    """Return why one file is not taken (``type``, ``size``, ``empty``), or None where it is."""
    if name.rpartition(".")[2].lower() not in FILE_ENDINGS or "." not in name:
        return "type"
    if size == 0:
        return "empty"
    return "size" if size > MAX_FILE_BYTES else None


def file_name(name: str) -> str:
    """Return ``name`` as it is kept: no path, nothing invisible, at most 120 characters with its ending."""
    bare = re.split(r"[/\\]", plain(name))[-1]
    seen = "".join(c for c in bare if unicodedata.category(c)[0] != "C").strip() or "file"
    stem, dot, ending = seen.rpartition(".")
    return f"{stem[: 119 - len(ending)]}{dot}{ending}" if dot and len(ending) <= 10 else seen[:120]


def check_files(files: Collection[tuple[str, int]]) -> None:
    """See that the files of an objection, each a name and a size in bytes, may come with it.

    Raises:
        WrongObjection: too many, too large, or of a kind that is not taken.

    """
    if len(files) > MAX_FILES:
        raise WrongObjection("files", f"至多附 {MAX_FILES} 个文件。", f"At most {MAX_FILES} files are taken.")
    for name, size in files:
        fault = file_fault(name, size)
        if fault is not None:
            raise WrongObjection("files", *_said(fault, file_name(name)))
    if sum(size for _, size in files) > MAX_FILES_BYTES:
        most = MAX_FILES_BYTES // 1_000_000
        raise WrongObjection("files", f"文件合计至多 {most} MB。", f"All files together may have {most} MB.")


def _said(fault: str, name: str) -> tuple[str, str]:
    most, kinds = MAX_FILE_BYTES // 1_000_000, ", ".join(FILE_ENDINGS)
    return {
        "type": (f"不接收“{name}”这种文件；可附：{kinds}。", f"“{name}” is of a kind that is not taken; send {kinds}."),
        "empty": (f"“{name}”是空文件。", f"“{name}” is empty."),
        "size": (f"“{name}”超过 {most} MB。", f"“{name}” has more than {most} MB."),
    }[fault]
