"""DKIM (RFC 6376): whether there is a signature over the whole message by the domain of its From."""

import datetime as dt

import dkim

from models.authenticity import Check, Result
from notifications.authentic.dmarc import is_strict
from notifications.authentic.domains import aligned
from notifications.authentic.fields import Fields
from notifications.authentic.lookup import Lookup, Unreachable
from notifications.authentic.signature import NotTaken, Signature, key_fault
from notifications.authentic.verifier import ChangedText, Signed

NAME = "dkim"
#: Signatures that are looked at, the topmost first.
MOST = 8


def check_signatures(raw: bytes, fields: Fields, lookup: Lookup, at: dt.datetime) -> tuple[list[Check], str]:
    """Return what came of each signature, and the domain that has signed for the sender; empty where none has.

    ``at`` is when the message came: a signature counts although it expired while the message waited here.
    """
    values = fields.named("dkim-signature")
    checks: list[Check] = []
    for index, value in enumerate(values[:MOST]):
        check, domain = _check(raw, fields, index, value, lookup, at)
        checks.append(check)
        if domain:
            return checks, domain
    return checks or [Check(NAME, Result.NONE, "the message is not signed")], ""


def _check(raw: bytes, fields: Fields, index: int, value: bytes, lookup: Lookup, at: dt.datetime) -> tuple[Check, str]:
    try:
        signature = Signature.of(value)
        if not aligned(fields.domain, signature.domain):
            return Check(NAME, Result.POLICY, f"signed by {signature.domain}, not by {fields.domain}"), ""
        signature.check(fields, at)
        record = find_key(signature, lookup)
        if signature.domain != fields.domain and is_strict(fields.domain, lookup):
            return Check(NAME, Result.POLICY, f"{fields.domain} takes no signature of {signature.domain}"), ""
    except NotTaken as error:
        return Check(NAME, Result.POLICY, str(error)), ""
    except Unreachable as error:
        return Check(NAME, Result.TEMPERROR, str(error)), ""
    except NoKey as error:
        return Check(NAME, Result.PERMERROR, str(error)), ""
    result, why = _verified(raw, index, signature, record)
    return Check(NAME, result, why), signature.domain if result is Result.PASS else ""


class NoKey(Exception):
    """There is no key that could show anything; the sentence says why."""


def find_key(signature: Signature, lookup: Lookup) -> str:
    """Return the record of a signature's key.

    Raises:
        NoKey: there is none, or none that may be used so.
        Unreachable: the name server gave no answer.

    """
    found = lookup.texts(signature.key_name)
    if len(found) != 1:
        raise NoKey(f"{signature.key_name} has {len(found)} keys")
    if fault := key_fault(found[0], signature):
        raise NoKey(f"{signature.key_name}: {fault}")
    return found[0]


def _verified(raw: bytes, index: int, signature: Signature, record: str) -> tuple[Result, str]:
    """Calculate. Whatever a hostile message makes of the calculation, it is no pass."""
    key = record.encode("ascii", "replace")
    try:
        if Signed(raw).verify(index, dnsfunc=lambda *_args, **_more: key):
            return Result.PASS, f"signed by {signature.domain} (selector {signature.selector})"
    except dkim.KeyFormatError as error:
        return Result.PERMERROR, f"{signature.key_name}: {error}"
    except (ChangedText, dkim.ValidationError) as error:
        return Result.FAIL, str(error)
    except Exception as error:
        return Result.PERMERROR, f"it cannot be checked ({type(error).__name__})"
    return Result.FAIL, "the signature does not fit the headers"
