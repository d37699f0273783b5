"""Hand-overs and care pauses."""

from alembic import op

revision = "0008"
down_revision = "0007"

STATEMENTS = "SELECT 1"


def upgrade() -> None:
    op.execute(STATEMENTS)
