"""Public notice: what is shown, objections with their files and answers, and the award that waits for the end."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from models.migrations.append_only import append_only

revision = "0004_notice"
down_revision = "0003_panel"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")

APPEND_ONLY = {
    "notice": [["id"], ["stage_id"]],
    "objection": [["id"], ["notice_id", "seq"]],
    "objection_file": [["id"], ["objection_id", "seq"]],
    "objection_answer": [["objection_id"]],
}


def upgrade() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("application_id", sa.String(32), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("stage_id", sa.String(32), nullable=False),
        sa.Column("headline", JSON, nullable=False),
        sa.Column("html", sa.LargeBinary(), nullable=False),
        sa.Column("html_sha256", sa.String(64), nullable=False),
        sa.Column("csv", sa.LargeBinary(), nullable=False),
        sa.Column("csv_sha256", sa.String(64), nullable=False),
        sa.Column("working_days", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("working_days >= 5", name="at_least_five_working_days"),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"]),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("stage_id", name="one_notice_per_stage"),
    )
    op.create_index("ix_notice_application_id", "notice", ["application_id"])
    op.create_table(
        "fixed_award",
        sa.Column("application_id", sa.String(32), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("province", sa.BigInteger(), nullable=False),
        sa.Column("city", sa.BigInteger(), nullable=False),
        sa.Column("county", sa.BigInteger(), nullable=False),
        sa.Column("fixed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("province >= 0 AND city >= 0 AND county >= 0", name="fixed_award_not_negative"),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"]),
        sa.PrimaryKeyConstraint("application_id"),
    )
    _objections()
    for table, keys in APPEND_ONLY.items():
        append_only(table, keys)


def _objections() -> None:
    op.create_table(
        "objection",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("application_id", sa.String(32), nullable=False),
        sa.Column("notice_id", sa.String(32), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("contact", sa.String(254), nullable=False),
        sa.Column("contact_key", sa.String(254), nullable=False),
        sa.Column("text", sa.String(5000), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("days_left", sa.Integer(), nullable=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.CheckConstraint(
            "length(name) > 0 AND length(contact) > 0 AND length(text) > 0", name="an_objection_says_who"
        ),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"]),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("notice_id", "seq", name="objections_of_a_notice_are_counted"),
    )
    op.create_index("ix_objection_application_id", "objection", ["application_id"])
    op.create_table(
        "objection_file",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("objection_id", sa.String(32), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("type", sa.String(100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["objection_id"], ["objection.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("objection_id", "seq", name="files_of_an_objection_are_counted"),
    )
    op.create_table(
        "objection_answer",
        sa.Column("objection_id", sa.String(32), nullable=False),
        sa.Column("application_id", sa.String(32), nullable=False),
        sa.Column("result", sa.String(20), nullable=False),
        sa.Column("text", sa.String(5000), nullable=False),
        sa.Column("unit", sa.String(20), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"]),
        sa.ForeignKeyConstraint(["objection_id"], ["objection.id"]),
        sa.PrimaryKeyConstraint("objection_id"),
    )
    op.create_index("ix_objection_answer_application_id", "objection_answer", ["application_id"])
