"""A batch of consumer terminals: one application, one decision, and no piece paid twice."""

import asyncio
from typing import Any

import pytest
from sqlmodel import select

from approvals.database import Database
from approvals.pieces import pieces_of
from approvals.resubmit import resubmit
from approvals.submit import submit
from approvals.transaction import Transaction
from models.application import Application
from models.case.batch import Batch, read_batch
from models.errors import RefusedApplication
from models.piece import Piece
from models.secrets import derive_token
from models.settings import Settings
from models.states import ApplicationState, Outcome, Purpose
from tests.support.desk import Desk
from tests.support.forms import ANOTHER, CONSORTIUM, form_of
from tests.support.rules import POLICY

TERMINALS: dict[str, Any] = CONSORTIUM | {"measure": 25, "option": "terminals", "amounts": {"province": "660"}}


def batch(*serials: str) -> Batch:
    rows = "".join(f"{serial},智能眼镜,2200,330\n" for serial in serials)
    return read_batch(f"serial_number,product,product_price,amount\n{rows}".encode(), POLICY.measures[25], "terminals")


async def send(desk: Desk, rows: Batch | None, **changes: Any) -> Application:
    form = form_of(TERMINALS, **changes)
    desk.app = await desk.db.write(submit, desk.office, form, desk.clock.tick(), batch=rows)
    return desk.app


async def test_one_decision_of_each_unit_settles_all_pieces(desk: Desk) -> None:
    app = await send(desk, batch("A1", "A2"))
    assert app.content["batch"]["rows"] == 2
    assert await desk.approve_to() == ["fgw", "czt", "fgw"]
    standing = await desk.standing()
    assert (standing.state, standing.award_total) == (ApplicationState.AWARDED, 660_00)
    assert await desk.verify() is None


async def test_a_piece_of_another_live_application_is_refused_and_nothing_is_kept(desk: Desk) -> None:
    first = await send(desk, batch("A1", "A2"))
    with pytest.raises(RefusedApplication, match=f"line 3.*“a2” is applied for in {first.number} already"):
        await send(desk, batch("B1", "A2"), applicant__credit_code=ANOTHER)

    def kept(tx: Transaction) -> list[Piece]:
        return list(tx.exec(select(Piece)))

    assert {piece.application_id for piece in await desk.db.read(kept)} == {first.id}


async def test_pieces_of_a_refused_application_are_free_again(desk: Desk) -> None:
    await send(desk, batch("A1", "A2"))
    await desk.answer("fgw", Outcome.REFUSE, "不在补贴范围")
    await send(desk, batch("A1", "A2"))
    assert (await desk.standing()).state is ApplicationState.IN_PROGRESS


async def test_an_amended_application_keeps_its_pieces(desk: Desk) -> None:
    app = await send(desk, batch("A1", "A2"))
    await desk.answer("fgw", Outcome.RETURN, "请补充说明")
    again = await desk.resubmit(TERMINALS, project__summary="已补充")
    assert (again.round, again.content["batch"]) == (2, app.content["batch"])
    assert [piece.key for piece in await desk.db.read(pieces_of, again)] == ["a1", "a2"]
    await desk.approve_to()
    assert await desk.verify() is None
    with pytest.raises(RefusedApplication, match="applied for in"):
        await send(desk, batch("A2", "A3"), project__title="又一批")


async def test_two_amendments_at_the_same_moment_do_not_both_take_a_piece(desk: Desk, settings: Settings) -> None:
    other = Database(settings)
    for n in range(5):
        tokens = []
        for one in ("A", "B"):
            await send(desk, batch(f"{one}{n}", f"{one}{n}x"), project__title=f"{one} {n}")
            await desk.answer("fgw", Outcome.RETURN, "请更换明细")
            (letter, *_) = await desk.letters("returned", application_id=desk.app.id if desk.app else "")
            tokens.append(derive_token(desk.office.key, Purpose.AMEND, letter.facts["amend_nonce"]))
        answers = await asyncio.gather(
            *(
                db.write(
                    resubmit, desk.office, token, form_of(TERMINALS, project__title=f"{one} {n}"), desk.clock.tick(),
                    batch(f"{one}{n}", f"both {n}"),
                )
                for db, token, one in zip((desk.db, other), tokens, ("A", "B"), strict=True)
            ),
            return_exceptions=True,
        )  # fmt: skip
        assert sorted(type(answer).__name__ for answer in answers) == ["Application", "RefusedApplication"], answers
    await other.close()
