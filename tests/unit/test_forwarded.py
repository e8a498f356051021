"""ARC: what a forwarder that we trust has seen counts, and nothing that it only repeats."""

import dkim
import pytest

from notifications.authentic import Trust
from tests.support.other_servers import Names, key, sign
from tests.unit.test_authentic import PLAIN, names, said

__all__ = ["names"]
SEALED = (b"from", b"to", b"subject", b"date", b"message-id")


def forwarded(raw: bytes, results: bytes, sealer: str = "list.example") -> bytes:
    """Return ``raw`` as a mailing list that seals what it found sends it on, with another text."""
    changed = raw.replace(b"yes\r\n", b"yes\r\n-- \r\nthe list\r\n")
    found = b"Authentication-Results: " + sealer.encode() + b"; " + results + b"\r\n" + changed
    seal = dkim.arc_sign(found, b"s1", sealer.encode(), key(1024, 1), sealer.encode(), include_headers=list(SEALED))
    return b"".join(seal) + changed


def test_a_forwarder_that_is_trusted_says_what_it_found(names: Names) -> None:
    trust = Trust(sealers=("list.example",))
    found = b"dkim=pass header.d=zj.example; dmarc=pass header.from=zj.example"
    raw = forwarded(sign(PLAIN), found)
    assert said(raw, trust, names).proof == "arc list.example dmarc=pass for zj.example"
    assert said(raw, Trust(), names).proof == ""
    assert said(raw, Trust(sealers=("other.example",)), names).proof == ""
    assert said(forwarded(sign(PLAIN), found.replace(b"pass", b"fail")), trust, names).proof == ""
    assert said(raw.replace(b"the list", b"no, no"), trust, names).proof == ""
    assert said(raw.replace(b"=pass", b"=fail"), trust, names).proof == ""


def test_a_forwarder_whose_key_cannot_be_looked_up_is_a_temporary_error(names: Names) -> None:
    raw = forwarded(PLAIN, b"dmarc=pass header.from=zj.example")
    names.broken.add("s1._domainkey.list.example")
    try:
        assert said(raw, Trust(sealers=("list.example",)), names).temporary
    finally:
        names.broken.clear()


@pytest.mark.parametrize(
    ("above", "found"),
    [
        (
            b"DKIM-Signature: v=1; d=zj.example(.evil.example; s=a); b=x\r\n",
            b"dkim=pass header.d=zj.example(.evil.example header.s=a)",
        ),
        (
            b"Received: from a);dkim=pass(header.d=zj.example by list.example with ESMTP; Mon\r\n",
            b"spf=none smtp.helo=a); dkim=pass (x) header.d=zj.example",
        ),
        (b"", b"dkim=pass header.d=evil.example header.d=zj.example"),
        (b"", b"dmarc=pass"),
    ],
)
def test_words_of_the_sender_that_a_forwarder_repeats_as_a_result(names: Names, above: bytes, found: bytes) -> None:
    assert not said(forwarded(above + PLAIN, found), Trust(sealers=("list.example",)), names).proof


def test_a_chain_with_a_set_too_many_or_one_of_another_number(names: Names) -> None:
    trust = Trust(sealers=("list.example",))
    raw = forwarded(PLAIN, b"dmarc=pass header.from=zj.example")
    assert said(raw, trust, names).proof
    for old, new in ((b"i=1;", b"i=2;"), (b"i=1;", b"i=x;"), (b"cv=none", b"cv=pass"), (b"cv=none", b"cv=fail")):
        assert not said(raw.replace(old, new), trust, names).proof, (old, new)
    for field in (b"ARC-Seal: i=1; ", b"ARC-Message-Signature: i=1; ", b"ARC-Authentication-Results: i=1; "):
        assert not said(field + b"a=rsa-sha256; d=list.example; s=s1; b=x\r\n" + raw, trust, names).proof, field
