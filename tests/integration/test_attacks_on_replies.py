"""Attacks on replies, each over SMTP against the real receiver, with a real name server: what is tried is the name."""

from collections.abc import AsyncIterator, Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default

import aiosmtplib
import pytest

from approvals.database import Database
from models.event import EventKind
from models.inbound_mail import InboundMail
from models.letter import Letter
from models.settings import Settings
from models.states import MailState
from notifications.receiving.receiver import Receiver
from notifications.rendering.render import render
from tests.integration.mail_fixtures import as_sent, judged, reply_address, reply_to, running, send, stored, until
from tests.support.desk import Desk
from tests.support.other_servers import FIELDS, Names, key, name_server, short_key, sign

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
OURS = "mx.liandong.example"
PASS = f"Authentication-Results: {OURS}; dkim=pass header.d=zj.example; dmarc=pass header.from=zj.example\r\n"
FAIL = f"Authentication-Results: {OURS}; dkim=none; spf=fail smtp.mailfrom=evil.example; dmarc=fail\r\n"
BY_OURS = f"Received: from evil.example (evil.example [192.0.2.9]) by {OURS} (Postfix) with ESMTP id 1; Mon\r\n"
BY_OTHERS = "Received: from here by relay.evil.example with ESMTP id 2; Mon, 23 Nov 2026 09:00:00 +0800\r\n"


@pytest.fixture(scope="module")
def names() -> Iterator[Names]:
    with name_server() as server:
        server.publish("zj.example", key())
        server.publish("evil.example", key(1024, 1))
        server.publish("sub.evil.example", key(1024, 1))
        server.publish("other.zj.example", key(1024, 2))
        yield server


@pytest.fixture
def trusting(settings: Settings, names: Names) -> Settings:
    """An installation in earnest: no practice mailbox, a name server, a mail server of its own in front."""
    more = {"dns_server": names.address, "practice_mailbox": False, "authserv_id": OURS}
    return settings.model_copy(update=more)


@pytest.fixture(autouse=True)
async def receiver(trusting: Settings, db: Database, desk: Desk) -> AsyncIterator[Receiver]:
    made = Receiver(trusting, db, clock=desk.clock)
    async with running(made.run):
        yield made


class Door:
    """Sends messages as they are, and sees what became of them."""

    def __init__(self, settings: Settings, db: Database, desk: Desk, letter: Letter) -> None:
        self.settings, self.db, self.desk, self.letter = settings, db, desk, letter
        self.to, self.sent = reply_address(letter, settings), 0

    def plain(self, text: str = "同意\n", **headers: str) -> bytes:
        given = {"Date": "Mon, 23 Nov 2026 09:00:00 +0800"} | headers
        return reply_to(self.letter, self.settings, text, **given).as_bytes(policy=SMTP)

    async def send(self, raw: bytes, to: str = "") -> InboundMail:
        await send(self.settings, raw, to or self.to)
        self.sent += 1
        return (await judged(self.db, self.sent))[-1]

    async def is_refused(self, raw: bytes, *words: str) -> InboundMail:
        """See that nothing is decided, the person asked is told, and it is on the chain."""
        mail = await self.send(raw)
        assert mail.state is MailState.PARKED, mail.why
        assert all(word in mail.why for word in words), mail.why
        assert (await self.desk.standing()).position == 0
        (told,) = await self.desk.letters("parked")
        assert told.address == self.letter.address
        (event,) = await self.desk.events(EventKind.ANSWER_REFUSED)
        assert event.payload["officer"] == self.letter.address
        return mail

    async def decides(self, raw: bytes) -> str:
        """See that it decides; return what proved its sender, by the chain."""
        mail = await self.send(raw)
        assert mail.state is MailState.DECIDED, mail.why
        (event,) = await self.desk.events(EventKind.DECIDED)
        assert await self.desk.verify() is None
        return str(event.payload["authenticated"])


@pytest.fixture
def door(trusting: Settings, db: Database, desk: Desk, letter: Letter) -> Door:
    return Door(trusting, db, desk, letter)


async def test_a_reply_signed_by_the_domain_of_the_person_asked_decides(door: Door) -> None:
    assert await door.decides(sign(door.plain())) == "dkim zj.example"


async def test_a_reply_that_our_mail_server_found_proven_decides(door: Door) -> None:
    proof = await door.decides((PASS + BY_OURS).encode() + door.plain())
    assert proof == f"authentication-results {OURS} dmarc=pass for zj.example"


async def test_forged_from_without_a_signature(door: Door) -> None:
    mail = await door.is_refused(door.plain(), "not authenticated", "dkim=none")
    assert {check["name"]: check["result"] for check in mail.checks or []}["dkim"] == "none"


async def test_forged_from_signed_by_the_attackers_own_domain(door: Door) -> None:
    await door.is_refused(sign(door.plain(), "evil.example", key(1024, 1)), "signed by evil.example")


async def test_forged_from_signed_by_a_neighbour_of_the_same_organisation(
    door: Door, letter: Letter, names: Names
) -> None:
    raw = sign(door.plain(), "other.zj.example", key(1024, 2))
    names.records["_dmarc.zj.example"] = ["v=DMARC1; p=reject; adkim=s"]
    try:
        await door.is_refused(raw, "zj.example takes no signature of other.zj.example")
    finally:
        names.records.pop("_dmarc.zj.example")


async def test_a_reply_signed_by_a_host_below_the_domain_decides_where_the_domain_does_not_forbid_it(
    door: Door,
) -> None:
    assert await door.decides(sign(door.plain(), "other.zj.example", key(1024, 2))) == "dkim other.zj.example"


async def test_forged_from_signed_with_another_key_under_the_right_name(door: Door) -> None:
    await door.is_refused(sign(door.plain(), "zj.example", key(1024, 9)), "does not fit")


async def test_forged_authentication_results_of_our_name_below_the_hosts_of_others(door: Door) -> None:
    await door.is_refused((BY_OURS + BY_OTHERS + PASS).encode() + door.plain(), "not authenticated")


async def test_forged_authentication_results_below_the_real_ones(door: Door) -> None:
    await door.is_refused((FAIL + BY_OURS + PASS).encode() + door.plain(), "dmarc=fail")


async def test_forged_authentication_results_of_another_server(door: Door) -> None:
    forged = PASS.replace(OURS, "mx.evil.example") + PASS.replace(OURS, f"{OURS}.evil.example")
    await door.is_refused(forged.encode() + door.plain(), "there is no header")


DISGUISES = [
    f"Authentication-Results: mx.evil.example ({OURS}); dmarc=pass header.from=zj.example\r\n",
    f"Authentication-Results: ({OURS};) mx.evil.example; dmarc=pass header.from=zj.example\r\n",
    f"Authentication-Results: {OURS}; none (dmarc=pass header.from=zj.example)\r\n",
    f'Authentication-Results: {OURS}; dkim=fail (dkim=pass header.d=zj.example)\r\n reason="dmarc=pass"\r\n',
    f"Authentication-Results: {OURS}; dmarc=pass header.from=evil.example\r\n",
    f"Authentication-Results: {OURS}; dkim=pass header.d=evil.example; spf=pass smtp.mailfrom=evil.example\r\n",
    f"Authentication-Results: {OURS}; dkim=pass header.d=zj.example.evil.example\r\n",
    f"Authentication-Results: {OURS}; dkim=pass header.d=evil.example header.i=@zj.example\r\n",
    f"Authentication-Results: {OURS}; spf=pass smtp.helo=zj.example\r\n",
    f"Authentication-Results: {OURS}; dmarc=none header.from=zj.example; dkim=neutral header.d=zj.example\r\n",
    f"Authentication-Results: {OURS}; dkim=pass header.d=zj.example; dmarc=fail header.from=zj.example\r\n",
    f"X-Authentication-Results: {OURS}; dmarc=pass header.from=zj.example\r\n",
    f"Authentication-Results-Original: {OURS}; dmarc=pass header.from=zj.example\r\n",
    f"ARC-Authentication-Results: i=1; {OURS}; dmarc=pass header.from=zj.example\r\n",
    f"Authentication-Results: {OURS};;; dmarc=pass header.from=zj.example(((\r\n" + PASS,
]


async def test_authentication_results_in_disguise(door: Door) -> None:
    for n, forged in enumerate(DISGUISES):
        mail = await door.send(forged.encode() + door.plain(f"同意\n{'一' * n}"))
        assert (mail.state, mail.why[:17]) == (MailState.PARKED, "not authenticated"), forged
    assert (await door.desk.standing()).position == 0


async def test_authentication_results_with_comments_and_folds_are_read_all_the_same(door: Door) -> None:
    said = f"(a (b)) {OURS.upper()} (x)\r\n\t; dmarc = pass (p=none)\r\n header.from = zj.example\r\n"
    await door.decides(f"Authentication-Results: {said}".encode() + door.plain())


async def test_a_replayed_message_under_another_message_id(door: Door) -> None:
    raw = sign(door.plain(), fields=tuple(name for name in FIELDS if name != "message-id"))
    await door.decides(raw)
    door.desk.clock.tick(hours=1)
    again = raw.replace(b"Message-ID: <", b"Message-ID: <again-")
    assert (await door.send(again)).why == "AlreadyDecided"
    assert len(await door.desk.events(EventKind.DECIDED)) == 1


async def test_a_replayed_token_after_its_decision(door: Door) -> None:
    await door.decides(sign(door.plain()))
    door.desk.clock.tick(hours=1)
    mail = await door.send(sign(door.plain("不同意\n改主意了\n")))
    assert (mail.state, mail.why) == (MailState.NOT_COUNTED, "AlreadyDecided")


async def test_a_token_in_the_reply_of_another_person(door: Door) -> None:
    await door.is_refused(sign(door.plain(From="330106@zj.example")), "another address")


async def test_a_message_to_somebody_else_is_sent_on_to_the_secret_address(door: Door) -> None:
    await door.is_refused(sign(door.plain(To="colleague@zj.example")), "written to another address")


async def test_the_person_asked_is_named_in_another_header_than_from(door: Door) -> None:
    for n, name in enumerate(("Reply-To", "Sender", "Resent-From", "X-Original-From")):
        raw = door.plain(f"同意\n{'一' * n}", From="thief@evil.example", **{name: "330110@zj.example"})
        mail = await door.send(sign(raw, "evil.example", key(1024, 1)))
        assert mail.why == "from another address: thief@evil.example", name
    assert (await door.desk.standing()).position == 0


NAMED_BESIDE = [
    '"330110@zj.example" <thief@evil.example>',
    "=?utf-8?q?330110=40zj=2Eexample?= <thief@evil.example>",
    "thief@evil.example (330110@zj.example)",
    "330110@zj.example.evil.example",
    "330110@sub.evil.example, 330110@zj.example",
    "<330110@zj.example>, <thief@evil.example>",
]


async def test_the_person_asked_is_named_beside_the_address_in_from(door: Door) -> None:
    for n, sender in enumerate(NAMED_BESIDE):
        raw = door.plain(f"同意\n{'一' * n}").replace(b"From: 330110@zj.example", b"From: " + sender.encode())
        mail = await door.send(sign(raw, "evil.example", key(1024, 1)))
        assert mail.state is MailState.PARKED, sender
    assert (await door.desk.standing()).position == 0


async def test_two_from_headers_of_which_one_is_signed(door: Door) -> None:
    raw = sign(door.plain(From="thief@evil.example"), "evil.example", key(1024, 1))
    await door.is_refused(b"From: 330110@zj.example\r\n" + raw)


async def test_a_second_from_added_on_top_after_signing(door: Door) -> None:
    await door.is_refused(b"From: 330110@zj.example\r\n" + sign(door.plain()), "more than one from")


async def test_a_header_added_after_signing(door: Door) -> None:
    for n, added in enumerate(("Subject: x", "To: a@b.example", 'Content-Type: text/plain; charset="utf-7"')):
        mail = await door.send(f"{added}\r\n".encode() + sign(door.plain(f"同意\n{'一' * n}")))
        assert (mail.state, "more than one" in mail.why) == (MailState.PARKED, True), added
    assert (await door.desk.standing()).position == 0


async def test_a_header_that_the_signature_leaves_out(door: Door) -> None:
    raw = sign(door.plain(), fields=("from", "to", "date"))
    await door.is_refused(raw.replace(b"Subject: ", b"Subject: forged "), "does not cover the field subject")


async def test_text_appended_behind_the_length_that_is_signed(door: Door) -> None:
    await door.is_refused(sign(door.plain("退\n"), length=True) + "\r\n同意\r\n".encode(), "l=")


async def test_text_appended_that_our_mail_server_took_for_signed(door: Door) -> None:
    raw = PASS.encode() + sign(door.plain(), length=True) + "\r\n同意\r\n".encode()
    await door.is_refused(raw, "leaves the end of the text unsigned")


async def test_a_bare_cr_that_ends_the_headers_for_one_program_and_not_for_another(door: Door) -> None:
    raw = b"X-Note: a\r\r" + "不同意\r\r我不同意\r".encode() + b"\r\n" + sign(door.plain())
    mail = await door.send(raw)
    assert mail.state is MailState.PARKED
    assert (await door.desk.standing()).position == 0


async def test_a_key_that_is_too_short(door: Door, names: Names) -> None:
    short, record = short_key()
    names.records["short._domainkey.zj.example"] = [record]
    await door.is_refused(sign(door.plain(), private=short, selector="short"), "too small")


async def test_a_signature_that_had_expired(door: Door) -> None:
    await door.is_refused(sign(door.plain(), x="1600000000"), "had expired")


async def test_a_key_that_was_revoked_and_one_in_test_mode(door: Door, names: Names) -> None:
    names.records["gone._domainkey.zj.example"] = ["v=DKIM1; p="]
    names.publish("zj.example", key(), selector="test", more="t=y; ")
    raw = sign(sign(door.plain(), selector="gone"), selector="test")
    mail = await door.is_refused(raw, "only tests")
    assert "revoked" in mail.why


async def test_a_gateway_that_changes_the_text_breaks_the_signature_and_the_person_is_told(door: Door) -> None:
    raw = sign(door.plain()) + b"-- \r\nThis message was scanned.\r\n"
    mail = await door.is_refused(raw, "the text was changed after it was signed")
    (told,) = await door.desk.letters("parked")
    assert mail.sender == told.address == "330110@zj.example"
    for language, words in (("zh", "无法证明来信出自该邮箱"), ("en", "nothing proves that it came from there")):
        told.language = language
        written = message_from_bytes(render(told, door.settings), policy=default)
        assert isinstance(written, EmailMessage)
        body = written.get_body(("plain",))
        assert body is not None
        assert words in body.get_content().replace("\n", " ")


async def test_a_machine_that_is_none_of_our_mail_servers_hands_mail_to_the_receiver(
    trusting: Settings, db: Database, desk: Desk, letter: Letter
) -> None:
    free = trusting.model_copy(update={"receiver_port": 0, "receiver_peers": "192.0.2.1, 192.0.2.2"})
    made = Receiver(free, db, clock=desk.clock)
    async with running(made.run):
        there = free.model_copy(update={"receiver_port": await made.port})
        with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as refused:
            await send(there, reply_to(letter, there, "同意\n"))
    assert refused.value.recipients[0].code == 550
    assert await stored(db) == []


async def test_a_signature_of_a_name_server_that_is_away_waits_and_is_judged_later(door: Door, names: Names) -> None:
    name = "s1._domainkey.zj.example"
    names.broken.add(name)
    try:
        await send(door.settings, sign(door.plain()), door.to)

        async def waits() -> bool:
            return any((mail.why or "").startswith("waits: ") for mail in await stored(door.db))

        await until(waits)
        assert (await door.desk.standing()).position == 0
        assert await door.desk.letters("parked") == []
    finally:
        names.broken.discard(name)
    door.desk.clock.tick(minutes=2)
    (mail,) = await judged(door.db)
    assert mail.state is MailState.DECIDED


async def test_a_name_server_that_stays_away_leaves_the_reply_to_a_person(door: Door, names: Names) -> None:
    names.broken.add("far._domainkey.zj.example")
    await send(door.settings, sign(door.plain(), selector="far"), door.to)
    door.desk.clock.tick(hours=25)
    (mail,) = await judged(door.db)
    assert mail.state is MailState.PARKED
    assert len(await door.desk.letters("parked")) == 1


async def test_the_key_of_the_practice_mailbox_after_it_was_switched_off(door: Door) -> None:
    message = message_from_bytes(door.plain(), policy=default)
    assert isinstance(message, EmailMessage)
    await door.is_refused(as_sent(door.settings, message), "0 keys")


async def test_a_flood_of_forged_replies_tells_the_person_five_times_a_day(door: Door) -> None:
    for n in range(8):
        await door.send(door.plain(f"同意 第{'一二三四五六七八'[n]}次\n"))
    assert len(await door.desk.letters("parked")) == 5
    assert len(await door.desk.events(EventKind.ANSWER_REFUSED)) == 8
