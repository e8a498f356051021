"""One-time codes: above the policy's sum, a link alone is not enough."""

import pytest

from approvals import codes, pages
from models.errors import WrongState
from models.event import EventKind
from models.money import Fen
from models.secrets import derive_code
from models.states import Channel, Level, Outcome
from tests.support.desk import Desk, error_of

COUNTY = "@county:330110"
OVER = {"amounts__province": "12,000,000.01"}  # with 5 and 3 million: one fen over 20 million


async def send(desk: Desk, token: str) -> str:
    await desk.db.write(pages.send_code, desk.office, token, desk.clock.tick(61))
    return await desk.newest_code()


async def test_at_the_sum_itself_a_link_is_enough(desk: Desk) -> None:
    await desk.submit(amounts__province="12,000,000")
    await desk.answer(COUNTY, channel=Channel.LINK)
    assert (await desk.standing()).position == 1


async def test_above_the_sum_a_link_needs_the_code_that_was_mailed(desk: Desk) -> None:
    await desk.submit(**OVER)
    (token,) = await desk.tokens_of(COUNTY)
    assert type(error_of(await desk.answer(COUNTY, channel=Channel.LINK))).__name__ == "WrongCode"
    code = await send(desk, token)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    assert type(error_of(await desk.answer(COUNTY, channel=Channel.LINK, code=wrong))).__name__ == "WrongCode"
    await desk.answer(COUNTY, channel=Channel.LINK, code=f" {code} ")
    assert (await desk.standing()).position == 1
    assert len(await desk.events(EventKind.CODE_SENT)) == 1
    assert len(await desk.events(EventKind.ANSWER_REFUSED)) == 2
    assert await desk.verify() is None


async def test_a_refusal_by_link_needs_the_code_as_well(desk: Desk) -> None:
    await desk.submit(**OVER)
    refused = await desk.answer(COUNTY, Outcome.REFUSE, "不同意", channel=Channel.LINK)
    assert type(error_of(refused)).__name__ == "WrongCode"


async def test_a_reply_needs_no_code(desk: Desk) -> None:
    await desk.submit(**OVER)
    await desk.answer(COUNTY, channel=Channel.REPLY)
    assert (await desk.standing()).position == 1


async def test_after_five_wrong_tries_even_the_right_code_is_dead_and_a_fresh_one_works(desk: Desk) -> None:
    await desk.submit(**OVER)
    (token,) = await desk.tokens_of(COUNTY)
    code = await send(desk, token)
    for _ in range(codes.MAX_TRIES):
        await desk.answer(COUNTY, channel=Channel.LINK, code="no")
    assert type(error_of(await desk.answer(COUNTY, channel=Channel.LINK, code=code))).__name__ == "WrongCode"
    await desk.answer(COUNTY, channel=Channel.LINK, code=await send(desk, token))
    assert (await desk.standing()).position == 1


async def test_a_code_lives_fifteen_minutes_and_dies_with_the_next(desk: Desk) -> None:
    await desk.submit(**OVER)
    (token,) = await desk.tokens_of(COUNTY)
    first = await send(desk, token)
    second = await send(desk, token)
    assert type(error_of(await desk.answer(COUNTY, channel=Channel.LINK, code=first))).__name__ == "WrongCode"
    desk.clock.tick(minutes=15)
    assert type(error_of(await desk.answer(COUNTY, channel=Channel.LINK, code=second))).__name__ == "WrongCode"


async def test_the_code_of_one_letter_does_not_fit_another(desk: Desk) -> None:
    await desk.submit(**OVER)
    (token,) = await desk.tokens_of(COUNTY)
    code = await send(desk, token)
    await desk.submit(project__title="另一个项目", **OVER)
    assert type(error_of(await desk.answer(COUNTY, channel=Channel.LINK, code=code))).__name__ == "WrongCode"


async def test_a_code_may_be_typed_in_full_width_digits(desk: Desk) -> None:
    await desk.submit(**OVER)
    (token,) = await desk.tokens_of(COUNTY)
    code = await send(desk, token)
    assert type(error_of(await desk.answer(COUNTY, channel=Channel.LINK, code="验证码"))).__name__ == "WrongCode"
    wide = "".join(chr(ord(digit) - ord("0") + ord("０")) for digit in code)
    await desk.answer(COUNTY, channel=Channel.LINK, code=wide)
    assert (await desk.standing()).position == 1


def test_codes_are_made_of_the_nonce_and_the_key_alone() -> None:
    assert derive_code(b"k", "n") == derive_code(b"k", "n") != derive_code(b"l", "n")


async def test_a_right_code_is_no_try_however_often_the_amount_is_wrong(desk: Desk) -> None:
    await desk.submit(**OVER)
    (token,) = await desk.tokens_of(COUNTY)
    code, over = await send(desk, token), {Level.COUNTY: Fen(300_000_001)}
    for _ in range(codes.MAX_TRIES + 1):
        refused = await desk.answer(COUNTY, channel=Channel.LINK, code=code, amounts=over)
        assert type(error_of(refused)).__name__ == "WrongAmount"
    await desk.answer(COUNTY, channel=Channel.LINK, code=code)
    assert (await desk.standing()).position == 1


async def test_an_officer_is_sent_ten_codes_a_day_for_a_task_and_no_more(desk: Desk) -> None:
    await desk.submit(**OVER)
    (token,) = await desk.tokens_of(COUNTY)
    for _ in range(codes.MAX_CODES):
        await send(desk, token)
    with pytest.raises(WrongState, match=r"24 小时内至多发送 10 个验证码.*At most 10 codes"):
        await send(desk, token)
    assert len(await desk.events(EventKind.CODE_SENT)) == codes.MAX_CODES
    # Another task has its own ten, and so has tomorrow.
    await desk.answer(COUNTY)
    await send(desk, (await desk.tokens_of("@city:330100"))[0])
    await desk.submit(project__title="另一个项目", **OVER)
    (token,) = await desk.tokens_of(COUNTY)
    for _ in range(codes.MAX_CODES):
        await send(desk, token)
    desk.clock.tick(hours=24)
    await send(desk, token)
