"""Copy: the link shows the file, in the language of its reader, and can do nothing."""

from functools import partial

import httpx
import pytest

from approvals.answer import NotDecided
from approvals.directory import import_officers
from approvals.moves.copy import NotAReader, copy, read_page
from approvals.moves.mover import Moved, Mover, move_by_operator, move_by_token
from approvals.moves.whom import NobodyThere, UnknownWhom
from approvals.transaction import Transaction
from models.errors import ExpiredToken, UnknownToken
from models.event import EventKind
from models.files.directory_file import Entry
from models.secrets import derive_token
from models.settings import Settings
from models.states import Channel, Purpose
from portal.app import create_app
from tests.support.desk import Desk, error_of

#: Where no table's guard is at stake.
one_database = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)

COUNTY = "@county:330110"


async def copied(desk: Desk, to: str, note: str = "请阅") -> Moved | NotDecided:
    (token, *_) = await desk.tokens_of(COUNTY)
    now = desk.clock.tick()

    def verb(tx: Transaction) -> Moved | NotDecided:
        def move(mover: Mover) -> Moved:
            return copy(tx, desk.office, mover, to, note, now)

        return move_by_token(tx, token, Channel.LINK, move, now)

    return await desk.db.write(verb)


async def read_token(desk: Desk) -> str:
    (letter, *_) = await desk.letters("copied")
    assert "link_nonce" not in letter.facts
    assert "reply_nonce" not in letter.facts
    return derive_token(desk.office.key, Purpose.READ, letter.facts["read_nonce"])


async def test_a_unit_reads_and_cannot_decide(desk: Desk, settings: Settings) -> None:
    await desk.submit()
    assert isinstance(await copied(desk, "省财政厅"), Moved)
    assert isinstance(await copied(desk, "fgw@zj.example", ""), Moved)
    newest, first = await desk.letters("copied")
    assert (newest.address, first.address, first.facts["opinion"]) == ("fgw@zj.example", "czt@zj.example", "请阅")
    token = await read_token(desk)
    assert type(error_of(await desk.present(token, channel=Channel.LINK))) is UnknownToken
    app = create_app(settings, desk.db, now=desk.clock)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=settings.portal_url) as client:
        shown = await client.get(f"/r/{token}")
        assert shown.status_code == 200
        assert "万卡集群训练框架" in shown.text
        assert "Copied" in shown.text  # the officer of fgw reads English
        assert "<form" not in shown.text
        assert (await client.post(f"/r/{token}")).status_code == 405
        assert (await client.get(f"/d/{token}")).status_code == 404
        assert (await client.get(f"/s/{token}")).status_code == 404
        (decides,) = await desk.tokens_of(COUNTY)
        assert (await client.get(f"/r/{decides}")).status_code == 404
    moves = (await desk.standing()).stages[0].moves
    assert [m.sentence("zh") for m in moves] == [
        "抄送：余杭区人民政府 → 省财政厅（330110@zj.example）“请阅”",
        "抄送：余杭区人民政府 → fgw@zj.example（330110@zj.example）",
    ]
    assert await desk.verify() is None


@one_database
async def test_nobody_is_copied_who_is_unknown_or_the_applicant(desk: Desk) -> None:
    await desk.submit(applicant__email="czt@zj.example")
    assert isinstance(error_of(await copied(desk, "某某局")), UnknownWhom)  # type: ignore[arg-type]
    assert isinstance(error_of(await copied(desk, "czt@zj.example")), NobodyThere)  # type: ignore[arg-type]
    assert await desk.events(EventKind.COPIED) == []


@one_database
async def test_the_link_dies_with_its_time_and_with_its_reader(desk: Desk) -> None:
    app = await desk.submit()

    def by_operator(tx: Transaction) -> Moved:
        now = desk.clock.tick()
        return move_by_operator(tx, app.number, "", "王五", partial(_copy, tx=tx, desk=desk, now=now))

    await desk.db.write(by_operator)
    token = await read_token(desk)
    assert (await desk.db.read(read_page, token, desk.clock())).standing.number == app.number
    someone = [Entry(unit="czt", name="新人", email="new@zj.example")]
    with pytest.raises(ExpiredToken):
        await desk.db.read(read_page, token, desk.clock.tick(days=200))
    await desk.db.write(import_officers, desk.office, someone, desk.clock(), replace=True)
    with pytest.raises(NotAReader):
        await desk.db.read(read_page, token, desk.clock())


def _copy(mover: Mover, *, tx: Transaction, desk: Desk, now: object) -> Moved:
    return copy(tx, desk.office, mover, "czt", "", now)  # type: ignore[arg-type]
