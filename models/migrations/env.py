"""Alembic's environment: `approvals.migrate` hands it a connection; SQLite and PostgreSQL alike."""

from alembic import context

from models.tables import SQLModel

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
