"""What operators switch: whether the service is drained."""

from alembic import op

from shared.messaging.switches import create_switches

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    create_switches(op)
