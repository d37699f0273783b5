"""What operators switch: whether the service is drained."""

from alembic import op

from shared.messaging.switches import create_switches

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    create_switches(op)
