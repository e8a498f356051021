"""Money: a ledger in double entry whose postings balance, and budgets that awards cannot overdraw."""

import sqlalchemy as sa
from alembic import op

from models.migrations.append_only import append_only

revision = "0005_money"
down_revision = "0004_notice"
branch_labels = None
depends_on = None

APPEND_ONLY = {
    "posting": [["id"], ["application_id", "event_seq"]],
    "ledger_entry": [["posting", "line"]],
    "budget": [["id"]],
    "release": [["case_id"]],
}
#: Accounts whose balance stands on the debit side; the others' stand on the credit side.
DEBIT = "('reserved', 'recoverable')"
#: Why a posting cannot be closed -> what finds it; NEW is the row of the posting.
FAULTS = {
    "a posting has entries": "NOT EXISTS (SELECT 1 FROM ledger_entry WHERE posting = NEW.id)",
    "a posting balances": (
        "EXISTS (SELECT 1 FROM ledger_entry WHERE posting = NEW.id GROUP BY unit HAVING SUM(debit) <> SUM(credit))"
    ),
    "no account is negative": (
        "EXISTS (SELECT 1 FROM ledger_entry"
        " WHERE award IN (SELECT award FROM ledger_entry WHERE posting = NEW.id) GROUP BY award, unit, account"
        f" HAVING (SUM(debit) - SUM(credit)) * (CASE WHEN account IN {DEBIT} THEN 1 ELSE -1 END) < 0)"
    ),
}
CLOSED = ("the posting is closed", "EXISTS (SELECT 1 FROM posting WHERE id = NEW.posting)")


def upgrade() -> None:
    op.create_table(
        "posting",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("application_id", sa.String(32), nullable=False),
        sa.Column("event_seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("posting_of_application", "posting", ["application_id", "event_seq"], unique=True)
    op.create_table(
        "ledger_entry",
        sa.Column("posting", sa.String(32), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("award", sa.String(32), nullable=False),
        sa.Column("account", sa.String(20), nullable=False),
        sa.Column("level", sa.String(20), nullable=False),
        sa.Column("unit", sa.String(20), nullable=False),
        sa.Column("measure", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("debit", sa.BigInteger(), nullable=False),
        sa.Column("credit", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "debit >= 0 AND credit >= 0 AND (debit = 0) <> (credit = 0)", name="an_entry_has_exactly_one_side"
        ),
        sa.ForeignKeyConstraint(["posting"], ["posting.id"], deferrable=True, initially="DEFERRED"),
        sa.ForeignKeyConstraint(["award"], ["application.id"]),
        sa.PrimaryKeyConstraint("posting", "line"),
    )
    op.create_index("entry_of_award", "ledger_entry", ["award"], unique=False)
    op.create_table(
        "release",
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("award_id", sa.String(32), nullable=False),
        sa.Column("milestone", sa.String(60), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["application.id"]),
        sa.ForeignKeyConstraint(["award_id"], ["application.id"]),
        sa.PrimaryKeyConstraint("case_id"),
    )
    op.create_index("ix_release_award_id", "release", ["award_id"], unique=False)
    _budgets()
    for table, keys in APPEND_ONLY.items():
        append_only(table, keys)
    for n, (why, found) in enumerate(FAULTS.items()):
        _refuse("posting", f"posting_is_sound_{n}", why, found)
    _refuse("ledger_entry", "posting_is_closed", *CLOSED)


def _budgets() -> None:
    op.create_table(
        "budget",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("policy", sa.String(60), nullable=False),
        sa.Column("unit", sa.String(20), nullable=False),
        sa.Column("measure", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("granted_on", sa.Date(), nullable=False),
        sa.Column("source", sa.String(300), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount >= 0", name="budget_not_negative"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("budget_of_unit", "budget", ["policy", "unit", "measure", "year"], unique=False)
    op.create_table(
        "allotment",
        sa.Column("policy", sa.String(60), nullable=False),
        sa.Column("unit", sa.String(20), nullable=False),
        sa.Column("measure", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("granted", sa.BigInteger(), nullable=True),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("reserved >= 0", name="reserved_not_negative"),
        sa.CheckConstraint("granted IS NULL OR reserved <= granted", name="reserved_within_its_budget"),
        sa.PrimaryKeyConstraint("policy", "unit", "measure", "year"),
    )


def _refuse(table: str, name: str, why: str, found: str) -> None:
    """Refuse a row of ``table`` where ``found`` holds.

    A posting is written after its entries, whose reference to it waits for the commit: so both databases can look
    at all of them in a trigger on the posting, and neither takes an entry without a posting or after it.
    """
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE TRIGGER {name} BEFORE INSERT ON {table} WHEN {found} BEGIN SELECT RAISE(ABORT, '{why}'); END"
        )
        return
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN IF {found} THEN RAISE EXCEPTION '{why}'; END IF; RETURN NEW; END $$"
    )
    op.execute(f"CREATE TRIGGER {name} BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def downgrade() -> None:
    raise NotImplementedError("what was posted stays posted; restore a backup instead")
