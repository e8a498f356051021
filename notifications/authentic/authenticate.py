"""`authenticate`: is the From domain of a message proven? Each way is tried until one proves it."""

import datetime as dt

from models.authenticity import Authenticity, Check, Result
from notifications.authentic.fields import FaultyHeader, Fields, unfolded
from notifications.authentic.forwarded import check_chain
from notifications.authentic.lookup import Lookup, NameServer
from notifications.authentic.results import check_results
from notifications.authentic.signed import check_signatures
from notifications.authentic.trust import Trust
from notifications.reading import DEFAULT_LIMITS
from notifications.reading.headers import addresses_in

NOT_NEEDED = Check("dkim", Result.NONE, "not looked at: the sender is proven already")


def authenticate(
    raw: bytes, trust: Trust, resolve: NameServer | None, at: dt.datetime, recipient: str = ""
) -> Authenticity:
    """Return what was looked at, and what proves the From domain of a message that came ``at`` a time.

    ``recipient``: the address that it must have been written to (To); empty: any. A message that somebody else was
    sent is no answer to us, however well it is signed. ``resolve`` None: nothing is asked of DNS. Never raises.
    """
    try:
        fields = Fields.of(raw)
    except FaultyHeader as error:
        return Authenticity((Check("header", Result.FAIL, str(error)),))
    checks = [Check("header", Result.PASS, f"From names one address, of {fields.domain}")]
    if recipient:
        checks.append(_written_to(fields, recipient))
    if too_long(raw):
        checks.append(Check("size", Result.FAIL, f"it has {len(raw)} bytes, in too many lines or altogether"))
    more, proof = _proven(raw, fields, trust, Lookup(trust, resolve), at)
    refused = any(check.result is Result.FAIL for check in checks)
    return Authenticity((*checks, *more), "" if refused else proof)


def _proven(raw: bytes, fields: Fields, trust: Trust, lookup: Lookup, at: dt.datetime) -> tuple[list[Check], str]:
    check, proof = check_results(fields, trust)
    if proof or too_long(raw):
        return [check, NOT_NEEDED], proof
    signatures, domain = check_signatures(raw, fields, lookup, at)
    if domain:
        return [check, *signatures], f"dkim {domain}"
    chain, proof = check_chain(raw, fields, trust, lookup, at)
    return [check, *signatures, chain], proof


def too_long(raw: bytes) -> bool:
    """Tell whether a message is longer than any that is read."""
    return len(raw) > DEFAULT_LIMITS.max_bytes or raw.count(b"\n") > DEFAULT_LIMITS.max_lines


def _written_to(fields: Fields, recipient: str) -> Check:
    if recipient.lower() in addresses_in(*map(unfolded, fields.named("to"))):
        return Check("to", Result.PASS, "written to the address that it came to")
    return Check("to", Result.FAIL, "written to another address than it came to")
