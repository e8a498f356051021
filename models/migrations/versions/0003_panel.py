"""experts with their employers and ties, draws and score sheets of panels"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from models.migrations.append_only import append_only

revision = "0003_panel"
down_revision = "0002_calendar"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")
#: Tables whose rows are written once, with their unique keys.
APPEND_ONLY = {
    "panel_draw": [["id"], ["stage_id", "number"]],
    "score_sheet": [["task_id"], ["stage_id", "expert_key"]],
}


def upgrade() -> None:
    _experts()
    _records()
    for table, keys in APPEND_ONLY.items():
        append_only(table, keys)


def _experts() -> None:
    op.create_table(
        "expert",
        sa.Column("key", sa.String(12), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("fields", JSON, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key"),
        sa.UniqueConstraint("email"),
    )
    op.create_table(
        "expert_employment",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("expert_key", sa.String(12), nullable=False),
        sa.Column("credit_code", sa.String(18), nullable=False),
        sa.Column("employer", sa.String(200), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=True),
        sa.CheckConstraint("to_day IS NULL OR to_day >= from_day", name="employment_ends_after_it_begins"),
        sa.ForeignKeyConstraint(["expert_key"], ["expert.key"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_expert_employment_expert_key"), "expert_employment", ["expert_key"], unique=False)
    op.create_table(
        "expert_tie",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("expert_key", sa.String(12), nullable=False),
        sa.Column("tie", sa.String(200), nullable=False),
        sa.Column("declared", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(["expert_key"], ["expert.key"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("expert_key", "tie", name="one_row_per_tie"),
    )


def _records() -> None:
    op.create_table(
        "panel_draw",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("application_id", sa.String(32), nullable=False),
        sa.Column("stage_id", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("drawn", JSON, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number >= 1", name="draws_count_from_one"),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"]),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("stage_id", "number", name="one_draw_per_stage_and_number"),
    )
    op.create_index(op.f("ix_panel_draw_application_id"), "panel_draw", ["application_id"], unique=False)
    op.create_table(
        "score_sheet",
        sa.Column("task_id", sa.String(32), nullable=False),
        sa.Column("application_id", sa.String(32), nullable=False),
        sa.Column("stage_id", sa.String(32), nullable=False),
        sa.Column("expert_key", sa.String(12), nullable=False),
        sa.Column("points", JSON, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("scored_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"]),
        sa.ForeignKeyConstraint(["expert_key"], ["expert.key"]),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"]),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"]),
        sa.PrimaryKeyConstraint("task_id"),
        sa.UniqueConstraint("stage_id", "expert_key", name="one_sheet_per_expert_and_stage"),
    )
    op.create_index(op.f("ix_score_sheet_application_id"), "score_sheet", ["application_id"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("what a panel decided is not thrown away; restore a backup instead")
