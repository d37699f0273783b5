"""Versions of deliveries, comments, caps, holds, and what the parties say to a dispute."""

from alembic import op

revision = "0006"
down_revision = "0005"

# For how long the processor holds money, and when the parties are told that the end is near.
POLICIES = """
ALTER TABLE policies
    ADD COLUMN hold_days smallint NOT NULL DEFAULT 90 CHECK (hold_days > 0),
    ADD COLUMN hold_warning_days smallint[] NOT NULL DEFAULT '{60,75}';
"""

DELIVERIES = """
ALTER TABLE deliveries
    ADD COLUMN version smallint NOT NULL DEFAULT 1 CHECK (version > 0),
    ADD COLUMN criterion text;
UPDATE deliveries SET version = numbered.version FROM (
    SELECT position, row_number() OVER (PARTITION BY milestone_id ORDER BY position) AS version
    FROM deliveries
) AS numbered WHERE numbered.position = deliveries.position;

CREATE TABLE delivery_comments (
    comment_id uuid PRIMARY KEY,
    delivery_id uuid NOT NULL REFERENCES deliveries (delivery_id),
    by_id uuid NOT NULL,
    by uuid NOT NULL,
    text text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX delivery_comments_of_delivery ON delivery_comments (delivery_id, comment_id);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON delivery_comments
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""

MILESTONES = """
ALTER TABLE milestones
    ADD COLUMN late boolean NOT NULL DEFAULT false,
    ADD COLUMN funded_at timestamptz;
UPDATE milestones SET funded_at = (
    SELECT min(at) FROM timeline
    WHERE timeline.milestone_id = milestones.milestone_id AND what = 'funded'
) WHERE funded;
ALTER TABLE contracts ADD COLUMN completed_at timestamptz;
"""

DISPUTES = """
CREATE TABLE dispute_statements (
    statement_id uuid PRIMARY KEY,
    dispute_id uuid NOT NULL REFERENCES disputes,
    by_id uuid NOT NULL,
    by uuid NOT NULL,
    text text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX dispute_statements_of_dispute ON dispute_statements (dispute_id, statement_id);
CREATE TABLE statement_files (
    statement_id uuid REFERENCES dispute_statements,
    position smallint,
    file_id uuid NOT NULL REFERENCES files,
    PRIMARY KEY (statement_id, position)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON dispute_statements
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    for statements in (POLICIES, DELIVERIES, MILESTONES, DISPUTES):
        op.execute(statements)
