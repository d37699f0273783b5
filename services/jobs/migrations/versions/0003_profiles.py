"""Profiles, hours, and what contracts tells."""

from alembic import op

revision = "0003"
down_revision = "0002"

STATEMENTS = "SELECT 1"


def upgrade() -> None:
    op.execute(STATEMENTS)
