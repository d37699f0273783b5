"""What operators did, the queues that are consumed, and what waits for a second operator."""

from alembic import op

from shared.http.approvals import create_approvals
from shared.http.audit import create_operator_actions
from shared.messaging.queues import create_heard_queues

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    create_operator_actions(op)
    create_heard_queues(op)
    create_approvals(op)
