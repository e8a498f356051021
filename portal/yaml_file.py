"""An application's content as the file that its applicant edits: YAML, amounts in yuan. Pure."""

from typing import Any

import yaml

from models.money import yuan
from portal.words import LANGUAGES, say


class _Dumper(yaml.SafeDumper):
    """Text of several lines is written as a block, the way people write it."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def yaml_of(content: dict[str, Any]) -> str:
    """Return ``content`` (amounts in fen) as a file that ``read_form`` reads back to the same content."""
    order = ("measure", "option", "county", "applicant", "project", "amounts")
    in_yuan = content | {"amounts": {level: yuan(fen) for level, fen in content["amounts"].items()}}
    kept = {key: in_yuan[key] for key in order if key in in_yuan} | in_yuan
    head = "".join(f"# {say('yaml_head', language)}\n" for language in LANGUAGES)
    return head + yaml.dump(kept, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=1000)
