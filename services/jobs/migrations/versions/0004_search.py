"""Full text and saved searches."""

from alembic import op

revision = "0004"
down_revision = "0003"

STATEMENTS = "SELECT 1"


def upgrade() -> None:
    op.execute(STATEMENTS)
