"""What operators did, the queues that are consumed, and people who are kept out."""

from alembic import op

from shared.http.audit import create_operator_actions
from shared.messaging.queues import create_heard_queues

revision = "0005"
down_revision = "0004"

SUSPENSIONS = """
CREATE TABLE suspensions (
    suspension_id uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES accounts,
    reason text NOT NULL,
    suspended_by uuid NOT NULL,
    suspended_at timestamptz NOT NULL,
    reinstated_by uuid,
    reinstated_at timestamptz,
    reinstated_because text,
    CHECK (suspended_by <> person_id),
    CHECK (num_nulls(reinstated_by, reinstated_at, reinstated_because) IN (0, 3))
);
CREATE INDEX suspensions_of_person ON suspensions (person_id, suspension_id);
CREATE UNIQUE INDEX suspensions_holding ON suspensions (person_id) WHERE reinstated_at IS NULL;
"""


def upgrade() -> None:
    create_operator_actions(op)
    create_heard_queues(op)
    op.execute(SUSPENSIONS)
