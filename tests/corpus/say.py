"""What the lists of special messages share: short ways to say a body and what it must be read as."""

from typing import Any

from tests.corpus.letters import part
from tests.corpus.programs import LETTER

Expected = dict[str, Any]
#: name -> body, expected reading, and perhaps other headers.
Group = dict[str, tuple[Any, ...]]
YES: Expected = {"command": "approve"}
QUOTED = "\n".join(f"> {line}" for line in LETTER)


def none(problem: str, **more: Any) -> Expected:
    return {"command": None, "problem": problem, **more}


def says(command: str, opinion: str = "", **more: Any) -> Expected:
    return {"command": command, **({"opinion": opinion} if opinion else {}), **more}


def text_part(text: str, charset: str = "utf-8", encoding: str = "8bit", extra: str = "") -> bytes:
    return part("text/plain", text, charset, encoding, extra)


def page(page: str) -> bytes:
    return part("text/html", page)
