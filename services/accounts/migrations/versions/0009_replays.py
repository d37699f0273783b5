"""Operators ask for what was published to be told again; the relay does it."""

from alembic import op

from shared.messaging.replays import create_replays

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    create_replays(op)
