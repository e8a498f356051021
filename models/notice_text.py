"""The text of a public notice: one HTML document and one CSV file, both in Chinese and in English. Pure.

What comes out is kept and shown as it is. It names the applicant and what was decided, and nobody's contact.
"""

import datetime as dt
import re
from dataclasses import dataclass
from html import escape

from models.calendar import office_date, office_time
from models.files.csv_text import BOM, csv_text, harmless
from models.money import Fen, money
from models.policy import gives
from models.policy.data import Bilingual
from models.states import Level, name

LANGUAGES = ("zh", "en")
_TAGS = {"zh": "zh-CN", "en": "en"}
#: Enough to read the file on its own; the page has its own sheet.
_STYLE = (
    "body{max-width:44rem;margin:2rem auto;padding:0 1rem;font:16px/1.7 system-ui,'Noto Sans CJK SC',sans-serif}"
    "dt{color:#52606f}dd{margin:0 0 .6rem}article+article{border-top:1px solid #d5dce4;margin-top:2rem}"
    "th,td{text-align:left;padding:.2rem 1.5rem .2rem 0}"
)


@dataclass(frozen=True)
class NoticeFacts:
    """What a notice says."""

    number: str
    round: int
    policy_title: Bilingual
    measure: int
    measure_title: Bilingual
    option: Bilingual
    gives: str
    applicant: str
    title: str
    place: Bilingual
    #: By the levels that pay; empty where no money is given.
    amounts: dict[Level, Fen]
    #: Who fixed the award.
    unit: Bilingual
    working_days: int
    published_at: dt.datetime
    ends_at: dt.datetime
    #: True where the calendar did not know a year that was counted.
    provisional: bool
    #: Where objections are made.
    page: str
    address: str

    @property
    def total(self) -> Fen:
        """Return the whole award in fen."""
        return Fen(sum(self.amounts.values()))

    def result(self, language: str) -> str:
        """Return what is awarded: ``40万元``, ``认定“省级领军人才”``."""
        option = self.option.get(language)
        return gives.asked_for(self.gives, option, money(self.total, language), language)

    @property
    def headline(self) -> dict[str, object]:
        """Return what lists of notices say, as JSON."""
        return {
            "title": self.title,
            "applicant": self.applicant,
            "place": {"zh": self.place.zh, "en": self.place.en},
            "unit": {"zh": self.unit.zh, "en": self.unit.en},
            "result": {language: self.result(language) for language in LANGUAGES},
        }


def rows_of(facts: NoticeFacts, language: str) -> list[tuple[str, str]]:
    """Return the notice in ``language`` line by line: what it is called, what it says."""
    zh = language == "zh"
    measure = facts.measure_title.get(language)
    return [
        ("申请编号" if zh else "Number", facts.number),
        ("申请单位" if zh else "Applicant", facts.applicant),
        ("项目名称" if zh else "Project", facts.title),
        ("所在地" if zh else "Place", facts.place.get(language)),
        ("政策依据" if zh else "Policy", f"《{facts.policy_title.zh}》" if zh else facts.policy_title.en),
        ("措施" if zh else "Measure", f"第 {facts.measure} 条 {measure}" if zh else f"{facts.measure}. {measure}"),
        ("类别" if zh else "Kind", facts.option.get(language)),
        ("拟给予" if zh else "To be given", facts.result(language)),
        *((_share(level, language), money(fen, language)) for level, fen in facts.amounts.items()),
        ("作出决定的单位" if zh else "Decided by", facts.unit.get(language)),
        ("公示期" if zh else "On view", _period(facts, language)),
        ("提出异议" if zh else "Objections", _how(facts, language)),
    ]


def _share(level: Level, language: str) -> str:
    return f"其中{name(level, 'zh')}" if language == "zh" else f"of which {level.value}"


def _period(facts: NoticeFacts, language: str) -> str:
    first, last = office_date(facts.published_at), office_time(facts.ends_at)
    if language == "zh":
        mark = "；暂定，该年度放假安排尚未公布" if facts.provisional else ""
        return f"{first} 至 {last}（北京时间），{facts.working_days} 个工作日{mark}"
    mark = "; provisional until that year's holidays are known" if facts.provisional else ""
    return f"{first} to {last} Beijing time, {facts.working_days} working days{mark}"


def _how(facts: NoticeFacts, language: str) -> str:
    if language == "zh":
        return (
            f"任何人可在公示期内在 {facts.page} 填写，或发邮件至 {facts.address}，写明姓名、联系方式和理由，可附材料。"
            "收到异议即暂停计算公示期，由作出决定的单位答复；全部答复后，公示期继续计算。"
        )
    return (
        f"Anybody may object while it is on view, at {facts.page} or by mail to {facts.address}: with a name, a contact"
        " and the reasons; files may be added. An objection stops the clock of the notice, and the unit that decided"
        " answers it; once all are answered, the clock goes on."
    )


def csv_of(facts: NoticeFacts) -> bytes:
    """Return the notice as CSV in UTF-8: a line for each thing it says, in both languages."""
    lines = zip(rows_of(facts, "zh"), rows_of(facts, "en"), strict=True)
    rows = [["项目", "内容", "Item", "Content"], *([*zh, *en] for zh, en in lines)]
    return (BOM + csv_text([harmless(cell) for cell in row] for row in rows)).encode()


def html_of(facts: NoticeFacts) -> bytes:
    """Return the notice as one HTML document in UTF-8, an article in each language; it needs no other file."""
    head = (
        f'<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>公示 Public notice {escape(facts.number)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
    )
    return (head + "\n".join(_article(facts, language) for language in LANGUAGES) + "\n</body>\n</html>\n").encode()


def _article(facts: NoticeFacts, language: str) -> str:
    lead = (
        f"{facts.unit.zh}拟对下列申请给予支持，现予公示。"
        if language == "zh"
        else f"{facts.unit.en} means to support the following application. It is shown here to everybody."
    )
    rows = "\n".join(
        f"<div><dt>{escape(label)}</dt><dd>{escape(value)}</dd></div>" for label, value in rows_of(facts, language)
    )
    return (
        f'<article lang="{_TAGS[language]}">\n<h2>{"公示" if language == "zh" else "Public notice"}</h2>\n'
        f'<p>{escape(lead)}</p>\n<dl class="facts">\n{rows}\n</dl>\n</article>'
    )


def article_in(html: bytes, language: str) -> str:
    """Return the article in ``language`` out of a kept document, as it stands there."""
    text = html.decode()
    found = re.search(rf'<article lang="{_TAGS[language]}">.*?</article>', text, re.DOTALL)
    return found[0] if found else text
