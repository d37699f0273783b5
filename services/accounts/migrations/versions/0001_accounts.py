"""Accounts, and the tables of messages and commands."""

import sqlalchemy as sa
from alembic import op

from shared.http.idempotency import create_idempotency_table
from shared.messaging.migrations import create_messaging_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("person_id", sa.Uuid, primary_key=True),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("email_key", sa.Text, nullable=False, unique=True),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("roles", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("locale", sa.Text, nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.CheckConstraint("roles <@ ARRAY['client', 'assistant', 'operator']", "known_roles"),
        sa.CheckConstraint("locale IN ('ja', 'en')", "known_locale"),
    )
    create_messaging_tables(op)
    create_idempotency_table(op)
