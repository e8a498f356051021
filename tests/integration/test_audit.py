"""The audit finds whatever somebody with the database's password altered, triggers dropped first."""

import json
from typing import Any

import pytest
import sqlalchemy as sa

from approvals import audit
from approvals.transaction import Transaction
from models.states import Channel, Outcome
from tests.support.desk import Desk
from tests.support.duties import HANGZHOU, NINGBO

COUNTY = "@county:330110"


async def tamper(desk: Desk, statement: str, **values: Any) -> None:
    """Do what an insider would: switch off the triggers, then change rows."""

    def change(tx: Transaction) -> None:
        if desk.db.is_sqlite:
            for (name,) in tx.execute(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                tx.execute(sa.text(f"DROP TRIGGER {name}"))
        else:
            tables = "decision event revision pledge report panel_draw score_sheet posting ledger_entry"
            for table in tables.split():
                tx.execute(sa.text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        assert tx.execute(sa.text(statement), values).rowcount

    await desk.db.write(change)


async def decided(desk: Desk) -> None:
    await desk.submit()
    await desk.approve_until("fgw")
    await desk.answer("fgw", opinion="同意，按规划实施")
    assert await desk.verify() is None


async def awarded(desk: Desk) -> None:
    await desk.submit()
    await desk.approve_until()
    assert await desk.verify() is None


async def test_an_altered_event_is_found_by_its_number(desk: Desk) -> None:
    await decided(desk)
    event = next(e for e in await desk.events() if e.kind.value == "decided")
    payload = event.payload | {"outcome": "refuse"}
    cast = "CAST(:payload AS jsonb)" if not desk.db.is_sqlite else ":payload"
    await tamper(desk, f"UPDATE event SET payload = {cast} WHERE seq = {event.seq}", payload=json.dumps(payload))
    found = await desk.verify()
    assert found is not None
    assert (found.number, found.seq) == ("ZJAI19-2026-00001", event.seq)
    assert "altered" in found.why


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("UPDATE event SET kind = 'returned' WHERE seq = 3", "altered"),
        ("UPDATE event SET at = '2026-01-01 00:00:00+00:00' WHERE seq = 3", "altered"),
        ("UPDATE event SET hash = previous WHERE seq = 3", "altered"),
        ("UPDATE event SET previous = hash WHERE seq = 3", "does not follow"),
        ("DELETE FROM event WHERE seq = 3", "event 3 is missing"),
        ("DELETE FROM event WHERE seq >= 5", "the chain ends after 4"),
        ("DELETE FROM event", "the chain ends after 0"),
        ("UPDATE application SET head = previous FROM event WHERE seq = 2", "the chain ends"),
    ],
)
async def test_whatever_is_done_to_the_chain_is_found(desk: Desk, statement: str, why: str) -> None:
    await decided(desk)
    if desk.db.is_sqlite:
        statement = statement.replace("+00:00", ".000000")
    await tamper(desk, statement)
    found = await desk.verify()
    assert found is not None
    assert why in found.why


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("UPDATE decision SET opinion = '不同意' WHERE opinion <> ''", "differs from what was sealed"),
        ("UPDATE decision SET outcome = 'refuse' WHERE opinion <> ''", "differs from what was sealed"),
        ("UPDATE decision SET channel = 'link'", "differs from what was sealed"),
        ("UPDATE officer SET unit = 'hz' WHERE unit = '@county:330110'", "differs from what was sealed"),
        (
            "UPDATE decision SET officer_id = (SELECT id FROM officer WHERE unit = 'jxt') WHERE opinion <> ''",
            "differs from what was sealed",
        ),
        ("DELETE FROM decision WHERE opinion <> ''", "is missing"),
        ("UPDATE pledge SET amount = amount + 1 WHERE level = 'city'", "pledge differs"),
        ("UPDATE application SET content_hash = head", "content of round 1 was altered"),
        ("UPDATE revision SET content_hash = (SELECT head FROM application)", "content of round 1 was altered"),
        ("DELETE FROM revision", "content of round 1 is missing"),
    ],
)
async def test_whatever_is_done_to_the_tables_is_found(desk: Desk, statement: str, why: str) -> None:
    await decided(desk)
    await tamper(desk, statement)
    found = await desk.verify()
    assert found is not None
    assert why in found.why


async def test_an_altered_date_is_found(desk: Desk) -> None:
    await decided(desk)
    await tamper(desk, "UPDATE stage SET due_at = opened_at WHERE state = 'open'")
    found = await desk.verify()
    assert found is not None
    assert found.why == "the date of the stage cosignature was altered"


async def test_an_altered_award_is_found(desk: Desk) -> None:
    await awarded(desk)
    await tamper(desk, "UPDATE application SET award_city = award_city + 1")
    found = await desk.verify()
    assert found is not None
    assert "the award differs" in found.why


async def test_a_decision_that_nobody_sealed_is_found(desk: Desk) -> None:
    await decided(desk)
    columns = "application_id, officer_id, by, outcome, opinion, channel, content_hash, straight_back, decided_at"
    await tamper(
        desk,
        f"INSERT INTO decision (id, task_id, token_id, {columns}) SELECT 'forged',"
        " (SELECT id FROM task WHERE unit = 'czt'),"
        " (SELECT id FROM token WHERE task_id = (SELECT id FROM task WHERE unit = 'czt') AND purpose = 'reply'),"
        f" {columns} FROM decision WHERE opinion <> ''",
    )
    found = await desk.verify()
    assert found is not None
    assert "decision forged is not on the chain" in found.why


async def test_one_applications_break_does_not_hide_anothers_health(desk: Desk) -> None:
    await decided(desk)
    await desk.submit(project__title="另一个项目")
    await desk.answer(COUNTY, Outcome.REFUSE, "不符合")
    await tamper(desk, "UPDATE decision SET opinion = '符合' WHERE opinion = '不符合'")
    ids = await desk.db.read(audit.applications)
    found = [await desk.db.read(audit.verify, one) for one in ids]
    assert [one is None for one in found] == [True, False]


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("UPDATE report SET text = '别的'", "differs from what was sealed"),
        ("UPDATE report SET done = true WHERE NOT done", "differs from what was sealed"),
        ("UPDATE report SET figures = '{\"open_scenarios\": 50}'", "differs from what was sealed"),
        ("DELETE FROM report WHERE NOT done", "its report is missing"),
        ("UPDATE application SET kind = 'claim'", "kind differs from what was sent"),
        ("UPDATE application SET title = '别的'", "title differs from what was sent"),
        ("UPDATE application SET state = 'withdrawn', position = NULL", "the chain says duty_opened"),
    ],
)
async def test_whatever_is_done_to_a_duty_is_found(duty_desk: Desk, statement: str, why: str) -> None:
    await duty_desk.open_duty(24, "scenarios", places=(HANGZHOU, NINGBO))
    await duty_desk.report(HANGZHOU, "第一批", open_scenarios=3)
    await duty_desk.answer(HANGZHOU, opinion="完成", channel=Channel.LINK, figures={"open_scenarios": 4})
    assert await duty_desk.verify() is None
    await tamper(duty_desk, statement)
    found = await duty_desk.verify()
    assert found is not None
    assert why in found.why


async def test_a_claim_that_is_called_a_duty_is_found(desk: Desk) -> None:
    await decided(desk)
    await tamper(desk, "UPDATE application SET kind = 'duty'")
    found = await desk.verify()
    assert found is not None
    assert "kind differs" in found.why
