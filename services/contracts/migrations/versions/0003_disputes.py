"""Parts that are accepted, bonuses, disputes and chargebacks."""

from alembic import op

revision = "0003"
down_revision = "0002"

# The defaults let processes of the version before go on writing while this one is rolled out.
PARTS = """
ALTER TABLE milestones DROP CONSTRAINT milestones_status_check;
ALTER TABLE milestones
    ADD CHECK (status IN (
        'agreed', 'funding', 'funded', 'delivered', 'changes_requested', 'accepted', 'released',
        'ending', 'ended', 'refunded', 'disputed', 'resolved', 'charged_back')),
    ADD COLUMN kind text NOT NULL DEFAULT 'work' CHECK (kind IN ('work', 'bonus')),
    ADD COLUMN funded boolean NOT NULL DEFAULT false,
    ADD COLUMN accepted_amount bigint NOT NULL DEFAULT 0,
    ADD COLUMN refunded_amount bigint NOT NULL DEFAULT 0 CHECK (refunded_amount >= 0),
    ADD CHECK (accepted_amount BETWEEN 0 AND price_amount - 1);
UPDATE milestones SET funded = true WHERE EXISTS (
    SELECT FROM timeline
    WHERE timeline.milestone_id = milestones.milestone_id AND what = 'funded'
);
"""

# How many days a party has to answer a dispute, on which banks are open: the operator's rule.
DISPUTES = """
ALTER TABLE policies ADD COLUMN dispute_days smallint NOT NULL DEFAULT 5 CHECK (dispute_days > 0);

CREATE TABLE disputes (
    dispute_id uuid PRIMARY KEY,
    milestone_id uuid NOT NULL REFERENCES milestones CONSTRAINT disputes_milestone UNIQUE,
    opened_by uuid NOT NULL,
    reason text NOT NULL,
    opened_at timestamptz NOT NULL,
    answer_until timestamptz NOT NULL,
    answer text,
    answered_at timestamptz,
    proposed_by uuid,
    proposed_to_assistant bigint CHECK (proposed_to_assistant >= 0),
    to_assistant bigint CHECK (to_assistant >= 0),
    to_client bigint CHECK (to_client >= 0),
    resolved_by text CHECK (resolved_by IN ('operator', 'silence', 'agreement')),
    resolution text,
    resolved_at timestamptz,
    CHECK (num_nulls(proposed_by, proposed_to_assistant) IN (0, 2)),
    CHECK (num_nulls(to_assistant, to_client, resolved_by, resolution, resolved_at) IN (0, 5))
);
CREATE INDEX disputes_open ON disputes (dispute_id) WHERE resolved_at IS NULL;
"""


def upgrade() -> None:
    for statements in (PARTS, DISPUTES):
        op.execute(statements)
