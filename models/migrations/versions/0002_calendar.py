"""The operator's own days of the calendar, and by which calendar an open stage's deadline was counted."""

import sqlalchemy as sa
from alembic import op

from models.migrations.append_only import append_only

revision = "0002_calendar"
down_revision = "0001_moves"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_day",
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("working", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(300), nullable=False),
        sa.PrimaryKeyConstraint("recorded_at", "day"),
    )
    append_only("calendar_day", [["recorded_at", "day"]])
    op.add_column("stage", sa.Column("counted_by", sa.String(16), nullable=False, server_default=""))
    op.create_index(
        "stage_to_recount",
        "stage",
        ["counted_by"],
        sqlite_where=sa.text("state = 'open' AND due_provisional = 1"),
        postgresql_where=sa.text("state = 'open' AND due_provisional"),
    )
