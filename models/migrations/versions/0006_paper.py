"""Papers: award letters and decision sheets as they were made."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from models.migrations.append_only import append_only

revision = "0006_paper"
down_revision = "0005_money"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "paper",
        sa.Column("application_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(pdf) > 0", name="a_paper_is_not_empty"),
        sa.CheckConstraint("length(sha256) = 64", name="a_paper_has_its_hash"),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"]),
        sa.PrimaryKeyConstraint("application_id", "kind", "seq"),
    )
    append_only("paper", [["application_id", "kind", "seq"]])


def downgrade() -> None:
    op.drop_table("paper")
