"""Every kind of letter, in every shape and both languages: what a reader looks for stands there, and only once."""

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from models.letter import Letter
from models.settings import Settings
from notifications.papers.dossiers import wanted
from notifications.reading import REPLY_LINE
from notifications.rendering.render import LETTERS, WHOLE, render
from notifications.wording.catalogue import say
from notifications.wording.names import beijing, capital
from notifications.wording.words import words_of
from tests.support.every_letter import every_letter
from tests.unit.test_letters import LANGUAGES, bodies, parsed

#: What can stand on the first line of a reply, by what the stage does; to the experts, nothing.
ANSWERS = {
    "report": (("完成", "进行中"), ("done", "in progress")),
    "accept": (("接受", "退回"), ("accept", "return")),
    "release": (("同意", "不同意"), ("approve", "refuse")),
    "public_notice": (("不成立", "成立退回", "成立不予支持"), ("not upheld", "upheld return", "upheld refuse")),
    "": (("同意", "不同意"), ("approve", "refuse")),
}
#: The letters to operators name commands and keys.
OF_OPERATORS = {"override_proposed", "officer_missing", "out_of_office", "panel_short", "undelivered", "stuck", "flood"}
OF_OPERATORS |= {"too_large", "not_ours", "mailbox_lost", "mail_stuck"}
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Shown:
    """One letter in one language, as it is read."""

    name: str
    letter: Letter
    language: str
    subject: str
    text: str
    html: BeautifulSoup
    words: dict[str, Any]

    @property
    def own(self) -> str:
        """The text without what people wrote, addresses, links and commands."""
        left = self.text.replace(REPLY_LINE, "")
        for one in sorted({self.letter.addressee, *_texts(self.letter.facts)}, key=len, reverse=True):
            for said in (" ".join(one.split()), one, capital(one)):
                left = left.replace(said, "·")
        left = re.sub(r"https?://\S+|[\w.<+-]+@[\w.>-]+|LIANDONG_\w+", "·", left)
        left = re.sub(r"[“(（]?liandong [^”，；。)）]*[”)）]?", "·", left)
        return re.sub(r"^———— .*$", "", left, flags=re.MULTILINE)  # lines for programs, in both languages


def _texts(value: Any) -> Iterator[str]:
    """Yield every text in the facts that has Chinese: what people wrote, and the Chinese names."""
    if isinstance(value, str):
        yield from (part.strip() for part in [value, *value.split("\n")] if CHINESE.search(part))
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(part)


@pytest.fixture(scope="module")
def letters(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Shown]:
    """Every letter in both languages."""
    folder = tmp_path_factory.mktemp("every-letter")
    with ThreadPoolExecutor(1) as thread:
        found = thread.submit(lambda: asyncio.run(every_letter(migrated_file, folder))).result()
    return [shown(one.name, one.letter, one.settings, language) for one in found for language in LANGUAGES]


def shown(name: str, letter: Letter, settings: Settings, language: str) -> Shown:
    letter = Letter.model_validate(letter.model_dump() | {"language": language})
    raw = render(letter, settings, b"%PDF" if wanted(letter.kind, letter.facts) else None)
    text, html = (body.replace("\r\n", "\n") for body in bodies(raw))
    said = words_of(letter, settings)
    return Shown(name, letter, language, str(parsed(raw)["Subject"]), text, BeautifulSoup(html, "html.parser"), said)


def nothing_wrong(letters: list[Shown], finds: Callable[[Shown], Iterator[str]]) -> None:
    """See that ``finds`` finds nothing in any letter."""
    found = [f"{one.name} {one.language}: {found}" for one in letters for found in finds(one)]
    assert not found, "\n".join(found)


def test_no_kind_of_letter_is_left_out(letters: list[Shown]) -> None:
    assert {one.letter.kind for one in letters} == {folder.name for folder in LETTERS.iterdir()}


def test_a_letter_has_one_button_and_it_is_the_link_of_the_text(letters: list[Shown]) -> None:
    def finds(one: Shown) -> Iterator[str]:
        buttons = one.html.select("a.button")
        if len(buttons) != bool(one.words["opens"]):
            yield f"{len(buttons)} buttons"
        for button in buttons:
            label, colon = button.get_text().strip(), "：" if one.language == "zh" else ":"
            if not label or one.text.count(f"{label}{colon}\n{button['href']}\n") != 1:
                yield f"the button {label!r} is not in the text once"
        more = {"returned": 1, "notice_published": 1, "digest": len(one.words["tasks"])}
        if len(one.html.select("a")) > 1 + more.get(one.letter.kind, 0):
            yield "more links"

    nothing_wrong(letters, finds)


def test_whoever_is_asked_is_told_once_until_when_and_what_otherwise(letters: list[Shown]) -> None:
    def finds(one: Shown) -> Iterator[str]:
        if not one.words["reply"]:
            return
        labels = Counter(cell.get_text() for cell in one.html.select("td.label"))
        for key in ("due", "late"):
            expected = key == "due" or one.words["late"] is not None
            if labels[say(one.language, f"label.{key}")] != expected:
                yield f"{key} stands there {labels[say(one.language, f'label.{key}')]} times"
        strong = [cell.get_text() for cell in one.html.select("td.value strong")]
        if strong != [beijing(one.letter.facts["due"], one.language)]:
            yield f"what stands out is {strong}"
        if (
            one.words["end"]
            and one.words["end"].lower() in " ".join(p.get_text() for p in one.html.select("p")).lower()
        ):
            yield "what happens otherwise stands there twice"
        first = next(cell.get_text() for cell in one.html.select("td.label"))
        if first != say(one.language, "label.due"):
            yield f"the table begins with {first}"

    assert sum(bool(one.words["reply"]) for one in letters) > 40
    nothing_wrong(letters, finds)


def test_whoever_may_answer_by_reply_is_told_the_words(letters: list[Shown]) -> None:
    def finds(one: Shown) -> Iterator[str]:
        act = str(one.letter.facts.get("act", ""))
        if not one.words["reply"] or act == "expert_panel":
            return
        after = one.text.partition(str(one.words["opens"]))[2]
        for answer in ANSWERS.get(act, ANSWERS[""])[one.language != "zh"]:
            if answer not in after:
                yield f"no word of {answer}"

    nothing_wrong(letters, finds)


def test_whoever_is_asked_has_the_dossier_and_is_told_of_it(letters: list[Shown]) -> None:
    def finds(one: Shown) -> Iterator[str]:
        asks = bool(one.words["reply"]) or one.letter.kind == "override_proposed"
        if asks != wanted(one.letter.kind, one.letter.facts):
            yield "is asked and has none" if asks else "has one and is not asked"
        if one.text.count("卷宗（PDF）" if one.language == "zh" else "dossier (PDF)") != asks:
            yield "is not told of it once" if asks else "is told of one that is not there"

    nothing_wrong(letters, finds)


def test_the_preview_line_is_short_and_neither_the_subject_nor_the_heading(letters: list[Shown]) -> None:
    def finds(one: Shown) -> Iterator[str]:
        (line,) = one.html.select("div.preview")
        said = line.get_text().removesuffix(REPLY_LINE).strip()
        if not 10 < len(said) <= 140:
            yield f"{len(said)} characters"
        if said in (one.subject, one.html.h1.get_text() if one.html.h1 else ""):
            yield "says the same"

    nothing_wrong(letters, finds)


def test_no_letter_shows_what_only_programs_read(letters: list[Shown]) -> None:
    program = {
        "fen or another bare number": r"(?<![\w-])\d{7,}(?![\w-])",
        "an id": r"(?<!\w)[0-9a-f]{32}(?!\w)",
        "a time for programs": r"\d{4}-\d\d-\d\d(T|(?!-?\d))",
        "a key": r"@(county|city|province):|[a-z]+_[a-z_]+|\w+\.\w+_\w+",
        "a hole": r"None|Undefined|\{\{|\bnan\b",
    }

    def finds(one: Shown) -> Iterator[str]:
        seen = f"{one.subject}\n{one.own}" if one.letter.kind in OF_OPERATORS else f"{one.subject}\n{one.text}"
        seen = re.sub(r"https?://\S+|\S+@\S+\.\S+", "", seen)
        for what, pattern in program.items():
            if (found := re.search(pattern, seen)) and not (one.letter.kind in OF_OPERATORS and what == "a key"):
                yield f"{what}: {found[0]}"

    nothing_wrong(letters, finds)


def test_each_letter_keeps_to_its_language(letters: list[Shown]) -> None:
    english = re.compile(r"\b(the|and|of|is|was|please|by|for|yuan|you|your)\b", re.IGNORECASE)

    def finds(one: Shown) -> Iterator[str]:
        pattern = CHINESE if one.language == "en" else english
        if found := pattern.search(one.own):
            yield one.own[max(0, found.start() - 30) : found.end() + 30]

    nothing_wrong(letters, finds)


def test_punctuation_stands_where_it_belongs_and_no_sentence_stands_twice(letters: list[Shown]) -> None:
    doubled, empty, apart = r"[，。；：、]{2}|。 ?”。", r"“”|（）|\(\)", r" [,.;:!?](?=\s|$)|(?<=\S)  |（ | ）"
    orphan = re.compile(rf"{doubled}|{empty}|{apart}|^[，。；：、,.;]|[\u4e00-\u9fff] [，。]", re.MULTILINE)

    def finds(one: Shown) -> Iterator[str]:
        if found := orphan.search(one.own):
            yield one.own[max(0, found.start() - 30) : found.end() + 30]
        paragraphs = " ".join(part.get_text() for part in one.html.select("p"))
        sentences = Counter(
            part.strip() for part in re.split(r"[。；]|[.;](?= |$)", paragraphs) if len(part.strip()) > 9
        )
        yield from (sentence for sentence, times in sentences.items() if times > 1)

    nothing_wrong(letters, finds)


def test_an_english_paragraph_begins_with_a_capital(letters: list[Shown]) -> None:
    def finds(one: Shown) -> Iterator[str]:
        for part in one.html.select("p, h1") if one.language == "en" else ():
            if re.match(r"[a-z]", part.get_text().strip()) and part.get_text() != f"{one.letter.addressee},":
                yield part.get_text()[:60]

    nothing_wrong(letters, finds)


def test_one_is_singular_and_more_are_plural(letters: list[Shown]) -> None:
    one_of_many = re.compile(r"(?<![\w.,-])1 (?!is\b|was\b|has\b|of\b|waits\b)[a-z]+s\b|\(s\)")

    def finds(one: Shown) -> Iterator[str]:
        if one.language == "en" and (found := one_of_many.search(one.own)):
            yield one.own[max(0, found.start() - 30) : found.end() + 30]

    nothing_wrong(letters, finds)


def test_no_line_break_tears_a_sum_a_day_or_a_number_apart(letters: list[Shown]) -> None:
    def finds(one: Shown) -> Iterator[str]:
        for part in one.html.select("span[style*=nowrap], div.said, div.preview, title, style"):
            part.decompose()
        if found := WHOLE.search(one.html.get_text()):
            yield found[0]

    again = [shown(one.name, one.letter, Settings(), one.language) for one in letters[::3]]
    nothing_wrong(again, finds)
