"""What liars write to seem somebody else, found by reading the literature: each table is named after what it tries.

Chen, Paxson, Jiang, "Composition Kills" (USENIX Security 2020); Shen et al., "Weak Links in Authentication Chains"
(USENIX Security 2021). All of it is judged as `liandong mail judge` does, which is what the receiver does.
"""

import base64
import datetime as dt

import pytest

from notifications.authentic import Trust
from notifications.authentic.practice_key import record_of
from notifications.judging.verdicts import Judged, Verdict, supposed, would_do
from tests.support.other_servers import FIELDS, key, sign

NOW = dt.datetime(2026, 11, 23, 1, 0, tzinfo=dt.UTC)
OURS, BOSS, TO = "mx.l.example", "boss@zj.example", f"reply+{'a' * 40}@l.example"
KEYS = {"zj.example": key(), "evil.example": key(1024, 1)}
TRUST = Trust(OURS, keys=tuple((f"s1._domainkey.{domain}", record_of(pem)) for domain, pem in KEYS.items()))
BY_OURS = f"Received: from evil.example (evil.example [192.0.2.9]) by {OURS} (Postfix) with ESMTP id 1; Mon\r\n"
#: As Gmail signs: not what the text is.
UNTYPED = tuple(name for name in FIELDS if name not in ("content-type", "mime-version"))


def mail(text: str = "同意\r\n", sender: str = BOSS, kind: str = "text/plain; charset=utf-8", more: str = "") -> bytes:
    head = f"From: {sender}\r\nTo: {TO}\r\nSubject: x\r\nDate: Mon, 23 Nov 2026 09:00:00 +0800\r\n"
    return f"{head}Message-ID: <1@x>\r\n{more}MIME-Version: 1.0\r\nContent-Type: {kind}\r\n\r\n{text}".encode()


def seen(results: str, raw: bytes, hops: str = BY_OURS) -> bytes:
    """Return a message as our own mail server hands it on."""
    return f"Authentication-Results: {OURS}; {results}\r\n{hops}".encode() + raw


def judged(raw: bytes) -> Judged:
    return would_do(raw, supposed(BOSS, TO, "", NOW), TRUST, None)


def test_what_nobody_has_touched_decides() -> None:
    assert judged(sign(mail())).verdict is Verdict.APPROVE
    assert judged(seen("dmarc=pass header.from=zj.example", mail())).verdict is Verdict.APPROVE
    for name in (
        "王 局长",
        '"Wang, Boss (x)"',
        "=?utf-8?b?546L?=",
        "Wang (科技厅)",
        "Dr. Wang",
        "",
        '"thief@evil.example"',
        BOSS,
    ):
        assert judged(sign(mail(sender=f"{name} <{BOSS}>"))).verdict is Verdict.APPROVE, name
    assert judged(sign(mail(sender=f"{BOSS} (Wang)"))).verdict is Verdict.APPROVE


SIGNED_SO = [
    ("zj.example(.evil.example", "a)", "dkim=pass header.d=zj.example(.evil.example header.s=a) header.b=x"),
    ("zj.example(.evil.example", "a", "dkim=pass header.d=zj.example(.evil.example (2048-bit key) header.b=x"),
    ('zj.example".evil.example', "a", 'dkim=pass header.d=zj.example".evil.example'),
    ("zj.example\\.evil.example", "a", "dkim=pass header.d=zj.example\\.evil.example"),
    ("evil.example", "a header.d=zj.example", "dkim=pass header.d=evil.example header.s=a header.d=zj.example"),
    ("evil.example", "a)", "dkim=pass (s=a) header.d=zj.example"),
    ("evil.example", "a,b", "dkim=pass header.d=zj.example header.s=a,b"),
]


@pytest.mark.parametrize("field", ["DKIM-Signature", "ARC-Seal", "ARC-Message-Signature"])
@pytest.mark.parametrize("padding", ["", f"z={'x' * 2_000}; "])
def test_a_domain_or_selector_of_a_signature_that_our_server_repeats_as_a_result(field: str, padding: str) -> None:
    for domain, selector, results in SIGNED_SO:
        signature = f"{field}: v=1; {padding}d={domain}; s={selector}; h=from:to:subject:date; bh=x; b=y\r\n"
        assert judged(seen(results, signature.encode() + mail())).verdict is Verdict.FORGED, results


def test_a_signature_among_many_that_our_server_repeats_as_a_result() -> None:
    many = "DKIM-Signature: v=1; d=evil.example; s=a; b=y\r\n" * 30
    bad = "DKIM-Signature: v=1; d=zj.example(.evil.example; s=a); b=y\r\n"
    said = "dkim=pass header.d=zj.example(.evil.example header.s=a) header.b=x"
    assert judged(seen(said, (many + bad).encode() + mail())).verdict is Verdict.FORGED


def test_a_name_given_to_a_server_of_ours_that_is_not_the_last() -> None:
    helo = BY_OURS.replace("from evil.example", "from a);dkim=pass(header.d=zj.example")
    within = f"Received: from localhost (localhost [127.0.0.1]) by {OURS} (filter) with ESMTP id 2; Mon\r\n"
    said = "spf=none smtp.helo=a); dkim=pass (x) header.d=zj.example"
    assert judged(seen(said, mail(), within + helo)).verdict is Verdict.FORGED


RESULTS = [
    "dkim=pass header.d=evil.example header.d=zj.example",
    "dmarc=pass header.from=evil.example header.from=zj.example",
    "spf=pass smtp.mailfrom=evil.example smtp.mailfrom=zj.example",
    "dmarc=pass",
    "dmarc=pass header.from=evil.example; dmarc=pass header.from=zj.example",
    "dmarc=none header.from=evil.example; dkim=pass header.d=zj.example",
    "dmarc=bestguesspass header.from=zj.example",
    "dkim=pass header.d=example",
    "dkim=pass header.d=.zj.example",
    "dkim=pass header.d=zj.example.cn",
    "dkim=pass header.d=xzj.example",
    "spf=pass smtp.mailfrom=boss@zj.example@evil.example",
    "spf=pass smtp.mailfrom=boss%40zj.example@evil.example",
    "spf=pass smtp.mailfrom=a@evil.example,boss@zj.example",
    "spf=softfail smtp.mailfrom=boss@zj.example",
    "sender-id=pass header.from=boss@zj.example",
    "auth=pass smtp.auth=boss@zj.example",
    "iprev=pass policy.iprev=192.0.2.9",
    "dkim-adsp=pass header.from=boss@zj.example",
    "dkim-atps=pass header.d=zj.example",
    "arc=pass header.oldest-pass=1",
    "compauth=pass reason=100",
    "x-dmarc=pass header.from=zj.example",
]


@pytest.mark.parametrize("name", [f'"{OURS} evil"', f'"{OURS};"', f'"{OURS}"evil', f"{OURS}(x)evil", f"{OURS}\\"])
def test_a_name_of_a_server_that_begins_like_ours(name: str) -> None:
    header = f"Authentication-Results: {name}; dmarc=pass header.from=zj.example\r\n"
    assert judged(header.encode() + mail()).verdict is Verdict.FORGED


@pytest.mark.parametrize("results", RESULTS)
def test_results_of_our_own_server_that_are_not_about_the_person_asked(results: str) -> None:
    assert judged(seen(results, mail())).verdict is Verdict.FORGED


SENDERS = [
    f"x: {BOSS};",
    f"<@evil.example:{BOSS}>",
    f"<@evil.example,@b:{BOSS}>",
    f'<"a b"@evil.example>, {BOSS}',
    f"thief＠evil.example, {BOSS}",
    f"thief＠evil.example <{BOSS}>",
    f"{BOSS} thief@evil.example",
    f"=?utf-8?q?thief=40evil=2Eexample?=, {BOSS}",
    f"<=?utf-8?q?thief=40evil.example?=>, <{BOSS}>",
    f"<{BOSS}",
    f"<<{BOSS}>>",
    f"<>, {BOSS}",
    f",{BOSS}",
    f"{BOSS},",
    "boss(thief@evil.example)@zj.example",
    "boss@zj(x).example",
    f"{BOSS}(,thief@evil.example",
    "boss @ zj.example",
    '"boss"@zj.example',
    f"mailto:{BOSS}",
    f"boss@[127.0.0.1], {BOSS}",
    f"thief@evil.example <{BOSS}>",
    f"{BOSS}\0@evil.example",
    "boss@zj。example",
    "BO\u017f\u017f@zj.example",
    "thief%evil.example@zj.example",
    "evil.example!boss@zj.example",
    f"{BOSS}@evil.example",
    f"x@{BOSS}",
]


@pytest.mark.parametrize("sender", SENDERS)
def test_a_from_in_which_programs_see_different_addresses(sender: str) -> None:
    assert judged(sign(mail(sender=sender))).verdict is Verdict.FORGED
    assert judged(seen("dmarc=pass header.from=zj.example", mail(sender=sender))).verdict is Verdict.FORGED


def below(raw: bytes, line: str) -> bytes:
    """Return a message with a further line at the end of its header."""
    head, _, text = raw.partition(b"\r\n\r\n")
    return head + b"\r\n" + line.encode() + b"\r\n\r\n" + text


LINES = [
    "From : thief@evil.example",
    "From thief@evil.example Mon",
    ">From x",
    "Subject : x",
    "From\t: a@b.example",
    ": x",
]


@pytest.mark.parametrize("line", LINES)
def test_a_line_of_the_header_that_some_programs_take_for_a_field_and_others_for_text(line: str) -> None:
    assert judged(below(sign(mail()), line)).verdict is Verdict.FORGED
    if line[:6] != "From t":  # on top it is how a file of messages begins
        assert judged(line.encode() + b"\r\n" + sign(mail())).verdict is Verdict.FORGED


def test_a_command_on_a_line_of_the_header_that_no_signature_covers() -> None:
    more = "Content-Transfer-Encoding: base64\r\n"
    raw = sign(mail(base64.b64encode("收到，明天看\r\n".encode()).decode() + "\r\n", more=more))
    planted = base64.b64encode(" <a@b.cn> 写道：\n> x\n同意\n  ".encode()).decode()
    assert judged(below(raw, f"From {planted}")).verdict is Verdict.FORGED


#: In what a person quotes without marks, as Outlook does: it would be a part under another boundary.
QUOTED = "请补充材料\r\n\r\n-----原始邮件-----\r\n--x\r\n\r\n同意\r\n--x--\r\n"


def test_another_boundary_under_a_signature_that_does_not_cover_it() -> None:
    plain = sign(mail(QUOTED), fields=UNTYPED).replace(b"text/plain; charset=utf-8", b"multipart/mixed; boundary=x")
    parts = f"--a\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{QUOTED}\r\n--a--\r\n"
    inner = sign(mail(parts, kind="multipart/mixed; boundary=a"), fields=UNTYPED).replace(b"boundary=a", b"boundary=x")
    for raw in (plain, inner):
        assert "content-type" in judged(raw).why
        assert judged(seen("dkim=pass header.d=zj.example", raw)).verdict is Verdict.FORGED


@pytest.mark.parametrize("above", ["", "\r\n", "This is a multi-part message in MIME format.\r\n\r\n"])
def test_parts_that_begin_where_they_say_need_no_signature_over_their_type(above: str) -> None:
    parts = f"{above}--a\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n同意\r\n--a--\r\n"
    assert judged(sign(mail(parts, kind='multipart/mixed; boundary="a"'), fields=UNTYPED)).verdict is Verdict.APPROVE


def test_a_message_to_somebody_else_whose_signature_leaves_out_whom_it_was_for() -> None:
    raw = sign(mail(), fields=("from", "subject", "date", "message-id", "content-type", "mime-version"))
    assert "does not cover the field to" in judged(raw).why
    said = "dkim=pass header.d=zj.example; dmarc=pass header.from=zj.example"
    assert judged(seen(said, raw)).verdict is Verdict.FORGED
    assert judged(seen(f"spf=pass smtp.mailfrom={BOSS}; {said}", raw)).verdict is Verdict.APPROVE


def test_a_domain_that_older_rules_take_for_another() -> None:
    other, trust = (
        "boss@stra\u00dfe.example",
        Trust(keys=(("s1._domainkey.strasse.example", record_of(KEYS["evil.example"])),)),
    )
    raw = sign(mail(sender=other), "strasse.example", KEYS["evil.example"])
    assert would_do(raw, supposed(other, TO, "", NOW), trust, None).verdict is Verdict.FORGED
