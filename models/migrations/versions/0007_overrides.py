"""Overrides of operators, and the days on which an application was urged."""

import sqlalchemy as sa
from alembic import op

from models.migrations.append_only import append_only

revision = "0007_overrides"
down_revision = "0006_paper"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "override",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("application_id", sa.String(32), nullable=False),
        sa.Column("task_id", sa.String(32), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("reason", sa.String(5000), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("needs_consent", sa.Boolean(), nullable=False),
        sa.Column("proposer", sa.String(254), nullable=False),
        sa.Column("proposer_name", sa.String(100), nullable=False),
        sa.Column("consenter", sa.String(254), nullable=True),
        sa.Column("consenter_name", sa.String(100), nullable=True),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("consenter IS NULL OR consenter <> proposer", name="the_consenter_is_another_person"),
        sa.CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="an_open_override_has_no_end"),
        sa.CheckConstraint(
            "state <> 'taken' OR NOT needs_consent OR consenter IS NOT NULL", name="consent_before_it_takes_effect"
        ),
        sa.CheckConstraint("length(reason) > 0", name="an_override_says_why"),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"]),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_override_application_id"), "override", ["application_id"], unique=False)
    op.create_index(
        "one_open_override_per_task",
        "override",
        ["task_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "urging",
        sa.Column("application_id", sa.String(32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("by", sa.String(254), nullable=False),
        sa.Column("urged_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"]),
        sa.PrimaryKeyConstraint("application_id", "day"),
    )
    append_only("urging", [["application_id", "day"]])


def downgrade() -> None:
    op.drop_table("urging")
    op.drop_table("override")
