"""Names change: of two changes the later is kept, whichever is told first."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.execute("ALTER TABLE people ADD COLUMN change integer NOT NULL DEFAULT 1")
