"""Checks: what was looked at to see who sent a message."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0009_checks"
down_revision = "0008_deputies"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    op.add_column("inbound_mail", sa.Column("checks", JSON, nullable=True))


def downgrade() -> None:
    op.drop_column("inbound_mail", "checks")
