"""What a domain says of its key (RFC 6376, 3.6.1) is kept, and a signature by another method is none."""

import dkim
import pytest

from models.authenticity import Result
from notifications.authentic import Trust
from notifications.authentic.practice_key import record_of
from tests.support.other_servers import key, name_server, sign
from tests.unit.test_authentic import PLAIN, result, said

NAME = "s1._domainkey.zj.example"
RECORD = record_of(key()).removeprefix("v=DKIM1; ")


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (f"v=DKIM2; {RECORD}", "another version"),
        (f"v=DKIM1; h=sha1; {RECORD}", "another method"),
        (f"v=DKIM1; s=tlsrpt; {RECORD}", "not for mail"),
        (f"v=DKIM1; t=s:y; {RECORD}", "only tests"),
        ("v=DKIM1; k=rsa; p=", "revoked"),
        (f"v=DKIM1; k=ed25519; {RECORD.removeprefix('k=rsa; ')}", ""),
        (f"{RECORD}; p=x", "not well-formed"),
        ("nonsense", "not well-formed"),
    ],
)
def test_a_key_that_may_not_be_used_so(record: str, why: str) -> None:
    found = said(sign(PLAIN), Trust(keys=((NAME, record),)))
    assert not found.proof
    assert why in found.why


@pytest.mark.parametrize("more", ["h=sha1:sha256; ", "s=email; ", "s=*; ", "t=s; ", "n=a note; "])
def test_a_key_that_may_be_used_so(more: str) -> None:
    assert said(sign(PLAIN), Trust(keys=((NAME, f"v=DKIM1; {more}{RECORD}"),))).proof


def test_of_several_keys_under_one_name_none_is_taken() -> None:
    with name_server() as names:
        whose = record_of(key(1024, 1)), record_of(key())
        for records in (whose, whose[::-1]):
            names.records[NAME] = list(records)
            found = said(sign(PLAIN), names=names)
            assert (found.proof, "has 2 keys" in found.why) == ("", True)


@pytest.mark.parametrize(("flag", "proven"), [("t=s; ", False), ("", True)])
def test_a_key_for_its_very_domain_signs_for_no_identity_below_it(flag: str, proven: bool) -> None:
    made = dkim.DKIM(PLAIN)
    headers = [b"from", b"from", b"to", b"subject", b"date", b"content-type"]
    header = made.sign(b"s1", b"zj.example", key(), identity=b"a@kjt.zj.example", include_headers=headers)
    trust = Trust(keys=((NAME, f"v=DKIM1; {flag}{RECORD}"),))
    assert bool(said(bytes(header) + PLAIN, trust).proof) is proven


def test_a_signature_by_a_method_that_is_broken() -> None:
    made = dkim.DKIM(PLAIN, signature_algorithm=b"rsa-sha1")
    header = made.sign(b"s1", b"zj.example", key(), include_headers=[b"from", b"to", b"subject", b"date"])
    found = said(bytes(header) + PLAIN, Trust(keys=((NAME, record_of(key())),)))
    assert (found.proof, result(found, "dkim"), "rsa-sha256" in found.why) == ("", Result.POLICY, True)


def test_a_selector_that_asks_for_another_name() -> None:
    with name_server() as server:
        for selector in ("a/../b", "a b", "*", "s1._domainkey.evil.example;", "a" * 300):
            raw = sign(PLAIN).replace(b"s=s1;", b"s=" + selector.encode() + b";")
            assert not said(raw, names=server).proof
        assert server.asked == []
