"""The first schema: applications, stages, tasks, decisions, events, letters, and their guards."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from models.migrations.append_only import append_only

revision = "0001_moves"
down_revision = None
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")

#: Tables whose rows are written once: no update, no delete, by whatever client; and their unique keys.
APPEND_ONLY = {
    "decision": [["id"], ["task_id"], ["token_id"]],
    "event": [["application_id", "seq"]],
    "revision": [["application_id", "round"]],
    "pledge": [["decision_id", "level"]],
    "recusal": [["application_id", "address"]],
    "piece": [["application_id", "round", "line"]],
    "policy_edition": [["version"]],
    "figure": [["id"]],
    "registration": [["id"]],
    "report": [["id"]],
}


def upgrade() -> None:
    op.create_table(
        "policy_edition",
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("policy", sa.String(60), nullable=False),
        sa.Column("files", JSON, nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("version"),
    )
    op.create_table(
        "figure",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("policy", sa.String(60), nullable=False),
        sa.Column("figure", sa.String(60), nullable=False),
        sa.Column("place", sa.String(6), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("value", sa.String(40), nullable=False),
        sa.Column("source", sa.String(300), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("figure_of_place", "figure", ["policy", "figure", "place", "from_day"], unique=False)
    op.create_table(
        "registration",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("policy", sa.String(60), nullable=False),
        sa.Column("register_key", sa.String(60), nullable=False),
        sa.Column("credit_code", sa.String(18), nullable=False),
        sa.Column("project_key", sa.String(200), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("source", sa.String(300), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "registration_of_applicant", "registration", ["policy", "credit_code", "register_key"], unique=False
    )
    op.create_table(
        "tally",
        sa.Column("policy", sa.String(60), nullable=False),
        sa.Column("ceiling", sa.String(100), nullable=False),
        sa.Column("scope", sa.String(18), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
        sa.Column("most", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("used >= 0", name="tally_not_negative"),
        sa.CheckConstraint("used <= most", name="tally_under_its_ceiling"),
        sa.PrimaryKeyConstraint("policy", "ceiling", "scope", "year"),
    )
    op.create_table(
        "application",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("policy", sa.String(60), nullable=False),
        sa.Column("policy_version", sa.String(64), nullable=False),
        sa.Column("measure", sa.Integer(), nullable=False),
        sa.Column("option", sa.String(60), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("content_round", sa.Integer(), nullable=False),
        sa.Column("walk", JSON, nullable=False),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("route", JSON, nullable=False),
        sa.Column("applicant", sa.String(200), nullable=False),
        sa.Column("credit_code", sa.String(18), nullable=False),
        sa.Column("contact", sa.String(200), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("project_key", sa.String(200), nullable=False),
        sa.Column("cost_basis_key", sa.String(200), nullable=False),
        sa.Column("county", sa.String(6), nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("trace", JSON, nullable=False),
        sa.Column("largest", sa.BigInteger(), nullable=True),
        sa.Column("asked_province", sa.BigInteger(), nullable=False),
        sa.Column("asked_city", sa.BigInteger(), nullable=False),
        sa.Column("asked_county", sa.BigInteger(), nullable=False),
        sa.Column("award_province", sa.BigInteger(), nullable=True),
        sa.Column("award_city", sa.BigInteger(), nullable=True),
        sa.Column("award_county", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("shown_version", sa.Integer(), nullable=False),
        sa.Column("wake_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("run_id", sa.String(36), nullable=True),
        sa.Column("submitted_by_run", sa.String(36), nullable=True),
        sa.Column("runs", sa.Integer(), nullable=False),
        sa.Column("event_count", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(64), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(position IS NULL) = (state <> 'in_progress')", name="position_while_in_progress"),
        sa.CheckConstraint(
            "(state = 'awarded') = (award_province IS NOT NULL AND award_city IS NOT NULL AND award_county IS NOT NULL)",
            name="award_if_and_only_if_awarded",
        ),
        sa.CheckConstraint(
            "largest IS NULL OR award_province IS NULL OR award_province + award_city + award_county <= largest",
            name="award_within_its_limit",
        ),
        sa.CheckConstraint("asked_province >= 0 AND asked_city >= 0 AND asked_county >= 0", name="asked_not_negative"),
        sa.ForeignKeyConstraint(
            ["policy_version"],
            ["policy_edition.version"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
        sa.UniqueConstraint("run_id"),
        sa.UniqueConstraint("submitted_by_run"),
    )
    op.create_index(
        "application_to_wake",
        "application",
        ["wake_at"],
        unique=False,
        sqlite_where=sa.text("version > shown_version"),
        postgresql_where=sa.text("version > shown_version"),
    )
    op.create_index("application_of_applicant", "application", ["credit_code"], unique=False)
    op.create_index(op.f("ix_application_state"), "application", ["state"], unique=False)
    op.create_index(
        "one_live_application_per_project",
        "application",
        ["policy", "measure", "credit_code", "project_key"],
        unique=True,
        sqlite_where=sa.text("state NOT IN ('refused', 'withdrawn')"),
        postgresql_where=sa.text("state NOT IN ('refused', 'withdrawn')"),
    )
    op.create_table(
        "numbering",
        sa.Column("prefix", sa.String(40), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("prefix"),
    )
    op.create_table(
        "officer",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("unit", sa.String(20), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("role", sa.String(200), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("unit", "email", name="one_officer_per_unit_and_address"),
    )
    op.create_index(op.f("ix_officer_unit"), "officer", ["unit"], unique=False)
    op.create_table(
        "event",
        sa.Column("application_id", sa.String(32), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
        ),
        sa.PrimaryKeyConstraint("application_id", "seq"),
    )
    op.create_table(
        "inbound_mail",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("key", sa.String(400), nullable=False),
        sa.Column("message_id", sa.String(300), nullable=False),
        sa.Column("body_hash", sa.String(64), nullable=False),
        sa.Column("sender", sa.String(320), nullable=False),
        sa.Column("recipient", sa.String(320), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("why", sa.String(500), nullable=False),
        sa.Column("application_id", sa.String(32), nullable=True),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index(op.f("ix_inbound_mail_state"), "inbound_mail", ["state"], unique=False)
    op.create_table(
        "letter",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("key", sa.String(160), nullable=False),
        sa.Column("application_id", sa.String(32), nullable=True),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("addressee", sa.String(200), nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("message_id", sa.String(200), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(500), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("flagged", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
        sa.UniqueConstraint("message_id"),
    )
    op.create_index(op.f("ix_letter_application_id"), "letter", ["application_id"], unique=False)
    op.create_index(
        "letter_to_send",
        "letter",
        ["next_try_at"],
        unique=False,
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_table(
        "revision",
        sa.Column("application_id", sa.String(32), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
        ),
        sa.PrimaryKeyConstraint("application_id", "round"),
    )
    op.create_table(
        "piece",
        sa.Column("application_id", sa.String(32), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("stated", JSON, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
        ),
        sa.PrimaryKeyConstraint("application_id", "round", "line"),
    )
    op.create_index("piece_by_key", "piece", ["key"], unique=False)
    op.create_table(
        "stage",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("application_id", sa.String(32), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(60), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_provisional", sa.Boolean(), nullable=False),
        sa.Column("remind_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'closed') = (outcome IS NOT NULL)", name="outcome_if_and_only_if_closed"),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "one_stage_per_position_and_round",
        "stage",
        ["application_id", "round", "position"],
        unique=True,
        sqlite_where=sa.text("state <> 'void'"),
        postgresql_where=sa.text("state <> 'void'"),
    )
    op.create_index(
        "one_open_stage_per_application",
        "stage",
        ["application_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "stage_to_remind",
        "stage",
        ["remind_at"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "task",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("application_id", sa.String(32), nullable=False),
        sa.Column("stage_id", sa.String(32), nullable=False),
        sa.Column("seat", sa.String(20), nullable=False),
        sa.Column("unit", sa.String(20), nullable=False),
        sa.Column("officer_id", sa.String(32), nullable=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("subject", sa.String(32), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("waits_for", sa.String(32), nullable=True),
        sa.Column("came_from", sa.String(32), nullable=True),
        sa.Column("decision_id", sa.String(32), nullable=True),
        sa.Column("ended_as", sa.String(20), nullable=True),
        sa.Column("asked_instead", sa.String(20), nullable=True),
        sa.CheckConstraint("(state = 'void') = (ended_as IS NOT NULL)", name="a_void_task_says_why"),
        sa.CheckConstraint("state <> 'waiting' OR waits_for IS NOT NULL", name="who_waits_says_for_what"),
        sa.CheckConstraint("state <> 'done' OR decision_id IS NOT NULL", name="a_done_task_has_its_decision"),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
        ),
        sa.ForeignKeyConstraint(
            ["stage_id"],
            ["stage.id"],
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"],
            ["officer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["waits_for"],
            ["task.id"],
        ),
        sa.ForeignKeyConstraint(
            ["came_from"],
            ["task.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_task_application_id"), "task", ["application_id"], unique=False)
    op.create_index(op.f("ix_task_stage_id"), "task", ["stage_id"], unique=False)
    op.create_index(
        "one_live_task_per_seat",
        "task",
        ["stage_id", "seat", "subject"],
        unique=True,
        sqlite_where=sa.text("state IN ('waiting', 'open', 'done') AND counts"),
        postgresql_where=sa.text("state IN ('waiting', 'open', 'done') AND counts"),
    )
    op.create_index(
        "task_that_waits",
        "task",
        ["waits_for"],
        unique=False,
        sqlite_where=sa.text("waits_for IS NOT NULL"),
        postgresql_where=sa.text("waits_for IS NOT NULL"),
    )
    op.create_table(
        "token",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("application_id", sa.String(32), nullable=False),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("task_id", sa.String(32), nullable=True),
        sa.Column("officer_id", sa.String(32), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("nonce", sa.String(32), nullable=False),
        sa.Column("locator", sa.String(12), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("code_nonce", sa.String(32), nullable=True),
        sa.Column("code_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code_tries", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(purpose IN ('decide', 'reply')) = (task_id IS NOT NULL AND officer_id IS NOT NULL)",
            name="task_and_officer_where_it_decides",
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"],
            ["officer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["task.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("locator"),
    )
    op.create_index(op.f("ix_token_application_id"), "token", ["application_id"], unique=False)
    op.create_table(
        "decision",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("application_id", sa.String(32), nullable=False),
        sa.Column("task_id", sa.String(32), nullable=False),
        sa.Column("officer_id", sa.String(32), nullable=True),
        sa.Column("token_id", sa.String(32), nullable=True),
        sa.Column("by", sa.String(254), nullable=False),
        sa.Column("deputy_for", sa.String(32), nullable=True),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("opinion", sa.String(5000), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("returns_to", sa.String(60), nullable=True),
        sa.Column("straight_back", sa.Boolean(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("outcome = 'approve' OR length(opinion) > 0", name="a_no_says_why"),
        sa.CheckConstraint(
            "(channel IN ('automatic', 'operator')) = (officer_id IS NULL)"
            " AND (officer_id IS NULL) = (token_id IS NULL) AND (officer_id IS NULL) = (length(by) > 0)",
            name="an_officer_or_what_stood_in",
        ),
        sa.ForeignKeyConstraint(
            ["deputy_for"],
            ["officer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"],
            ["officer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["task.id"],
        ),
        sa.ForeignKeyConstraint(
            ["token_id"],
            ["token.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("task_id"),
        sa.UniqueConstraint("token_id"),
    )
    op.create_index(op.f("ix_decision_application_id"), "decision", ["application_id"], unique=False)
    op.create_table(
        "pledge",
        sa.Column("decision_id", sa.String(32), nullable=False),
        sa.Column("level", sa.String(20), nullable=False),
        sa.Column("application_id", sa.String(32), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount >= 0", name="pledge_not_negative"),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["decision.id"],
        ),
        sa.PrimaryKeyConstraint("decision_id", "level"),
    )
    op.create_index(op.f("ix_pledge_application_id"), "pledge", ["application_id"], unique=False)
    op.create_table(
        "recusal",
        sa.Column("application_id", sa.String(32), nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("officer_id", sa.String(32), nullable=False),
        sa.Column("task_id", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(5000), nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("recused_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"],
            ["officer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["task.id"],
        ),
        sa.PrimaryKeyConstraint("application_id", "address"),
    )
    op.create_table(
        "report",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("application_id", sa.String(32), nullable=False),
        sa.Column("task_id", sa.String(32), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.String(32), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("text", sa.String(5000), nullable=False),
        sa.Column("figures", JSON, nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(text) > 0", name="a_report_says_something"),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"],
            ["officer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["task.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_report_application_id"), "report", ["application_id"], unique=False)

    for table, keys in APPEND_ONLY.items():
        append_only(table, keys)


def downgrade() -> None:
    raise NotImplementedError("the first schema has nothing to go back to; restore a backup instead")
