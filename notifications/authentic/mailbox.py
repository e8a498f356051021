"""Whether a From is written so that every program reads the same address in it (RFC 5322, section 3.4).

Groups, routes, comments within an address, quoted local parts, what stands before or behind the brackets: programs
differ in which address they see there, so that one is checked, another is shown, and a third is believed.
"""

import re

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
#: One that has no address and no brackets in it.
_COMMENT = re.compile(r"\([^()\\<>@\"]*\)")
#: One behind the brackets.
_ENDING = re.compile(rf"(?<=>)\s*{_COMMENT.pattern}\s*$")
#: A name without marks that mean something, then the address in brackets.
_NAMED = re.compile(r"(?P<name>[^<>,;:()\"\[\]\\]*)<(?P<address>[^<>\s]+)>")
#: A sign that some programs take for an at sign or a comma.
_SIGNS = re.compile("[\uff20\ufe6b\uff0c\ufe50\uff1b\ufe54\uff1c\uff1e]")


def is_plain(value: str, address: str) -> bool:
    """Tell whether ``value``, the unfolded text of a From, is ``address`` alone, or a name and ``<address>``.

    A name that is not in quotation marks has no other address in it; comments stand beside the name, or end the field.
    """
    before, bracket, behind = _QUOTED.sub("", value).rpartition("<")
    if not bracket:
        return re.fullmatch(rf"{re.escape(address)}(?:\s+{_COMMENT.pattern})?", behind.strip().lower()) is not None
    found = _NAMED.fullmatch(f"{_COMMENT.sub('', before)}<{_ENDING.sub('', behind)}")
    if found is None or found["address"].lower() != address:
        return False
    name = found["name"].strip()
    return name.lower() == address or ("@" not in name and not _SIGNS.search(name))
