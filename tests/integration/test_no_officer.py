"""A unit without an officer, where the setting says that the unit above is asked in its place."""

import pytest

from approvals.answer import Decided
from models.event import EventKind
from models.files.directory_file import Entry
from models.letter import Letter
from models.states import ApplicationState, Channel, Outcome
from tests.support.desk import Desk, hangzhou_directory

COUNTY, CITY = "@county:330110", "@city:330100"


def all_but(*units: str) -> list[Entry]:
    return [entry for entry in hangzhou_directory() if entry.unit not in units]


async def asked_for(desk: Desk, unit: str, kind: str = "ask") -> list[Letter]:
    """Return the letters that ask anybody to answer for ``unit``, the newest first."""
    standing = await desk.standing()
    ids = {task.id for stage in standing.stages for task in stage.tasks if task.unit == unit}
    return [x for x in await desk.letters(kind) if x.key.split(":")[1] in ids]


async def answer(desk: Desk, letter: Letter, outcome: Outcome = Outcome.APPROVE, opinion: str = "") -> Decided:
    answered = await desk.present(desk.token_in(letter, Channel.REPLY), outcome, opinion)
    assert isinstance(answered, Decided), answered
    return answered


async def test_the_city_is_asked_in_the_place_of_its_county_and_everybody_is_told(parent_desk: Desk) -> None:
    desk = parent_desk
    await desk.import_directory(all_but(COUNTY))
    await desk.submit()
    (letter,) = await asked_for(desk, COUNTY)
    assert letter.address == "330100@zj.example"
    assert letter.facts["unit"]["zh"] == "余杭区人民政府"
    assert letter.facts["instead"]["zh"] == "杭州市人民政府"
    (told,) = await desk.letters("officer_missing")
    assert (told.address, told.facts["instead"]["zh"]) == (desk.office.operator_email, "杭州市人民政府")
    (event,) = await desk.events(EventKind.OFFICER_MISSING)
    assert event.payload["unit"] == COUNTY
    assert (event.payload["asked_instead"], event.payload["officers"]) == (CITY, ["330100@zj.example"])
    (task,) = (await desk.standing()).stages[0].tasks
    assert task.named_zh == "余杭区人民政府（由杭州市人民政府代）"

    await answer(desk, letter)
    (event,) = await desk.events(EventKind.DECIDED)
    assert (event.payload["unit"], event.payload["officer_unit"]) == (COUNTY, CITY)
    (task,) = (await desk.standing()).stages[0].tasks
    assert (task.unit, task.instead, task.outcome) == (COUNTY, CITY, Outcome.APPROVE)
    assert "330100@zj.example" in task.officer
    (own,) = await asked_for(desk, CITY)
    assert "instead" not in own.facts, "the city now answers for itself"
    assert await desk.verify() is None


async def test_where_the_unit_above_has_nobody_either_the_next_above_is_asked(parent_desk: Desk) -> None:
    desk = parent_desk
    await desk.import_directory(all_but(COUNTY, CITY))
    await desk.submit()
    for unit in (COUNTY, CITY):
        (letter,) = await asked_for(desk, unit)
        assert letter.address == "kjt@zj.example"
        await answer(desk, letter)
    assert [e.payload["asked_instead"] for e in await desk.events(EventKind.OFFICER_MISSING)] == ["kjt", "kjt"]


@pytest.mark.parametrize("missing", [("kjt",), ("kjt", CITY, COUNTY)])
async def test_above_the_lead_is_nobody_so_the_operator_is_told_and_the_task_waits(
    missing: tuple[str, ...], parent_desk: Desk
) -> None:
    desk = parent_desk
    await desk.import_directory(all_but(*missing))
    await desk.submit()
    while letters := [x for x in await desk.letters("ask") if not await desk.events(EventKind.OFFICER_MISSING)]:
        await answer(desk, letters[0])
    (event,) = await desk.events(EventKind.OFFICER_MISSING)
    assert "asked_instead" not in event.payload
    (told,) = await desk.letters("officer_missing")
    assert "instead" not in told.facts
    waiting = event.payload["unit"]
    assert await asked_for(desk, waiting) == []
    await desk.import_directory()
    (letter,) = await asked_for(desk, waiting)
    assert "instead" not in letter.facts


async def test_by_default_nobody_is_asked_in_the_place_of_another(empty_desk: Desk) -> None:
    desk = empty_desk
    await desk.import_directory(all_but(COUNTY))
    await desk.submit()
    assert await asked_for(desk, COUNTY) == []
    await desk.import_directory([Entry(unit=CITY, name="另一人", email="second@zj.example")])
    assert await asked_for(desk, COUNTY) == []


async def test_one_officer_who_answers_for_two_cosigners_is_seen_to_do_so(parent_desk: Desk) -> None:
    desk = parent_desk
    await desk.import_directory(all_but("fgw", "czt"))
    await desk.submit()
    await desk.approve_until("fgw")
    for unit in ("fgw", "czt"):
        (letter,) = await asked_for(desk, unit)
        assert letter.address == "kjt@zj.example"
        await answer(desk, letter)
    assert len(await desk.letters("officer_missing")) == 2
    first, second = (await desk.events(EventKind.DECIDED))[-2:]
    assert (first.payload["unit"], first.payload["officer_unit"]) == ("fgw", "kjt")
    assert "answered_for" not in first.payload
    assert (second.payload["unit"], second.payload["officer_unit"]) == ("czt", "kjt")
    assert second.payload["answered_for"] == ["fgw"]
    cosignature = (await desk.standing()).stages[3]
    assert [task.named_zh for task in cosignature.tasks] == ["省发展改革委（由省科技厅代）", "省财政厅（由省科技厅代）"]
    assert {address: [t.unit for t in tasks] for address, tasks in cosignature.shared.items()} == {
        "kjt@zj.example": ["fgw", "czt"]
    }
    assert await desk.verify() is None


async def test_one_address_in_two_units_of_a_cosignature_is_seen_as_well(desk: Desk) -> None:
    await desk.import_directory([Entry(unit=u, name="两处", email="both@zj.example") for u in ("fgw", "czt")])
    await desk.submit()
    await desk.approve_until("fgw")
    for unit in ("fgw", "czt"):
        letter = next(x for x in await asked_for(desk, unit) if x.address == "both@zj.example")
        await answer(desk, letter)
    assert (await desk.events(EventKind.DECIDED))[-1].payload["answered_for"] == ["fgw"]
    assert list((await desk.standing()).stages[3].shared) == ["both@zj.example"]


async def test_an_answer_in_the_place_of_another_travels_the_whole_chain(parent_desk: Desk) -> None:
    desk = parent_desk
    await desk.import_directory([Entry(unit="kjt", name="省科技厅收文", email="kjt@zj.example")])
    await desk.submit()
    for unit in (COUNTY, CITY, "kjt", "fgw", "czt", "kjt"):
        await answer(desk, (await asked_for(desk, unit))[0])
    standing = await desk.standing()
    assert standing.state is ApplicationState.AWARDED
    assert {t.instead for s in standing.stages for t in s.tasks if t.unit != "kjt"} == {"kjt"}
    assert {t.instead for s in standing.stages for t in s.tasks if t.unit == "kjt"} == {""}
    assert await desk.verify() is None
