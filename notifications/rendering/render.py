"""Render: a letter of the outbox becomes the bytes of a message, the same bytes at every try."""

import json
import re
import textwrap
from functools import cache, lru_cache, partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup, escape

from models.case.overlap import Overlap
from models.letter import Letter
from models.money import money
from models.panel.seats import EXPERT_PANEL
from models.settings import Settings
from notifications.reading import sealed, sealed_page
from notifications.rendering.message import Attachment, Message, message_bytes
from notifications.rendering.styles import css, screens
from notifications.rendering.threads import list_of, thread_of
from notifications.wording import grants, names, review, words
from notifications.wording.lines import line
from notifications.wording.preview import preview

ROOT = Path(__file__).parent.parent
#: A letter is a folder here, with ``zh.j2`` and ``en.j2``, and with those of duties and experts (see ``fill``).
LETTERS = ROOT / "letters"
#: A sum as `models.money` writes it, with the level whose money it is; a day, and an hour, which together are wider
#: than a narrow column; an application's number.
WHOLE = re.compile(
    r"(?:(?:[省市县]级|province|city|county) )?\d[\d,.]{0,20}(?:万?元| yuan)"
    r"|\d{4}年\d{1,2}月\d{1,2}日|周. \d\d:\d\d"
    r"|[A-Z][a-z]{2} \d{1,2} [A-Z][a-z]{2,3} \d{4},?|\d\d:\d\d Beijing time"
    r"|\b[A-Z]+\d+-\d{4}-\d{5,}",
    re.IGNORECASE,
)


def render(letter: Letter, settings: Settings, dossier: bytes | None = None) -> bytes:
    """Return ``letter`` as an RFC 5322 message with CRLF line ends, text and HTML alternatives.

    The PDF ``dossier`` goes with it unless it is larger than the setting: then the letter says where it is.
    """
    fits = dossier is not None and len(dossier) <= settings.dossier_bytes
    said = words.words_of(letter, settings)
    said["dossier"] = ("attached" if fits else "linked") if dossier is not None else None
    subject, text, html = fill(letter.kind, letter.language, said)
    return message_bytes(
        Message(
            sender=("联动 Liandong", sender_address(settings)),
            to=(line(letter.addressee), letter.address),
            subject=subject,
            written_at=letter.written_at,
            message_id=letter.message_id,
            reply_to=said["reply"],
            thread=thread_of(letter, said, settings.mail_domain),
            list_id=list_of(letter, said, settings.mail_domain),
            language=letter.language,
            boundary=f"=_{letter.id}",
            text=text,
            html=html,
            attachments=_attached(letter, dossier if fits else None),
        )
    )


def _attached(letter: Letter, dossier: bytes | None) -> tuple[Attachment, ...]:
    trace = trace_of(letter)
    found = [] if trace is None else [trace]
    if dossier is not None:
        number = _number(letter)
        found.insert(0, Attachment(f"卷宗-{number}.pdf", f"dossier-{number}.pdf", "application/pdf", dossier))
    return tuple(found)


def _number(letter: Letter) -> str:
    """Return the number of the application as a part of a file's name."""
    return "".join(re.findall(r"[A-Za-z0-9-]+", letter.facts["number"]))[:60]


def trace_of(letter: Letter) -> Attachment | None:
    """Return what the rules found as a file in both languages, where the letter knows it."""
    if "findings" not in letter.facts:
        return None
    number = _number(letter)
    printed = {key: value for key, value in letter.facts.items() if key in review.PRINTED}
    return Attachment.of_text(f"规则核验-{number}.txt", f"trace-{number}.txt", _trace(json.dumps(printed)))


@lru_cache(maxsize=256)
def _trace(printed: str) -> str:
    """Return the text of the file; officers asked about one application are sent the same."""
    facts = words.ABSENT | json.loads(printed)
    facts |= {"overlaps": [Overlap.from_json(kept) for kept in facts["overlaps"]]}
    return _squeezed(_environment("zh").get_template("layouts/trace.j2").render(facts))


def sender_address(settings: Settings) -> str:
    """Return the address that our letters come from."""
    return f"no-reply@{settings.mail_domain}"


def fill(kind: str, language: str, said: dict[str, object]) -> tuple[str, str, str]:
    """Return subject, text and HTML of a letter of ``kind``: one template in two layouts.

    Where a duty or a release says it in other words, they are in ``duty_zh.j2``, ``release_zh.j2`` and so on; where
    an expert is told, in ``panel_zh.j2``; where it is about an objection, in ``objection_zh.j2`` ...
    """
    variants = [f"{case}_" for case in ("duty", "release") if said[case]]
    variants += ["panel_"] * (said.get("act") == EXPERT_PANEL) + ["objection_"] * bool(said["objection"]) + [""]
    templates = [f"letters/{kind}/{variant}{language}.j2" for variant in variants]
    plain = _environment(language).select_template(templates).render(said, layout="layouts/text.j2")
    subject, _, text = plain.partition("\n")
    pages, heading = _environment(language, html=True), subject.removesuffix(f" · {said.get('number')}")
    html = pages.select_template(templates).render(said, layout="layouts/html.j2", heading=heading)
    return line(subject), sealed(_squeezed(text)), sealed_page(html)


@cache
def _environment(language: str, *, html: bool = False) -> Environment:
    """Return what fills templates in ``language``: what does not differ between letters is filled in once."""
    environment = Environment(
        loader=FileSystemLoader(ROOT),
        autoescape=html,  # noqa: S701 - the text layout is no HTML
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {"paragraphs": _paragraphs, "unbroken": _unbroken, "line": line, "wrapped": _wrapped}
    environment.filters |= {"css": partial(css, language)}
    environment.globals |= {
        "money": money,
        "beijing": names.beijing,
        "on": names.on,
        "apart": names.apart,
        "capital": names.capital,
        "many": names.many,
        "some": names.some,
        "outcome_name": names.outcome,
        "answer_name": names.answer,
        "split_of": grants.split_of,
        "screens": screens(),
        "preview": preview,
    }
    return environment


def _unbroken(text: str) -> Markup:
    """Return HTML in which no line break tears a sum or a time apart."""
    return Markup(WHOLE.sub(r'<span style="white-space:nowrap">\g<0></span>', str(escape(text))))  # noqa: S704 - escaped


@pass_eval_context
def _paragraphs(context: EvalContext, text: str, attributes: str = "") -> str:
    """Return paragraphs that are separated by blank lines: as they are, or as HTML with ``attributes``."""
    found = [part.strip() for part in str(text).split("\n\n") if part.strip()]
    if not context.autoescape:
        return "\n\n".join(found)
    rows = (part.replace("\n", "<br>\n") for part in found)
    return Markup("\n".join(f"<p {escape(attributes)}>{row}</p>" for row in rows))  # noqa: S704 - autoescaped before


@lru_cache(maxsize=1024)
def _wrapped(text: str) -> str:
    """Return ``text`` in lines of 72; the policy's words are the same in many letters."""
    return textwrap.fill(text, 72)


def _squeezed(text: str) -> str:
    """Return ``text`` without lines of spaces and with no two blank lines in a row."""
    lines: list[str] = []
    for row in text.splitlines():
        if row.strip() or (lines and lines[-1]):
            lines.append(row.rstrip())
    return "\n".join(lines).strip() + "\n"
