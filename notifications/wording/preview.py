"""The preview line: what a list of letters shows beside the subject: who, how much, until when; never the subject."""

from collections.abc import Mapping
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from notifications.wording import otherwise
from notifications.wording.catalogue import say
from notifications.wording.names import beijing

#: Characters that the widest list shows.
LONGEST = 140


@pass_context
def preview(context: Context, lead: str) -> str:
    """Return the line of a letter that begins with the paragraphs ``lead``, which may be HTML."""
    said = asked(context.get_all()) if context["reply"] and "due" in context else None
    if context["tasks"]:
        said = "；".join(
            " · ".join(part for part in (x["title"], x["what"], x["due"]) if part) for x in context["tasks"]
        )
    first = str(lead).strip().partition("\n\n")[0]
    return shortened(said or Markup(first).striptags())  # noqa: S704 - tags are taken out, not let in


def asked(words: Mapping[str, Any]) -> str:
    """Return what is asked of the reader: who wants how much, until when, and what happens otherwise."""
    language = words["language"]
    who, what = words.get("applicant") or words.get("lead"), words["asked_for"] or words["title"]
    due = beijing(words["due"], language)
    late = otherwise.end(words) or say(language, "late.nothing")
    return say(language, "preview", who=who, what=what, due=due, late=late)


def shortened(text: str) -> str:
    """Return ``text`` on one line that is no longer than a list shows."""
    flat = " ".join(text.split())
    return flat if len(flat) <= LONGEST else f"{flat[: LONGEST - 1].rstrip()}…"
