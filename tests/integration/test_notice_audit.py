"""The audit holds what was shown, what was said against it and what was answered against the chain."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from models.states import Channel, Outcome
from tests.integration.test_audit import tamper
from tests.support.desk import Desk
from tests.support.notices import noticed_city, object_to, on_view, token_about


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("UPDATE notice SET csv = html", "what the notice shows differs"),
        ("UPDATE notice SET html_sha256 = csv_sha256", "another hash"),
        ("UPDATE fixed_award SET city = city + 1", "the award on view differs"),
        ("DELETE FROM fixed_award", "the award on view differs"),
        ("UPDATE objection SET text = 'nothing'", "objection 1 differs"),
        ("UPDATE objection_answer SET text = 'nothing'", "the answer to an objection differs"),
        ("DELETE FROM objection_answer", "its answer to an objection is missing"),
    ],
)
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_whatever_is_altered_is_found(empty_desk: Desk, statement: str, why: str) -> None:
    city = await noticed_city(empty_desk)
    await on_view(city)
    made = await object_to(city)
    token = await token_about(city, made, channel=Channel.REPLY)
    await city.present(token, Outcome.APPROVE, "不属实。")
    assert await city.verify() is None
    await tamper(city, statement)
    found = await city.verify()
    assert found is not None
    assert why in found.why


async def test_what_was_shown_and_said_cannot_be_changed(empty_desk: Desk) -> None:
    city = await noticed_city(empty_desk)
    await on_view(city)
    await object_to(city)
    for statement in ("UPDATE notice SET html = csv", "DELETE FROM objection", "UPDATE objection SET text = 'x'"):
        with pytest.raises(DBAPIError, match="append-only"):
            await city.db.write(lambda tx, said=statement: tx.execute(sa.text(said)) and None)
