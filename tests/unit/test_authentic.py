"""Who sent a message: alignment, keys, Authentication-Results, ARC; and that nothing makes it raise or hang."""

import datetime as dt
import time
from collections.abc import Iterator
from pathlib import Path

import dkim
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.authenticity import Authenticity, Result
from models.settings import Settings
from notifications.authentic import NameServer, Trust, authenticate, lookup
from notifications.authentic.domains import aligned, organisation_of
from notifications.authentic.lookup import read_keys
from notifications.authentic.practice_key import record_of
from notifications.authentic.verifier import canonical
from tests.support.other_servers import Names, key, name_server, sign

NOW = dt.datetime(2026, 11, 23, 1, 0, tzinfo=dt.UTC)
HEAD = b"From: a@zj.example\r\nTo: r@l.example\r\nSubject: x\r\nDate: Mon, 23 Nov 2026 09:00:00 +0800\r\n"
PLAIN = HEAD + b"MIME-Version: 1.0\r\nContent-Type: text/plain\r\nMessage-ID: <1@x>\r\n\r\nyes\r\n"
OURS = "mx.l.example"
RESULTS = f"Authentication-Results: {OURS}; dmarc=pass header.from=zj.example\r\n".encode()
OWN = f"Received: from a by {OURS} with ESMTP; Mon\r\n".encode()
OTHER = b"Received: from b by mail.zj.example with ESMTP; Mon\r\n"


@pytest.fixture(scope="module")
def names() -> Iterator[Names]:
    with name_server() as server:
        server.publish("zj.example", key())
        server.publish("list.example", key(1024, 1))
        yield server


def said(raw: bytes, trust: Trust | None = None, names: Names | None = None, to: str = "") -> Authenticity:
    return authenticate(raw, trust or Trust(), NameServer(names.address) if names else None, NOW, to)


def result(found: Authenticity, name: str) -> Result:
    return next(check.result for check in reversed(found.checks) if check.name == name)


@pytest.mark.parametrize(
    ("sender", "other", "may"),
    [
        ("zj.example", "zj.example", True),
        ("kjt.zj.gov.cn", "zj.gov.cn", True),
        ("zj.gov.cn", "mail.zj.gov.cn", True),
        ("kjt.zj.gov.cn", "fgw.zj.gov.cn", False),
        ("kjt.zj.gov.cn", "gov.cn", False),
        ("zj.gov.cn", "gov.cn", False),
        ("gov.cn", "gov.cn", False),
        ("azj.example", "zj.example", False),
        ("zj.example", "zj.example.evil.example", False),
        ("zj.example", "", False),
    ],
)
def test_a_domain_speaks_for_those_above_and_below_it_in_one_organisation(sender: str, other: str, may: bool) -> None:
    assert aligned(sender, other) is may
    assert aligned(sender.upper(), other) is may


def test_the_organisation_of_an_office_is_what_stands_before_the_public_suffix() -> None:
    assert (organisation_of("kjt.zj.gov.cn"), organisation_of("gov.cn")) == ("zj.gov.cn", None)


def test_a_signature_is_proven_by_dns_and_by_the_key_file(names: Names, tmp_path: Path) -> None:
    raw = sign(PLAIN)
    assert said(raw, names=names).proof == "dkim zj.example"
    assert said(raw).proof == ""
    file = tmp_path / "keys.txt"
    file.write_text(f"# ours\n\ns1._domainkey.ZJ.example.   {record_of(key())}\nbroken\n")
    assert said(raw, Trust(key_file=file)).proof == "dkim zj.example"


def test_no_line_of_a_key_file_signs_for_every_domain(tmp_path: Path) -> None:
    file = tmp_path / "keys.txt"
    file.write_text(f"s1._domainkey.* {record_of(key())}\n")
    assert read_keys(file) == {}


def test_an_unreadable_key_file_has_no_keys(tmp_path: Path) -> None:
    (tmp_path / "keys.txt").write_bytes(b"\xff\xfe\x00")
    assert read_keys(tmp_path / "keys.txt") == read_keys(tmp_path) == read_keys(tmp_path / "none") == {}


def test_two_signatures_of_which_the_second_holds(names: Names) -> None:
    raw = sign(sign(PLAIN), "evil.example", key(1024, 3))
    assert said(raw, names=names).proof == "dkim zj.example"


def test_a_name_server_that_is_silent_is_a_temporary_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup, "ONE", 0.3)
    found = authenticate(sign(PLAIN), Trust(), NameServer("127.0.0.1:9"), NOW)
    assert (found.temporary, result(found, "dkim")) == (True, Result.TEMPERROR)


def test_a_name_server_that_is_silent_is_given_up_where_many_are_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup, "ONE", 0.3)
    server, begun = NameServer("127.0.0.1:9", gives_up_after=1), time.monotonic()
    for _ in range(20):
        assert authenticate(sign(PLAIN), Trust(), server, NOW).temporary
    assert time.monotonic() - begun < 5


def test_names_of_strangers_are_not_looked_up(names: Names) -> None:
    names.asked.clear()
    said(sign(PLAIN, "evil.example", key(1024, 3)), names=names)
    assert names.asked == []


@pytest.mark.parametrize("domain", ["zj.example", "list.example"])
def test_a_reply_must_be_written_to_the_address_that_it_came_to(domain: str, names: Names) -> None:
    raw = sign(PLAIN)
    assert said(raw, names=names, to="R@l.example").proof
    found = said(raw, names=names, to=f"r@{domain}")
    assert (found.proof, result(found, "to")) == ("", Result.FAIL)


@pytest.mark.parametrize(
    ("raw", "proven"),
    [
        (RESULTS + PLAIN, True),
        (RESULTS + OWN + OTHER + PLAIN, True),
        (OWN + RESULTS + OTHER + PLAIN, True),
        (OWN + OTHER + RESULTS + PLAIN, False),
        (OWN.replace(b"by mx.l", b"by store.l") + RESULTS + OTHER + PLAIN, True),
        (OWN.replace(b"by mx.l", b"by store.other.l") + RESULTS + OTHER + PLAIN, False),
        (OWN.replace(b"by mx.l.example", b"by localhost (filter, port 10024)") + RESULTS + OTHER + PLAIN, True),
        (OTHER + RESULTS + PLAIN, False),
        (b"Received: nonsense\r\n" + RESULTS + PLAIN, False),
        (RESULTS.replace(b"pass", b"none") + RESULTS + PLAIN, False),
        (RESULTS.replace(b"pass", b"fail") + RESULTS + PLAIN, False),
        (RESULTS + RESULTS.replace(b"pass", b"fail") + PLAIN, True),
        (RESULTS.replace(OURS.encode(), b"mx.evil.example") + RESULTS + PLAIN, True),
        (RESULTS.replace(b"dmarc=pass header.from", b"dkim=pass header.d") + PLAIN, True),
        (RESULTS.replace(b"dmarc=pass header.from", b"spf=pass smtp.mailfrom") + PLAIN, True),
        (RESULTS.replace(b"dmarc=pass header.from", b"spf=pass smtp.helo") + PLAIN, False),
        (RESULTS.replace(b"dmarc=pass header.from", b"arc=pass header.from") + PLAIN, False),
        (RESULTS.replace(b"; dmarc", b" 1; dmarc") + PLAIN, True),
        (RESULTS.replace(b"\r\n", b" ;\r\n") + PLAIN, True),
        (b"Return-Path: <a+b=c@zj.example>\r\n" + RESULTS + PLAIN, True),
        (b'Return-Path: <"a); dmarc=pass ("@evil.example>\r\n' + RESULTS + PLAIN, False),
        (RESULTS + OWN.replace(b"from a by", b"from a);dmarc=pass( (x [192.0.2.1]) by") + PLAIN, False),
        (RESULTS + OWN.replace(b"from a by", b"from mail.a.example (x [192.0.2.1]) by") + PLAIN, True),
        (RESULTS + b'DKIM-Signature: v=1; i="a); dmarc=pass ("@evil.example; d=evil.example\r\n' + PLAIN, False),
    ],
)
def test_only_the_topmost_header_of_our_own_server_counts(raw: bytes, proven: bool) -> None:
    assert bool(said(raw, Trust(authserv_id=OURS)).proof) is proven
    assert said(raw).proof == ""


def test_where_our_server_adds_its_header_last_it_must_stand_above_its_own_received() -> None:
    strict = Trust(authserv_id=OURS, on_top=True)
    assert said(RESULTS + OWN + PLAIN, strict).proof
    assert not said(OWN + RESULTS + PLAIN, strict).proof


def test_headers_are_believed_only_where_nobody_else_can_reach_the_receiver() -> None:
    alone = Settings(authserv_id=OURS)
    assert Trust.of(alone).authserv_id == OURS
    public = alone.model_copy(update={"receiver_host": "0.0.0.0"})
    assert Trust.of(public).authserv_id == ""
    assert Trust.of(public.model_copy(update={"receiver_peers": "10.0.0.2"})).authserv_id == OURS


def test_the_practice_key_counts_while_the_practice_mailbox_is_on(tmp_path: Path) -> None:
    (tmp_path / "practice-dkim.key").write_bytes(key())
    on = Settings(home=tmp_path)
    raw = sign(PLAIN, selector="practice")
    assert said(raw, Trust.of(on)).proof
    assert not said(raw, Trust.of(on.model_copy(update={"practice_mailbox": False}))).proof


@given(st.text("ab \t\n", max_size=40), st.booleans())
def test_the_canonical_text_is_that_of_the_library(text: str, relaxed: bool) -> None:
    body = text.replace("\n", "\r\n").encode()
    whole = body if body.endswith(b"\r\n") or not body else body + b"\r\n"  # it forgets blanks before the end
    policy = dkim.CanonicalizationPolicy.from_c_value(b"relaxed/relaxed" if relaxed else b"relaxed/simple")
    assert canonical(body, relaxed=relaxed) == policy.canonicalize_body(whole)


@given(st.binary(max_size=400))
def test_no_bytes_make_it_raise(raw: bytes) -> None:
    trust = Trust(authserv_id=OURS, sealers=("list.example",), keys=(("s1._domainkey.zj.example", record_of(key())),))
    for message in (raw, PLAIN[:-9] + raw, b"DKIM-Signature: " + raw + b"\r\n" + PLAIN, b"ARC-Seal: " + raw + PLAIN):
        assert not said(message, trust).proof
    assert not said(b"Authentication-Results: mx.l.example;" + raw.replace(b"pass", b"") + b"\r\n" + PLAIN, trust).proof


@given(st.integers(0, 400), st.integers(0, 255))
def test_no_changed_byte_of_a_signed_message_passes_unseen(n: int, byte: int) -> None:
    trust = Trust(keys=(("s1._domainkey.zj.example", record_of(key())),))
    at = len(SIGNED) - 1 - n % len(PLAIN)
    changed = SIGNED[:at] + bytes([byte]) + SIGNED[at + 1 :]
    same = b" ".join(changed.split()).lower() == b" ".join(SIGNED.split()).lower()
    assert same or not said(changed, trust).proof


SIGNED = sign(PLAIN)


@pytest.mark.parametrize(
    "raw",
    [
        SIGNED + b" " * 24_000_000,
        SIGNED + b" x" * 12_000_000,
        SIGNED + b"\r\n" * 12_000_000,
        b"DKIM-Signature: v=1; d=zj.example; s=s1; a=rsa-sha256; b=" + b" " * 100_000 + b"\r\n" + PLAIN,
        b"Authentication-Results: mx.l.example" + b"(" * 100_000 + b"\r\n" + PLAIN,
        b"".join(b"Authentication-Results: %s\r\n" % (b"(" * 1900 + b")" * 1900) for _ in range(50)) + PLAIN,
        b"DKIM-Signature: v=1; d=zj.example; s=s1\r\n" * 900 + PLAIN,
    ],
    ids=["blanks", "words", "lines", "signature", "comment", "comments", "signatures"],
)
def test_nothing_makes_it_slow(raw: bytes) -> None:
    trust = Trust(authserv_id=OURS, keys=(("s1._domainkey.zj.example", record_of(key())),))
    begun = time.process_time()
    said(raw, trust)
    assert time.process_time() - begun < 2


@pytest.mark.parametrize(
    "results",
    [
        "dkim=pass (2048-bit key; unprotected) header.d=zj.example header.i=@zj.example header.a=rsa-sha256 header.s=a "
        'header.b="KGX9+/BC";\r\n\tdkim-atps=neutral',
        "dkim=pass header.d=zj.example header.s=s1 header.b=abc123;\r\n\tspf=pass (mx.l.example: domain of a@zj.example"
        " designates 192.0.2.1 as permitted sender) smtp.mailfrom=a@zj.example",
        "dmarc=pass (p=none dis=none) header.from=zj.example",
        "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=zj.example; dkim=pass (signature was verified)"
        " header.d=zj.example;dmarc=pass action=none header.from=zj.example;compauth=pass reason=100",
        "dkim=pass header.i=@zj.example header.s=s1 header.b=AbCdEf12;\r\n\tspf=none (mx.l.example: 192.0.2.1 is"
        " neither permitted nor denied by best guess record for domain of a@zj.example) smtp.mailfrom=a@zj.example",
    ],
    ids=["OpenDKIM", "rspamd", "OpenDMARC", "Exchange", "Gmail, of a domain without DMARC"],
)
def test_headers_are_read_as_servers_write_them(results: str) -> None:
    raw = f"Authentication-Results: {OURS};\r\n\t{results}\r\n".encode() + OWN + OTHER + PLAIN
    assert said(raw, Trust(authserv_id=OURS)).proof
