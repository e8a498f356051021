"""Digests: which letters an officer wants, the morning letters, and the dossiers that letters carry."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from models.migrations.append_only import append_only

revision = "0011_digest"
down_revision = "0010_ways"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.execute(
        "ALTER TABLE officer ADD COLUMN letters VARCHAR(20) DEFAULT 'each' NOT NULL"
        " CONSTRAINT letters_as_wanted CHECK (letters IN ('each', 'digest', 'both'))"
    )
    op.create_table(
        "dossier",
        sa.Column("application_id", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"]),
        sa.PrimaryKeyConstraint("application_id", "version"),
    )
    append_only("dossier", [["application_id", "version"]])
    op.create_table(
        "digest",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("officer_id", sa.String(32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("nonces", JSON, nullable=False),
        sa.Column("nonce", sa.String(32), nullable=False),
        sa.Column("locator", sa.String(12), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("locator"),
        sa.UniqueConstraint("officer_id", "day", name="one_digest_per_officer_and_day"),
    )
    append_only("digest", [["id"], ["locator"], ["officer_id", "day"]])


def downgrade() -> None:
    op.drop_table("digest")
    op.drop_table("dossier")
    with op.batch_alter_table("officer") as officer:
        officer.drop_constraint("letters_as_wanted")
        officer.drop_column("letters")
