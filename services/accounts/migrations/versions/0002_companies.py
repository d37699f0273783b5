"""Companies and their members."""

from alembic import op

revision = "0002"
down_revision = "0001"

STATEMENTS = "SELECT 1"


def upgrade() -> None:
    op.execute(STATEMENTS)
