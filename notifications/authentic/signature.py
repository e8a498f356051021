"""What a DKIM or ARC signature says of itself, and whether our rules take it, before anybody calculates."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Self

from dkim.util import InvalidTagValueList, parse_tag_value

from notifications.authentic.fields import Fields, ascii_domain

#: Bytes of a signature field, and blanks in a row within it: the patterns that take it apart are slow beyond that.
LONGEST = 4_000
_TOO_BLANK = re.compile(rb"\s{100}")
#: Whoever signs covers these where they are present: who, to whom, about what, when.
COVERED = ("from", "to", "subject", "date")
#: SHA-1 is broken (RFC 8301), and our library checks no Ed25519 without another one.
ALGORITHMS = (b"rsa-sha256",)
SLACK = dt.timedelta(minutes=5)
_DOMAIN = re.compile(rb"[A-Za-z0-9._-]{1,253}")


class NotTaken(Exception):
    """Our rules do not take the signature; the sentence says why."""


@dataclass(frozen=True)
class Signature:
    """One signature field, taken apart."""

    tags: dict[bytes, bytes]
    domain: str
    selector: str

    @classmethod
    def of(cls, value: bytes) -> Self:
        """Take apart the value of a field.

        Raises:
            NotTaken: it is none that can be checked.

        """
        if len(value) > LONGEST or _TOO_BLANK.search(value):
            raise NotTaken("the signature field is too long")
        try:
            tags = parse_tag_value(value)
        except InvalidTagValueList as error:
            raise NotTaken(f"the signature field is not well-formed ({type(error).__name__})") from error
        domain, selector = tags.get(b"d", b""), tags.get(b"s", b"")
        if not _DOMAIN.fullmatch(domain) or not _DOMAIN.fullmatch(selector):
            raise NotTaken("the signature names no domain and selector")
        return cls(tags, ascii_domain(domain.decode()), selector.decode().lower())

    @property
    def key_name(self) -> str:
        """The name under which its key is looked up."""
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def identity(self) -> str:
        """The domain of i=, which is d= where there is none (RFC 6376, 3.5)."""
        said = self.tags.get(b"i", b"").decode("ascii", "replace").rpartition("@")[2]
        return ascii_domain(said) if said else self.domain

    def check(self, fields: Fields, at: dt.datetime) -> None:
        """See that it signs the whole message, with a sound method, and had not expired ``at`` the time it came.

        Raises:
            NotTaken: it does not.

        """
        if self.tags.get(b"a", b"").lower() not in ALGORITHMS:
            raise NotTaken("it is signed by another method than rsa-sha256")
        if fault := self.leaves_open(fields):
            raise NotTaken(f"it {fault}")
        expires = self.tags.get(b"x", b"")
        if expires and (not expires.isdigit() or int(expires[:12]) < (at - SLACK).timestamp()):
            raise NotTaken("it had expired when the message came")

    def leaves_open(self, fields: Fields) -> str:
        """Return what anybody may change of the message although this signature holds; empty where it is nothing."""
        if b"l" in self.tags:
            return "leaves the end of the text unsigned (l=): anybody may have appended to it"
        signed = [name.strip().lower() for name in self.tags.get(b"h", b"").decode("ascii", "replace").split(":")]
        if open_ := [name for name in COVERED if fields.count(name) > signed.count(name)]:
            return f"does not cover the field {open_[0]}"
        if not fields.shaped and "content-type" not in signed:
            return "does not cover the field content-type, and its text could be cut into other parts"
        return ""


def key_fault(record: str, signature: Signature) -> str:
    """Return what is wrong with a key record besides its key (RFC 6376, 3.6.1); empty where nothing is."""
    try:
        tags = parse_tag_value(record.encode("ascii", "replace"))
    except InvalidTagValueList:
        return "the key record is not well-formed"
    flags = [flag.strip() for flag in tags.get(b"t", b"").split(b":")]
    if tags.get(b"v", b"DKIM1") != b"DKIM1":
        return "the key record is of another version"
    if not tags.get(b"p", b"").strip():
        return "the key was revoked"
    if b"y" in flags:
        return "the domain only tests its signatures (t=y)"
    if b"s" in flags and signature.identity != signature.domain:
        return "the key signs for its very domain only (t=s)"
    if b"h" in tags and b"sha256" not in [one.strip() for one in tags[b"h"].split(b":")]:
        return "the key is for another method"
    services = [one.strip() for one in tags.get(b"s", b"*").split(b":")]
    return "" if b"*" in services or b"email" in services else "the key is not for mail"
