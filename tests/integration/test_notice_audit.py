"""The audit holds what was shown, what was said against it and what was answered against the chain."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from approvals.notice import audit_notices
from approvals.transaction import Transaction
from models.application import Application
from models.event import Event
from models.states import Channel, Outcome
from tests.integration.test_audit import tamper
from tests.support.desk import Desk
from tests.support.notices import noticed_city, object_to, on_view, token_about

ALTERED = {
    "UPDATE notice SET csv = html": "what the notice shows differs from what was sealed",
    "UPDATE notice SET html_sha256 = csv_sha256": "the notice says another hash",
    "UPDATE fixed_award SET city = city + 1": "the award on view differs",
    "UPDATE objection SET text = 'nothing'": "objection 1 differs",
    "UPDATE objection_answer SET text = 'nothing'": "the answer to an objection differs",
}


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_whatever_is_altered_or_gone_is_found(empty_desk: Desk) -> None:
    city = await noticed_city(empty_desk)
    await on_view(city)
    token = await token_about(city, await object_to(city), channel=Channel.REPLY)
    await city.present(token, Outcome.APPROVE, "不属实。")
    assert await city.verify() is None

    def found(tx: Transaction) -> str:
        app = tx.exec(select(Application)).one()
        events = list(tx.exec(select(Event).order_by(col(Event.seq))))
        return "; ".join(why for _, why in audit_notices.faults(tx, app, events))

    for statement, why in ALTERED.items():
        await tamper(city, statement)
        assert why in await city.db.read(found)
    for table, why in (("fixed_award", "the award on view"), ("objection_answer", "its answer to an objection")):
        await tamper(city, f"DELETE FROM {table}")
        assert why in await city.db.read(found)
    assert await city.verify() is not None


async def test_what_was_shown_and_said_cannot_be_changed(empty_desk: Desk) -> None:
    city = await noticed_city(empty_desk)
    await on_view(city)
    await object_to(city)
    for statement in ("UPDATE notice SET html = csv", "DELETE FROM objection", "UPDATE objection SET text = 'x'"):
        with pytest.raises(DBAPIError, match="append-only"):
            await city.db.write(lambda tx, said=statement: tx.execute(sa.text(said)) and None)
