"""What operators did, and the queues that are consumed."""

from alembic import op

from shared.http.audit import create_operator_actions
from shared.messaging.queues import create_heard_queues

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    create_operator_actions(op)
    create_heard_queues(op)
