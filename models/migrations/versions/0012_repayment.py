"""Repayments: what came back in cash, a receipt each; the account that it is posted to stands on the debit side."""

import sqlalchemy as sa
from alembic import op

from models.migrations.append_only import append_only

revision = "0012_repayment"
down_revision = "0011_digest"
branch_labels = None
depends_on = None

#: As in 0005, which does not know the account ``repaid``.
SOUND = "posting_is_sound_2"
WHY = "no account is negative"
DEBIT = "('reserved', 'recoverable', 'repaid')"
FOUND = (
    "EXISTS (SELECT 1 FROM ledger_entry"
    " WHERE award IN (SELECT award FROM ledger_entry WHERE posting = NEW.id) GROUP BY award, unit, account"
    f" HAVING (SUM(debit) - SUM(credit)) * (CASE WHEN account IN {DEBIT} THEN 1 ELSE -1 END) < 0)"
)


def upgrade() -> None:
    op.create_table(
        "repayment",
        sa.Column("unit", sa.String(20), nullable=False),
        sa.Column("receipt", sa.String(60), nullable=False),
        sa.Column("award", sa.String(32), nullable=False),
        sa.Column("event_seq", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(20), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name="something_was_repaid"),
        sa.ForeignKeyConstraint(["award"], ["application.id"]),
        sa.PrimaryKeyConstraint("unit", "receipt"),
    )
    op.create_index("repayment_of_award", "repayment", ["award", "event_seq"], unique=True)
    append_only("repayment", [["unit", "receipt"], ["award", "event_seq"]])
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"DROP TRIGGER {SOUND}")
        op.execute(
            f"CREATE TRIGGER {SOUND} BEFORE INSERT ON posting WHEN {FOUND} BEGIN SELECT RAISE(ABORT, '{WHY}'); END"
        )
        return
    op.execute(
        f"CREATE OR REPLACE FUNCTION {SOUND}() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN IF {FOUND} THEN RAISE EXCEPTION '{WHY}'; END IF; RETURN NEW; END $$"
    )


def downgrade() -> None:
    raise NotImplementedError("what was posted stays posted; restore a backup instead")
