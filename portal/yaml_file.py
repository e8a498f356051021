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


#: The fields of an application, as the samples order them.
ORDER = ("policy", "measure", "option", "county", "applicant", "project", "facts", "amounts")


def yaml_of(content: dict[str, Any], policy: str) -> str:
    """Return ``content`` (amounts in fen) under ``policy`` as a file that ``read_form`` reads back to the same."""
    in_yuan = content | {"policy": policy, "amounts": {level: yuan(fen) for level, fen in content["amounts"].items()}}
    kept = {key: in_yuan[key] for key in ORDER if key in in_yuan}
    head = "".join(f"# {say('yaml_head', language)}\n" for language in LANGUAGES)
    return head + yaml.dump(kept, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=1000)
