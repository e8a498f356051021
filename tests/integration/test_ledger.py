"""The ledger as the databases keep it: no posting that does not balance, and the audit finds what was forged."""

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from approvals.money import audit_money, ledger
from approvals.transaction import Transaction, insertion
from models.columns import new_id
from models.event import EventKind
from models.ledger import Account, Line, PostingKind, Unbalanced
from models.posting import LedgerEntry, Posting
from models.states import ApplicationState, Level
from tests.integration.test_audit import tamper
from tests.support.desk import Desk
from tests.support.forms import SINGLE
from tests.support.money import CITY, COUNTY, CZT, balances_of


def line(account: Account, unit: str = CZT, *, debit: int = 0, credit: int = 0) -> Line:
    return Line(account, Level.PROVINCE, unit, 19, 2026, debit, credit)


async def force(desk: Desk, *lines: Line, post: bool = True, posting: str = "") -> None:
    """Write lines and their posting into the tables, whatever they say."""

    def write(tx: Transaction) -> None:
        assert desk.app is not None
        key = {"posting": posting or new_id()}
        for n, one in enumerate(lines, start=50):
            tx.execute(insertion(LedgerEntry), [one.as_json() | key | {"line": n, "award": desk.app.id}])
        if post:
            columns = {"event_seq": 99, "kind": PostingKind.RESERVATION, "at": desk.clock()}
            tx.insert(Posting, id=key["posting"], application_id=desk.app.id, **columns)

    await desk.db.write(write)


async def awarded(desk: Desk) -> None:
    await desk.submit()
    await desk.approve_to()
    assert (await desk.standing()).state is ApplicationState.AWARDED


async def test_an_award_is_one_posting_of_all_levels_sealed_before_the_award(desk: Desk) -> None:
    await awarded(desk)
    assert desk.app is not None
    (posted,) = await desk.db.read(ledger.postings, desk.app.number)
    assert [(one.account, one.unit, one.debit, one.credit) for one in posted.lines] == [
        (Account.RESERVED, CZT, 10_000_000_00, 0),
        (Account.OWED, CZT, 0, 10_000_000_00),
        (Account.RESERVED, CITY, 5_000_000_00, 0),
        (Account.OWED, CITY, 0, 5_000_000_00),
        (Account.RESERVED, COUNTY, 3_000_000_00, 0),
        (Account.OWED, COUNTY, 0, 3_000_000_00),
    ]
    kinds = [event.kind for event in await desk.events()]
    assert kinds[-2:] == [EventKind.POSTED, EventKind.AWARDED]
    assert await desk.verify() is None


async def test_an_application_that_is_withdrawn_posts_nothing(desk: Desk) -> None:
    await desk.submit(SINGLE)
    await desk.withdraw()
    assert await balances_of(desk) == {}


async def test_the_verb_refuses_what_does_not_balance(desk: Desk) -> None:
    app = await desk.submit()
    with pytest.raises(Unbalanced):
        await desk.db.write(ledger.post, app, PostingKind.RESERVATION, [line(Account.PAID, debit=5)], desk.clock.tick())
    assert await desk.verify() is None


#: Lines that are no posting, and why.
UNSOUND: list[tuple[list[Line], str]] = [
    ([], "a posting has entries"),
    ([line(Account.RESERVED, debit=5), line(Account.OWED, credit=4)], "a posting balances"),
    ([line(Account.RESERVED, debit=5), line(Account.OWED, CITY, credit=5)], "a posting balances"),
    ([line(Account.RESERVED, credit=5), line(Account.OWED, debit=5)], "no account is negative"),
    ([line(Account.RESERVED, debit=5, credit=5)], "an_entry_has_exactly_one_side"),
    ([line(Account.RESERVED), line(Account.OWED)], "an_entry_has_exactly_one_side"),
    ([line(Account.RESERVED, debit=-5), line(Account.OWED, credit=-5)], "an_entry_has_exactly_one_side"),
]


async def test_the_database_takes_no_posting_that_is_not_sound(desk: Desk) -> None:
    await desk.submit()
    for lines, why in UNSOUND:
        with pytest.raises(DBAPIError, match=why):
            await force(desk, *lines)
    assert await balances_of(desk) == {}


async def test_an_entry_without_a_posting_or_after_it_is_refused(desk: Desk) -> None:
    await awarded(desk)
    with pytest.raises(DBAPIError, match=r"(?i)foreign key"):
        await force(desk, line(Account.RESERVED, debit=5), line(Account.OWED, credit=5), post=False)
    (closed,) = await desk.db.read(lambda tx: list(tx.execute(sa.select(Posting.id)).scalars()))  # type: ignore[call-overload]
    with pytest.raises(DBAPIError, match="the posting is closed"):
        await force(desk, line(Account.RESERVED, debit=5), post=False, posting=closed)


async def test_what_was_posted_is_neither_changed_nor_removed(desk: Desk) -> None:
    await awarded(desk)
    for table, column in (("posting", "application_id"), ("ledger_entry", "award")):
        for statement in (f"UPDATE {table} SET {column} = 'x'", f"DELETE FROM {table}"):
            with pytest.raises(DBAPIError, match="append-only"):
                await desk.db.write(lambda tx, said=statement: tx.execute(sa.text(said)))
    assert await desk.verify() is None


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("UPDATE ledger_entry SET debit = debit + 1 WHERE line = 1", "differs from what was sealed"),
        ("UPDATE ledger_entry SET unit = 'kjt' WHERE unit = 'czt'", "differs from what was sealed"),
        ("DELETE FROM ledger_entry WHERE line > 4", "differs from what was sealed"),
        ("UPDATE posting SET event_seq = event_seq - 1", "differs from what was sealed"),
        ("DELETE FROM ledger_entry", "differs from what was sealed"),
    ],
)
async def test_whatever_is_done_to_the_ledger_is_found(desk: Desk, statement: str, why: str) -> None:
    await awarded(desk)
    await tamper(desk, statement)
    found = await desk.verify()
    assert found is not None and why in found.why


async def test_a_posting_that_nobody_sealed_is_found(desk: Desk) -> None:
    await awarded(desk)
    await force(desk, line(Account.RESERVED, debit=5), line(Account.OWED, credit=5))
    found = await desk.verify()
    assert found is not None and "is not on the chain" in found.why
    whole = await desk.db.read(audit_money.of_all)
    assert whole is not None and "another sum is taken" in whole
