"""Messages, ratings, blocks and reports."""

from alembic import op

revision = "0009"
down_revision = "0008"

STATEMENTS = "SELECT 1"


def upgrade() -> None:
    op.execute(STATEMENTS)
