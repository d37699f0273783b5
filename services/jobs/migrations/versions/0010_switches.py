"""What operators switch: whether the service is drained."""

from alembic import op

from shared.messaging.switches import create_switches

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    create_switches(op)
