"""Deputies: who stands in for an officer between two days."""

import sqlalchemy as sa
from alembic import op

revision = "0008_deputies"
down_revision = "0007_overrides"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "deputy",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("officer_id", sa.String(32), nullable=False),
        sa.Column("deputy_id", sa.String(32), nullable=False),
        sa.Column("unit", sa.String(20), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.String(254), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.String(254), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("until_day >= from_day", name="a_deputyship_ends_after_it_begins"),
        sa.CheckConstraint("officer_id <> deputy_id", name="nobody_is_their_own_deputy"),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="who_revoked_it_and_when"),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"]),
        sa.ForeignKeyConstraint(["deputy_id"], ["officer.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_deputy_unit"), "deputy", ["unit"], unique=False)
    op.create_index("deputy_of_officer", "deputy", ["deputy_id"], unique=False)
    op.create_index(
        "one_deputyship_from_a_day",
        "deputy",
        ["officer_id", "from_day"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_index(
        "deputy_to_begin",
        "deputy",
        ["from_day"],
        unique=False,
        sqlite_where=sa.text("begun_at IS NULL AND revoked_at IS NULL"),
        postgresql_where=sa.text("begun_at IS NULL AND revoked_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("deputy")
