"""Applications decided wholly through Postfix, OpenDKIM and Dovecot, by letters that mutt, s-nail and swaks wrote.

Ours are configured as ``deploy/mail`` ships it; the officials have a mail server of their own, as
somebody else runs it.
"""

import asyncio
import base64
import datetime as dt
import os
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from approvals.directory import import_officers
from approvals.mail_queries import Mail, mails
from cli.up import Part
from models.files.directory_file import Entry
from models.settings import Settings
from models.states import ApplicationState, Channel, MailState
from notifications.sending.signing import make_key
from tests.acceptance.test_the_chain import PORTS, small_consortium
from tests.support.desk import hangzhou_directory
from tests.support.installation import Installation, installation, logs, readable, until
from tests.support.mail_servers.clients import login, reply_with_mutt, reply_with_s_nail, send_with_swaks
from tests.support.mail_servers.post_office import OURS, STRANGER, PostOffice, post_office
from tests.support.mail_servers.postfix import settings_in
from tests.support.postgres import free_ports

pytestmark = [pytest.mark.acceptance, pytest.mark.asyncio(loop_scope="module")]

COUNTY, CITY, KJT, FGW, CZT = (f"{who}@zj.example" for who in ("330110", "330100", "kjt", "fgw", "czt"))
#: The county's officer is listed with an address that the officials' server does not know any more.
GONE = "retired@zj.example"
APPLICANT, OPERATOR = "wang.fang@shenlan.example", "operator@zj.example"
PEOPLE = {entry.email: entry.name for entry in hangzhou_directory()} | {APPLICANT: "王芳", OPERATOR: "系统管理员"}


def settings_behind(office: PostOffice, **changes: Any) -> Settings:
    """Return what ``deploy/mail/liandong.env`` says, with this test's ports and files."""
    said = {key.removeprefix("LIANDONG_").lower(): value for key, value in settings_in(OURS / "liandong.env").items()}
    ports = dict(zip(PORTS, free_ports(len(PORTS)), strict=True))
    own = {"home": office.folder / "home", "operator_email": OPERATOR}
    return Settings.model_validate(said | ports | own | office.settings | changes)


@dataclass
class Town:
    """An installation, the mail servers around it, and its people at their screens."""

    here: Installation
    office: PostOffice

    async def letter(self, address: str, *words: str, count: int = 1) -> bytes:
        """Return the newest letter with ``words`` in a mailbox in Dovecot, once there are ``count``."""

        async def arrived() -> list[bytes] | None:
            raw = await asyncio.to_thread(self.office.letters, address)
            found = [one for one in raw if all(word in readable(one) for word in words)]
            return found if len(found) >= count else None

        return (await until(arrived, f"letter {count} to {address} with {words}", 60))[-1]

    async def mutt(self, letter: bytes, address: str, text: str, **how: str) -> None:
        """Answer as somebody who reads mail with mutt."""
        folder = self.office.folder / "mutt" / address
        await asyncio.to_thread(reply_with_mutt, self.office.people[address], folder, letter, text, **how)

    async def s_nail(self, address: str, text: str, **how: str) -> None:
        """Answer the last letter as somebody who writes below what is quoted."""
        folder = self.office.folder / "s-nail" / address
        await asyncio.to_thread(reply_with_s_nail, self.office.people[address], folder, text, **how)

    async def swaks(self, letter: bytes, address: str, text: str) -> None:
        """Answer as a program of the 1990s does: GB2312, base64, the letter quoted behind bars."""
        raw = answer_by_hand(letter, address, text)
        file = self._file(raw)
        to, port = reply_to(letter), self.office.theirs["submission"]
        words = login(self.office.people[address])
        await asyncio.to_thread(send_with_swaks, file, port=port, sender=address, to=to, more=words)

    async def forged(self, letter: bytes, address: str, text: str, host: str, *headers: str) -> None:
        """Send from ``host`` what claims to be from ``address``, straight to our server."""
        file = self._file(answer_by_hand(letter, address, text, *headers))
        port, more = self.office.ours["mx"], ("--local-interface", host)
        await asyncio.to_thread(send_with_swaks, file, port=port, sender=address, to=reply_to(letter), more=more)

    async def judged(self, state: MailState, count: int = 1) -> list[Mail]:
        """Return what came in and was judged so, the newest first, once there are ``count``."""

        async def there() -> list[Mail] | None:
            found = await self.here.db.read(mails, state)
            return found if len(found) >= count else None

        return await until(there, f"{count} messages are {state}", 60)

    def _file(self, raw: bytes) -> Path:
        file = self.office.folder / "message"
        file.write_bytes(raw)
        return file


def reply_to(letter: bytes) -> str:
    """Return where a reply to ``letter`` goes."""
    return str(message_from_bytes(letter, policy=policy.default)["Reply-To"])


def answer_by_hand(letter: bytes, address: str, text: str, *headers: str) -> bytes:
    """Return the bytes of a reply that quotes the letter."""
    quoted = "".join(f"| {line}\n" for line in readable(letter).splitlines())
    body = base64.encodebytes(f"{text}\n\n------------------ 原始邮件 ------------------\n{quoted}".encode("gb18030"))
    lines = [
        *headers,
        f"From: {address}",
        f"To: {reply_to(letter)}",
        f"Subject: =?GB2312?B?{base64.b64encode('回复：请审批'.encode('gb2312')).decode()}?=",
        f"Date: {formatdate()}",
        f"Message-ID: <{dt.datetime.now(dt.UTC).timestamp()}@pc.zj.example>",
        f"In-Reply-To: {message_from_bytes(letter)['Message-ID']}",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=gb18030",
        "Content-Transfer-Encoding: base64",
        "",
    ]
    return "\n".join(lines).encode() + b"\n" + body


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town() -> AsyncIterator[Town]:
    if os.geteuid() != 0:
        pytest.skip("Postfix's master process must be root's: run as root, as .ci/run does in CI")
    with post_office(PEOPLE) as office:
        settings = settings_behind(office, dns_server="none")  # nothing proves a sender but what our OpenDKIM says
        with office.open(make_key(settings)):
            async with installation(settings) as here:
                unreachable = Entry(unit="@county:330110", name="余杭区", email=GONE, other_emails=[COUNTY])
                await here.db.write(import_officers, here.office, [unreachable], dt.datetime.now(dt.UTC), replace=True)
                yield Town(here, office)
                print(office.logs(), logs(settings))  # shown where a test failed


async def test_an_application_is_decided_through_postfix_opendkim_and_lmtp(town: Town) -> None:
    here = town.here
    number = (await here.submit(small_consortium("真实邮路"))).number

    # The county's first address is dead: Postfix reports it, and the letter goes to the next.
    first = await town.letter(COUNTY, number, "/d/")
    assert b"dkim=pass" in first.split(b"\nReceived: from mx.")[0], "their OpenDKIM proves our signature"
    (bounce,) = await town.judged(MailState.BOUNCE)
    assert "5.1.1" in bounce.why
    await town.mutt(first, COUNTY, "同意\n资料齐全。")
    await town.swaks(await town.letter(CITY, number, "/d/"), CITY, "同意\n请省科技厅审核。")

    # Somebody who has seen kjt's letter writes in its name, and brings the results of the checks along.
    asked = await town.letter(KJT, number, "/d/")
    # The second time it comes from our own machine.
    claims = ("mx.liandong.example; dkim=pass header.d=zj.example", "(ours) MX.liandong.example; dmarc=pass")
    for host, text in ((STRANGER, "不同意\n材料造假。"), ("127.0.0.1", "退回\n请补正。")):
        await town.forged(asked, KJT, text, host, *(f"Authentication-Results: {claim}" for claim in claims))
    parked = await town.judged(MailState.PARKED, 2)
    await town.letter(KJT, number, "不同意")  # the person asked is told
    open_stage = (await here.standing(number)).stages[-1]
    assert [(task.unit, task.outcome) for task in open_stage.tasks] == [("kjt", None)]
    for mail in parked:
        assert ("authentication-results", "fail") in {(check["name"], check["result"]) for check in mail.checks}

    await town.mutt(asked, KJT, "同意\n可以支持。", charset="gb18030")
    english = {"attribution": "On %d, %n wrote:", "charset": "us-ascii:utf-8"}
    await town.mutt(await town.letter(FGW, number, "/d/"), FGW, "Approve\nIn line with the plan.", **english)
    await _answered_while_the_receiver_is_away(town, await town.letter(CZT, number, "/d/"))
    await town.mutt(await town.letter(KJT, number, "/d/", count=2), KJT, "同意")
    await _awarded(town, number)
    for mail in await town.judged(MailState.DECIDED, 6):
        assert any("mx.liandong.example says dkim=pass for zj.example" in check["why"] for check in mail.checks)


async def _answered_while_the_receiver_is_away(town: Town, letter: bytes) -> None:
    receiver = town.here.parts["receiver"]
    await receiver.stop()
    await town.swaks(letter, CZT, "同意")
    log = town.office.folder / "their-postfix" / "postfix.log"

    async def put_off() -> bool | None:
        return "status=deferred" in log.read_text() or None

    await until(put_off, "the officials' server is asked to try again")
    await receiver.start()


async def test_our_server_takes_no_mail_for_others_and_none_that_no_letter_asked_for(town: Town) -> None:
    office = town.office
    message = office.folder / "stray"
    message.write_text("From: a@zj.example\nSubject: stray\n\nstray\n")
    nobody, others = f"reply+{'a' * 40}@liandong.example", "someone@elsewhere.example"
    for port, to, answer in (
        (office.ours["mx"], nobody, "550 5.1.1"),
        (office.ours["mx"], others, "554 5.7.1"),
        (office.ours["submission"], KJT, "530 5.7.0 Must issue a STARTTLS command first"),
    ):
        with pytest.raises(RuntimeError, match=answer):
            await asyncio.to_thread(send_with_swaks, message, port=port, sender=KJT, to=to)


async def _awarded(town: Town, number: str) -> None:
    await town.letter(APPLICANT, number, "/s/", "核定")
    standing = await town.here.standing(number)
    assert standing.state is ApplicationState.AWARDED
    assert Counter(task.channel for stage in standing.stages for task in stage.tasks) == {Channel.REPLY: 6}
    await town.here.verify(number)


async def test_an_application_is_decided_through_a_mailbox_that_is_read_by_imap(town: Town) -> None:
    here, office = town.here, town.office
    mailbox = {
        "imap_host": "localhost",
        "imap_port": office.ours["imaps"],
        "imap_user": "liandong",
        "imap_password_file": str(office.folder / "password"),
        "imap_ca_file": str(office.authority.file),
    }
    # Here nobody is believed: the keys are asked of the name server.
    changed = here.settings.model_copy(update=mailbox | {"authserv_id": "", "dns_server": office.dns})
    await here.parts.pop("receiver").stop()
    await asyncio.to_thread(office.into_the_mailbox)
    here.parts["imap"] = Part("imap", changed)
    await here.parts["imap"].start()
    try:
        number = (await here.submit(small_consortium("信箱收信"))).number
        for address, count in ((COUNTY, 1), (CITY, 1), (KJT, 1), (FGW, 1), (CZT, 1), (KJT, 2)):
            letter = await town.letter(address, number, "/d/", count=count)
            if address in (CITY, CZT):
                await town.s_nail(address, "同意\n请按程序办理。", charset="gb18030")
            else:
                await town.mutt(letter, address, "同意")
        await _awarded(town, number)
        await town.judged(MailState.BOUNCE, 2)
    finally:
        await here.parts["imap"].stop()
    newest = (await town.judged(MailState.DECIDED, 12))[:6]
    for mail in newest:
        assert any(check["name"] == "dkim" and check["result"] == "pass" for check in mail.checks), mail
