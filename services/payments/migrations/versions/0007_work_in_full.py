"""Escrow that moves with a milestone, and companies that pay."""

from alembic import op

revision = "0007"
down_revision = "0006"

STATEMENTS = "SELECT 1"


def upgrade() -> None:
    op.execute(STATEMENTS)
