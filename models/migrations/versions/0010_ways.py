"""Ways in: files kept with replies, letters given up by mail servers, further addresses of officers."""

import sqlalchemy as sa
from alembic import op

from models.columns import JsonColumn
from models.migrations.append_only import append_only

revision = "0010_ways"
down_revision = "0009_checks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("officer", sa.Column("other_emails", JsonColumn, nullable=False, server_default="[]"))
    op.add_column("task", sa.Column("undelivered_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("mail_to_one_address", "inbound_mail", ["recipient", "received_at"], unique=False)
    op.create_table(
        "attachment_content",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256"),
    )
    op.create_table(
        "attachment",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("application_id", sa.String(32), nullable=False),
        sa.Column("mail_id", sa.String(32), nullable=False),
        sa.Column("task_id", sa.String(32), nullable=False),
        sa.Column("decision_id", sa.String(32), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("content_type", sa.String(100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"]),
        sa.ForeignKeyConstraint(["mail_id"], ["inbound_mail.id"]),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"]),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"]),
        sa.ForeignKeyConstraint(["sha256"], ["attachment_content.sha256"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("mail_id", "seq", name="files_of_a_message_are_counted"),
    )
    op.create_index(op.f("ix_attachment_application_id"), "attachment", ["application_id"], unique=False)
    op.create_table(
        "undelivered",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("letter_id", sa.String(32), nullable=False),
        sa.Column("mail_id", sa.String(32), nullable=True),
        sa.Column("task_id", sa.String(32), nullable=True),
        sa.Column("officer_id", sa.String(32), nullable=True),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("diagnostic", sa.String(500), nullable=False),
        sa.Column("next_letter_id", sa.String(32), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"]),
        sa.ForeignKeyConstraint(["mail_id"], ["inbound_mail.id"]),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"]),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("letter_id"),
    )
    op.create_index(op.f("ix_undelivered_task_id"), "undelivered", ["task_id"], unique=False)
    op.create_index(op.f("ix_undelivered_address"), "undelivered", ["address"], unique=False)
    append_only("attachment_content", [["sha256"]])
    append_only("attachment", [["id"], ["mail_id", "seq"]])
    append_only("undelivered", [["id"], ["letter_id"]])


def downgrade() -> None:
    op.drop_table("undelivered")
    op.drop_table("attachment")
    op.drop_table("attachment_content")
    op.drop_index("mail_to_one_address", table_name="inbound_mail")
    op.drop_column("task", "undelivered_at")
    op.drop_column("officer", "other_emails")
