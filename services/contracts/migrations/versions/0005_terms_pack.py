"""Consents, criteria and amendments."""

from alembic import op

revision = "0005"
down_revision = "0004"

STATEMENTS = "SELECT 1"


def upgrade() -> None:
    op.execute(STATEMENTS)
