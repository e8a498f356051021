"""The directory: who is asked, and what happens where nobody can be."""

from approvals.answer import Answer, NotDecided
from approvals.decide import decide
from approvals.directory import import_officers
from models.errors import OfficerReplaced
from models.event import EventKind
from models.files.directory_file import Entry
from models.secrets import derive_token
from models.states import Channel, Outcome, Purpose
from tests.support.desk import Desk, error_of, hangzhou_directory

COUNTY = "@county:330110"


def entry(unit: str, email: str, name: str = "收文") -> Entry:
    return Entry(unit=unit, name=name, email=email)


async def test_a_unit_without_an_officer_is_told_to_the_operator_and_asked_after_the_import(empty_desk: Desk) -> None:
    desk = empty_desk
    await desk.submit()
    (letter,) = await desk.letters("officer_missing")
    assert (letter.address, letter.facts["unit_key"]) == (desk.office.operator_email, COUNTY)
    assert len(await desk.events(EventKind.OFFICER_MISSING)) == 1
    await desk.import_directory()
    assert len(await desk.asked(COUNTY)) == 1
    (event,) = await desk.events(EventKind.OFFICERS_ASKED)
    assert event.payload["officers"] == ["330110@zj.example"]
    await desk.approve_until()
    assert await desk.verify() is None


async def test_a_second_import_asks_nobody_twice_and_renames(desk: Desk) -> None:
    await desk.submit()
    assert await desk.import_directory() == 0
    assert len(await desk.asked(COUNTY)) == 1
    assert await desk.import_directory([entry("kjt", "KJT@zj.example", "新名称")]) == 0
    await desk.approve_until("kjt")
    (letter,) = await desk.asked("kjt")
    assert letter.addressee == "新名称"


async def test_a_unit_that_was_asked_already_does_not_ask_a_later_officer(desk: Desk) -> None:
    await desk.submit()
    assert await desk.import_directory([entry(COUNTY, "second@zj.example")]) == 1
    assert len(await desk.asked(COUNTY)) == 1


async def test_each_officer_of_a_unit_is_asked_and_one_answers_for_all(desk: Desk) -> None:
    await desk.import_directory([entry(COUNTY, "second@zj.example")])
    await desk.submit()
    first, second = await desk.tokens_of(COUNTY, Channel.REPLY)
    assert first != second
    await desk.present(second)
    assert type(error_of(await desk.present(first))).__name__ == "AlreadyDecided"


async def test_a_stage_that_has_closed_asks_nobody_after_an_import(empty_desk: Desk) -> None:
    desk = empty_desk
    await desk.submit()
    await desk.withdraw()
    await desk.import_directory()
    assert await desk.letters("ask") == []


async def test_an_officer_named_twice_in_one_import_is_taken_once(empty_desk: Desk) -> None:
    assert await empty_desk.import_directory(hangzhou_directory() * 2) == len(hangzhou_directory())


async def test_the_link_of_an_officer_who_was_replaced_dies_and_the_new_one_is_asked(desk: Desk) -> None:
    await desk.submit()
    old = (await desk.letters("ask"))[0]
    entry = Entry(unit=COUNTY, name="新经办人", email="new@zj.example")
    await desk.db.write(import_officers, desk.office, [entry], desk.clock.tick(), replace=True)
    asked = await desk.letters("ask")
    assert {letter.address for letter in asked} == {old.address, "new@zj.example"}
    token = derive_token(desk.office.key, Purpose.REPLY, old.facts["reply_nonce"])
    said = await desk.db.write(decide, desk.office, token, Answer(Outcome.APPROVE), Channel.REPLY, desk.clock.tick())
    assert isinstance(said, NotDecided)
    assert isinstance(said.error, OfficerReplaced)
