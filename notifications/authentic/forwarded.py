"""ARC (RFC 8617): a forwarder that we trust saw the message proven, and sealed what it saw."""

import datetime as dt

import authres
import dkim

from models.authenticity import Check, Result
from notifications.authentic.fields import Fields, unfolded
from notifications.authentic.lookup import Lookup, Unreachable
from notifications.authentic.planted import planted
from notifications.authentic.results import LONGEST, evaluate
from notifications.authentic.signature import NotTaken, Signature
from notifications.authentic.signed import find_key
from notifications.authentic.trust import Trust
from notifications.authentic.verifier import Sealed

NAME = "arc"
#: Sets of a chain that are looked at; each costs two keys.
MOST = 5
_FIELDS = ("arc-seal", "arc-message-signature", "arc-authentication-results")
_CONTEXT = authres.all_features()


def check_chain(raw: bytes, fields: Fields, trust: Trust, lookup: Lookup, at: dt.datetime) -> tuple[Check, str]:
    """Return what came of the chain, and what proves the sender's domain by it; empty where nothing does.

    Only the newest set counts, and only where a forwarder that we trust has sealed it: whoever came after it could
    have changed the message.
    """
    seals = fields.named("arc-seal")
    if not trust.sealers or not seals:
        return Check(NAME, Result.NONE, "no forwarder is trusted" if seals else "nobody has sealed it"), ""
    try:
        newest = _see(fields, trust, at)
        said = _sealed(raw, newest, lookup)
    except NotTaken as error:
        return Check(NAME, Result.POLICY, str(error)), ""
    except Unreachable as error:
        return Check(NAME, Result.TEMPERROR, str(error)), ""
    except Exception as error:  # hostile chains find faults in the library
        return Check(NAME, Result.FAIL, f"the chain is broken ({type(error).__name__})"), ""
    if word := planted(fields, map(unfolded, fields.named("received"))):
        return Check(NAME, Result.POLICY, f"{word} has marks that could be read as a result"), ""
    result, how = evaluate(said, fields)
    proof = f"{NAME} {newest.domain} {how}" if result is Result.PASS else ""
    return Check(NAME, result, f"{newest.domain} saw {how}"), proof


def _see(fields: Fields, trust: Trust, at: dt.datetime) -> Signature:
    """Return the newest signature over the message, taken where a trusted forwarder has made and sealed it."""
    if fields.count("arc-seal") > MOST or any(len(v) > LONGEST for name, v in fields.all if name in _FIELDS):
        raise NotTaken("the chain is too long")
    seals, messages = ([Signature.of(v) for v in fields.named(name)] for name in _FIELDS[:2])
    newest = max(seals, key=_instance)
    over = [one for one in messages if _instance(one) == _instance(newest)]
    if len(over) != 1 or newest.domain not in trust.sealers or over[0].domain != newest.domain:
        raise NotTaken(f"the newest seal is of {newest.domain}, which is not trusted")
    over[0].check(fields, at)
    return over[0]


def _instance(signature: Signature) -> int:
    number = signature.tags.get(b"i", b"")
    if not number.isdigit() or len(number) > 2:
        raise NotTaken("a set of the chain has no number")
    return int(number)


def _sealed(raw: bytes, newest: Signature, lookup: Lookup) -> list[authres.AuthenticationResult]:
    """Calculate the chain, and return what its newest set says."""
    find_key(newest, lookup)
    result, sets, why = Sealed(raw).verify(dnsfunc=lambda name, **_: _key(name, lookup))
    if result != dkim.CV_Pass:
        if lookup.unreachable:
            raise Unreachable(lookup.unreachable)
        raise NotTaken(f"the chain is broken: {why}")
    _, _, said = unfolded(sets[0]["aar-value"]).partition(";")
    return list(_CONTEXT.parse_value(said.strip()).results)


def _key(name: bytes, lookup: Lookup) -> bytes | None:
    try:
        found = lookup.texts(name.decode("ascii", "replace"))
    except Unreachable as error:
        raise dkim.DnsTimeoutError(str(error)) from error
    return found[0].encode("ascii", "replace") if len(found) == 1 else None
