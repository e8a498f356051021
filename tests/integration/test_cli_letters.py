"""`liandong letter` and `liandong dkim` as an operator runs them; the doctor looks at mail."""

import json
from pathlib import Path

import dkim
import pytest
from dnslib import RR
from dnslib.server import BaseResolver, DNSRecord, DNSServer

from approvals import dead_letters, outbox
from approvals.database import Database
from approvals.dead_letters import LetterNotDead, UnknownLetter
from approvals.late import stuck
from cli.doctor import examine
from models.event import EventKind
from models.settings import Settings
from models.states import LetterState
from notifications.sending.signing import make_key
from tests.integration.mail_fixtures import smtp_server
from tests.integration.test_sender import every, write
from tests.support.command import Command
from tests.support.desk import Desk

SQLITE = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


async def given_up(desk: Desk) -> tuple[str, str]:
    """Return the id of a letter about an application that was given up, and the application's number."""
    await desk.submit()
    (asked,) = await desk.asked("@county:330110")
    await desk.db.write(outbox.fail, asked.id, "550 5.1.1 No such person")
    await desk.db.write(stuck.flag_stuck_letters, desk.office, desk.clock())
    return asked.id, asked.facts["number"]


async def test_a_dead_letter_goes_again_as_it_is_and_the_chain_knows(desk: Desk) -> None:
    dead, _ = await given_up(desk)
    before = next(one for one in await every(desk.db) if one.id == dead)
    (listed,) = await desk.db.read(dead_letters.listing, [LetterState.FAILED])
    assert (listed.id, listed.last_error) == (dead, "550 5.1.1 No such person")
    assert await desk.db.write(dead_letters.retry_all, "operator:li", desk.clock.tick()) == [dead]
    after = next(one for one in await every(desk.db) if one.id == dead)
    assert (after.state, after.tries, after.flagged) == (LetterState.QUEUED, 0, False)
    assert (after.message_id, after.facts) == (before.message_id, before.facts)
    assert after.next_try_at == desk.clock()
    (event,) = await desk.events(EventKind.LETTER_RETRIED)
    assert (event.payload["letter"], event.payload["by"]) == (dead, "operator:li")
    assert await desk.verify() is None
    with pytest.raises(LetterNotDead):
        await desk.db.write(dead_letters.retry, [dead[:8]], "operator:li", desk.clock())


async def test_a_letter_that_fails_again_is_told_again(desk: Desk) -> None:
    dead, _ = await given_up(desk)
    await desk.db.write(dead_letters.retry, [dead], "operator:li", desk.clock.tick())
    await desk.db.write(outbox.fail, dead, "550 5.1.1 No such person")
    assert await desk.db.write(stuck.flag_stuck_letters, desk.office, desk.clock.tick()) == 1
    assert len(await desk.letters("stuck")) == 2
    assert len(await desk.events(EventKind.LETTER_FAILED)) == 2


async def test_a_letter_that_nobody_knows_stops_all(desk: Desk) -> None:
    dead, _ = await given_up(desk)
    for wrong in ("nobody", "%", "_", ""):
        with pytest.raises(UnknownLetter):
            await desk.db.write(dead_letters.retry, [dead, wrong], "operator:li", desk.clock())
    assert len(await desk.db.read(dead_letters.listing, [LetterState.FAILED])) == 1
    assert await desk.events(EventKind.LETTER_RETRIED) == []


async def test_letters_that_wait_their_turn_were_not_tried(db: Database, desk: Desk) -> None:
    await db.write(write, desk, 2)
    held = await db.write(outbox.claim, desk.clock(), 2, desk.clock() - desk.clock())
    later = desk.clock.tick(60)
    await db.write(outbox.defer, {one.id: later for one in held})
    assert {(one.tries, one.next_try_at) for one in await every(db)} == {(0, later)}
    count, oldest = await db.read(outbox.waiting)
    assert (count, oldest) == (2, held[0].written_at)


@SQLITE
async def test_letters_are_listed_shown_and_sent_again(desk: Desk, tmp_path: Path) -> None:
    dead, number = await given_up(desk)
    liandong = Command(tmp_path / "home")
    made, again, record, listed, fields, shown, raw, none, retried, twice = liandong.each(
        ["dkim", "new"],
        ["dkim", "new"],
        ["dkim", "show", "--json"],
        ["letter", "list", "--state", "failed"],
        ["letter", "list", "--application", number, "--json"],
        ["letter", "show", dead[:10]],
        ["letter", "show", dead, "--json"],
        ["letter", "retry"],
        ["letter", "retry", "--all"],
        ["letter", "retry", dead],
    )
    assert (made.code, "liandong._domainkey.liandong.example. IN TXT" in made.out) == (0, True)
    assert (again.code, "is there already" in again.error) == (1, True)
    assert json.loads(record.out)["value"].startswith("v=DKIM1; k=rsa; p=")
    assert (listed.code, "550 5.1.1" in listed.out, dead[:12] in listed.out) == (0, True, True)
    assert dead in {one["id"] for one in json.loads(fields.out)["letters"]}
    assert "DKIM-Signature: v=1" in shown.out
    assert number in json.loads(raw.out)["text"]
    assert (none.code, retried.code, twice.code) == (1, 0, 1)
    assert "1 letters wait to be sent again" in retried.out


@SQLITE
async def test_the_bytes_that_are_shown_hold_against_the_published_key(desk: Desk, tmp_path: Path) -> None:
    dead, _ = await given_up(desk)
    liandong = Command(tmp_path / "home")
    _, record = liandong.each(["dkim", "new"], ["dkim", "show", "--json"])
    shown = liandong("letter", "show", dead, "--raw")
    value = json.loads(record.out)["value"].encode()
    raw = shown.out.encode().replace(b"\n", b"\r\n")  # text mode has made them \n
    assert dkim.verify(raw, dnsfunc=lambda name, timeout=5: value)


@SQLITE
async def test_a_letter_that_cannot_go_out_says_why(desk: Desk, tmp_path: Path) -> None:
    (bad,) = await desk.db.write(write, desk, facts={})
    liandong = Command(tmp_path / "home")
    liandong.env["LIANDONG_DKIM_KEY_FILE"] = str(tmp_path / "missing.pem")
    shown, unknown, unsigned = liandong.each(["letter", "show", bad], ["letter", "show", "nobody"], ["dkim", "show"])
    assert (shown.code, "cannot be rendered" in shown.error) == (1, True)
    assert (unknown.code, "There is no letter" in unknown.error) == (1, True)
    assert (unsigned.code, "no such file" in unsigned.error) == (1, True)


class Published(BaseResolver):  # type: ignore[misc]
    """A name server with one record, in two strings."""

    def __init__(self) -> None:
        self.record = ""

    def resolve(self, request: DNSRecord, handler: object) -> DNSRecord:
        answer = request.reply()
        if self.record:
            strings = f'"{self.record[:200]}" "{self.record[200:]}"'
            answer.add_answer(*RR.fromZone(f"{request.q.qname} 60 TXT {strings}"))
        return answer


@SQLITE
async def test_the_doctor_compares_the_published_key_and_logs_in(settings: Settings) -> None:
    names = Published()
    server = DNSServer(names, address="127.0.0.1", port=0)
    server.start_thread()
    try:
        port = server.server.server_address[1]
        here = settings.model_copy(update={"dns_server": f"127.0.0.1:{port}", "practice_mailbox": False})

        async def found(what: str) -> tuple[bool, bool, str]:
            return next((f.fine, f.warns, f.en) for f in await examine(here) if f.what == what)

        assert (await found("签名 DKIM"))[:2] == (True, True)
        key = make_key(settings)
        assert "is not found" in (await found("签名 DKIM"))[2]
        names.record = key.record.replace("p=", "p=AAAA")
        assert "publishes another key" in (await found("签名 DKIM"))[2]
        names.record = key.record
        assert await found("签名 DKIM") == (True, False, "is published")
        assert not (await found("SMTP"))[0]
        async with smtp_server(settings):
            assert (await found("SMTP"))[0]
    finally:
        server.stop()
        server.server.server_close()
