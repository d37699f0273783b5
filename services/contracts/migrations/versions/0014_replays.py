"""Operators ask for what was published to be told again; the relay does it."""

from alembic import op

from shared.messaging.replays import create_replays

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    create_replays(op)
