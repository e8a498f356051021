"""Guards in the database itself: they hold against code that forgets them."""

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import SQLModel, select

from approvals.transaction import Transaction
from models.columns import new_id
from models.states import ApplicationState, Channel, LetterState, Outcome, Purpose, StageState, TaskEnd, TaskState
from models.tables import (
    Application,
    Decision,
    Event,
    InboundMail,
    Letter,
    Officer,
    Pledge,
    Revision,
    Stage,
    Task,
    Token,
)
from tests.support.desk import Desk

COUNTY = "@county:330110"


def copy_of(row: SQLModel, **changes: object) -> SQLModel:
    return type(row)(**(row.model_dump() | changes))


async def refused(desk: Desk, table: type[SQLModel], why: str = "", **changes: object) -> None:
    """Insert a copy of the first row of ``table`` with ``changes``; the database must refuse it."""

    def insert(tx: Transaction) -> None:
        row = tx.exec(select(table)).first()
        assert row is not None, f"no {table.__name__} to copy"
        tx.add(copy_of(row, **changes))

    with pytest.raises(IntegrityError) as error:
        await desk.db.write(insert)
    assert why in str(error.value)


async def test_a_task_has_one_decision(desk: Desk) -> None:
    await desk.submit()
    tokens = [(await desk.tokens_of(COUNTY, channel))[0] for channel in (Channel.LINK, Channel.REPLY)]
    await desk.present(tokens[1])

    def other_token(tx: Transaction) -> str:
        return tx.exec(select(Token.id).where(Token.purpose == Purpose.DECIDE)).first() or ""

    await refused(desk, Decision, "task_id", id=new_id(), token_id=await desk.db.read(other_token))


async def test_a_token_is_used_once(desk: Desk) -> None:
    await desk.submit()
    await desk.answer(COUNTY)

    def other_task(tx: Transaction) -> str:
        return tx.exec(select(Task.id).where(Task.unit == "@city:330100")).one()

    await refused(desk, Decision, "token_id", id=new_id(), task_id=await desk.db.read(other_task))


async def test_an_application_has_one_open_stage(desk: Desk) -> None:
    await desk.submit()
    await refused(desk, Stage, "stage", id=new_id(), position=1)


async def test_a_round_has_one_stage_per_position(desk: Desk) -> None:
    await desk.submit()
    await refused(desk, Stage, "stage", id=new_id(), state=StageState.CLOSED, outcome=Outcome.APPROVE)


async def test_a_unit_is_asked_once_per_stage(desk: Desk) -> None:
    await desk.submit()
    await refused(desk, Task, "unit", id=new_id())


async def test_a_letter_is_queued_once(desk: Desk) -> None:
    await desk.submit()
    await refused(desk, Letter, "key", id=new_id(), message_id="another@liandong.example")


async def test_a_project_has_one_live_application(desk: Desk) -> None:
    await desk.submit()
    await refused(desk, Application, "project", id=new_id(), number="another", run_id=None)


async def test_a_number_is_given_once(desk: Desk) -> None:
    await desk.submit()
    await refused(desk, Application, "number", id=new_id(), project_key="another", run_id=None)


@pytest.mark.parametrize(
    "changes",
    [
        {"asked_city": -1},
        {"state": ApplicationState.AWARDED, "position": None},
        {"award_province": 1, "award_city": 1, "award_county": 1},
        {"position": None},
        {"state": ApplicationState.RETURNED},
    ],
)
async def test_an_application_cannot_contradict_itself(desk: Desk, changes: dict[str, object]) -> None:
    await desk.submit()
    await refused(desk, Application, id=new_id(), number="n", project_key="k", run_id=None, **changes)


async def test_a_closed_stage_has_an_outcome_and_an_open_one_has_none(desk: Desk) -> None:
    await desk.submit()
    await refused(desk, Stage, "outcome", id=new_id(), position=3, state=StageState.CLOSED)
    await refused(desk, Stage, "outcome", id=new_id(), position=3, state=StageState.VOID, outcome=Outcome.REFUSE)


async def test_a_no_says_why_in_the_database_too(desk: Desk) -> None:
    await desk.submit()
    await desk.answer(COUNTY)
    await refused(
        desk, Decision, "a_no_says_why", id=new_id(), task_id=new_id(), token_id=new_id(), outcome=Outcome.REFUSE
    )


async def test_a_token_that_decides_names_task_and_officer(desk: Desk) -> None:
    await desk.submit()
    await refused(desk, Token, "officer", id=new_id(), locator="abc", purpose=Purpose.REPLY, task_id=None)


async def test_a_message_is_taken_once(desk: Desk, clock: object) -> None:
    def mail() -> InboundMail:
        return InboundMail(
            key="token:message",
            message_id="m",
            body_hash="",
            sender="a",
            recipient="b",
            raw=b"x",
            received_at=dt.datetime(2026, 11, 23, tzinfo=dt.UTC),
            state="received",
        )

    await desk.db.write(lambda tx: tx.add(mail()))
    with pytest.raises(IntegrityError):
        await desk.db.write(lambda tx: tx.add(mail()))


async def test_an_officer_is_listed_once_per_unit(desk: Desk) -> None:
    await refused(desk, Officer, "email", id=new_id())


async def test_a_decision_belongs_to_a_task_that_exists(desk: Desk) -> None:
    await desk.submit()
    await desk.answer(COUNTY)
    await refused(desk, Decision, id=new_id(), task_id=new_id())


@pytest.mark.parametrize("table", [Decision, Event, Revision, Pledge])
@pytest.mark.parametrize("verb", ["UPDATE", "DELETE"])
async def test_what_is_written_once_is_neither_changed_nor_removed(
    desk: Desk, table: type[SQLModel], verb: str
) -> None:
    await desk.submit()
    await desk.answer(COUNTY)
    name = str(table.__tablename__)
    statement = f"UPDATE {name} SET application_id = 'x'" if verb == "UPDATE" else f"DELETE FROM {name}"
    with pytest.raises(DBAPIError, match="append-only"):
        await desk.db.write(lambda tx: tx.execute(sa.text(statement)))
    assert await desk.verify() is None


@pytest.mark.parametrize("statement", ["UPDATE report SET text = 'x'", "DELETE FROM report"])
async def test_a_report_is_neither_changed_nor_removed(duty_desk: Desk, statement: str) -> None:
    await duty_desk.open_duty(27)
    await duty_desk.report("xcb", "第一批课程已开放。")
    with pytest.raises(DBAPIError, match="append-only"):
        await duty_desk.db.write(lambda tx: tx.execute(sa.text(statement)))
    assert await duty_desk.verify() is None


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
async def test_truncating_is_removing(desk: Desk) -> None:
    with pytest.raises(DBAPIError, match="append-only"):
        await desk.db.write(lambda tx: tx.execute(sa.text("TRUNCATE event")))


async def test_a_time_without_a_zone_is_refused(desk: Desk) -> None:
    await desk.submit()

    def change(tx: Transaction) -> None:
        letter = tx.exec(select(Letter)).first()
        assert letter is not None
        letter.sent_at, letter.state = dt.datetime(2026, 1, 1), LetterState.SENT  # noqa: DTZ001

    with pytest.raises(DBAPIError.__bases__[0], match="no time zone"):
        await desk.db.write(change)


async def test_a_verb_that_fails_leaves_nothing_behind(desk: Desk) -> None:
    await desk.submit()

    def fail(tx: Transaction) -> None:
        for task in tx.exec(select(Task)):
            task.state, task.ended_as = TaskState.VOID, TaskEnd.CLOSED
        tx.flush()
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        await desk.db.write(fail)
    await desk.answer(COUNTY)
    assert (await desk.standing()).position == 1


async def test_a_row_written_once_is_not_replaced_either(desk: Desk) -> None:
    """``INSERT OR REPLACE`` deletes behind the back of a trigger on DELETE."""
    app = await desk.submit()
    row = (await desk.db.read(lambda tx: tx.exec(select(Event).where(Event.application_id == app.id)).all()))[0]
    forged = row.model_dump() | {"payload": {"forged": True}}
    statement = sa.insert(Event).prefix_with("OR REPLACE", dialect="sqlite")
    with pytest.raises(IntegrityError):
        await desk.db.write(lambda tx: tx.execute(statement, forged))
    await desk.verify()
