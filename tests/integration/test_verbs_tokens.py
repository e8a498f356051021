"""Tokens that do not open the door: each leaves one event and changes nothing else."""

from typing import Any

import pytest
from sqlmodel import select

from approvals.transaction import Transaction
from models.application import Application
from models.event import EventKind
from models.secrets import derive_token, new_nonce
from models.states import Channel, Outcome, Purpose
from models.tables import Decision, Letter, Pledge, Stage, Task, Token
from tests.support.desk import NONCE, Desk, error_of

COUNTY = "@county:330110"


async def snapshot(desk: Desk) -> Any:
    """Everything but the chain of events."""

    def query(tx: Transaction) -> Any:
        tables = (Application, Stage, Task, Decision, Pledge, Letter)
        rows = [[row.model_dump() for row in tx.exec(select(table))] for table in tables]
        for app in rows[0]:
            app.pop("head"), app.pop("event_count")
        return [sorted(table, key=str) for table in rows]

    return await desk.db.read(query)


async def refused_alone(desk: Desk, token: str, channel: Channel = Channel.REPLY) -> tuple[str, dict[str, Any]]:
    """Present ``token``; return the error and the one event that it left, after seeing that nothing else changed."""
    before, chain = await snapshot(desk), await desk.events()
    error = type(error_of(await desk.present(token, Outcome.REFUSE, "不同意", channel=channel))).__name__
    assert await snapshot(desk) == before
    (*earlier, event) = await desk.events()
    assert earlier == chain
    assert event.kind is EventKind.ANSWER_REFUSED
    assert event.payload["why"] == error
    assert await desk.verify() is None
    return error, event.payload


async def test_a_used_token(desk: Desk) -> None:
    await desk.submit()
    (token,) = await desk.tokens_of(COUNTY, Channel.REPLY)
    await desk.present(token)
    error, payload = await refused_alone(desk, token)
    assert error == "AlreadyDecided"
    assert payload["officer"] == "330110@zj.example"


async def test_the_link_is_used_up_by_the_reply(desk: Desk) -> None:
    await desk.submit()
    await desk.answer(COUNTY, channel=Channel.REPLY)
    (link,) = await desk.tokens_of(COUNTY, Channel.LINK)
    assert (await refused_alone(desk, link, Channel.LINK))[0] == "AlreadyDecided"


async def test_an_expired_token(desk: Desk) -> None:
    await desk.submit()
    (token,) = await desk.tokens_of(COUNTY, Channel.REPLY)
    desk.clock.tick(days=7 + 60, hours=9)
    assert (await refused_alone(desk, token))[0] == "ExpiredToken"


async def test_a_token_lives_until_sixty_days_after_its_date(desk: Desk) -> None:
    await desk.submit()
    (token,) = await desk.tokens_of(COUNTY, Channel.REPLY)
    desk.clock.tick(days=7 + 60, hours=8, minutes=59)
    assert (await desk.present(token)).number is not None
    assert (await desk.standing()).position == 1


async def test_an_altered_token(desk: Desk) -> None:
    await desk.submit()
    (token,) = await desk.tokens_of(COUNTY, Channel.REPLY)
    altered = token[:-1] + ("a" if token[-1] != "a" else "b")
    assert (await refused_alone(desk, altered))[0] == "UnknownToken"
    assert (await refused_alone(desk, token[:39]))[0] == "UnknownToken"


@pytest.mark.parametrize("channel", list(NONCE))
async def test_a_token_at_the_other_door(desk: Desk, channel: Channel) -> None:
    await desk.submit()
    (token,) = await desk.tokens_of(COUNTY, channel)
    other = Channel.LINK if channel is Channel.REPLY else Channel.REPLY
    assert (await refused_alone(desk, token, other))[0] == "UnknownToken"


@pytest.mark.parametrize("channel", list(NONCE))
async def test_an_applicants_token_at_an_officers_door(desk: Desk, channel: Channel) -> None:
    await desk.submit()
    (letter,) = await desk.letters("submitted")
    token = derive_token(desk.office.key, Purpose.STATUS, letter.facts["status_nonce"])
    assert (await refused_alone(desk, token, channel))[0] == "UnknownToken"


async def test_a_token_of_a_stage_that_has_closed(desk: Desk) -> None:
    await desk.submit()
    await desk.approve_until("fgw")
    (token,) = await desk.tokens_of("czt", Channel.REPLY)
    await desk.answer("fgw", Outcome.REFUSE, "不同意")
    assert (await refused_alone(desk, token))[0] == "StageClosed"


@pytest.mark.parametrize("token", ["", "x", "x" * 40, "同意", "%00", "a" * 100_000, "' OR 1=1 --"])
async def test_a_token_of_no_application_changes_nothing_at_all(desk: Desk, token: str) -> None:
    await desk.submit()
    before, chain = await snapshot(desk), await desk.events()
    answered = await desk.present(token)
    assert type(error_of(answered)).__name__ == "UnknownToken"
    assert answered.number is None
    assert await snapshot(desk) == before
    assert await desk.events() == chain


async def test_a_token_made_with_another_key_opens_nothing(desk: Desk) -> None:
    await desk.submit()
    (letter,) = await desk.asked(COUNTY)
    forged = derive_token(bytes(32), Purpose.REPLY, letter.facts["reply_nonce"])
    unknown = derive_token(desk.office.key, Purpose.REPLY, new_nonce())
    for token in (forged, unknown):
        assert type(error_of(await desk.present(token))).__name__ == "UnknownToken"
    assert (await desk.standing()).position == 0


async def test_a_token_of_one_application_decides_only_that_one(desk: Desk) -> None:
    first = await desk.submit()
    (token,) = await desk.tokens_of(COUNTY, Channel.REPLY)
    await desk.submit(project__title="另一个项目")
    assert (await desk.present(token)).number == first.number
    assert (await desk.standing()).position == 0


async def test_capitals_and_blanks_around_a_token_do_not_matter(desk: Desk) -> None:
    await desk.submit()
    (token,) = await desk.tokens_of(COUNTY, Channel.REPLY)
    await desk.present(f" {token.upper()}\n")
    assert (await desk.standing()).position == 1


async def test_the_database_holds_no_token(desk: Desk) -> None:
    await desk.submit()
    tokens = [(await desk.tokens_of(COUNTY, channel))[0] for channel in NONCE]

    def everything(tx: Transaction) -> str:
        return str([[row.model_dump() for row in tx.exec(select(t))] for t in (Token, Letter, Application, Task)])

    text = await desk.db.read(everything)
    assert not any(token in text for token in tokens)
