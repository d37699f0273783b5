"""Hand-overs, dates that assistants move, and who may be a substitute."""

from alembic import op

revision = "0008"
down_revision = "0007"

# Null for who was registered before: then nobody knows.
PEOPLE = "ALTER TABLE people ADD COLUMN is_assistant boolean;"

HAND_OVERS = """
CREATE TABLE hand_overs (
    hand_over_id uuid PRIMARY KEY,
    milestone_id uuid NOT NULL REFERENCES milestones,
    substitute_id uuid NOT NULL,
    to_assistant bigint NOT NULL CHECK (to_assistant >= 0),
    price bigint NOT NULL CHECK (price > 0),
    due_on date NOT NULL,
    note text NOT NULL,
    proposed_by text NOT NULL CHECK (proposed_by IN ('client', 'assistant')),
    proposed_at timestamptz NOT NULL,
    shares_deliveries boolean NOT NULL,
    client_consent_by uuid,
    client_consent_at timestamptz,
    assistant_consent_by uuid,
    assistant_consent_at timestamptz,
    substitute_consent_by uuid,
    substitute_consent_at timestamptz,
    to_milestone_id uuid NOT NULL,
    status text NOT NULL CHECK (status IN ('proposed', 'agreed', 'refused', 'void')),
    to_contract_id uuid REFERENCES contracts,
    CHECK (num_nulls(client_consent_by, client_consent_at) IN (0, 2)),
    CHECK (num_nulls(assistant_consent_by, assistant_consent_at) IN (0, 2)),
    CHECK (num_nulls(substitute_consent_by, substitute_consent_at) IN (0, 2)),
    CHECK ((status = 'agreed') = (to_contract_id IS NOT NULL)),
    CHECK (status <> 'agreed'
        OR num_nulls(client_consent_at, assistant_consent_at, substitute_consent_at) = 0)
);
CREATE INDEX hand_overs_of_milestone ON hand_overs (milestone_id, hand_over_id);
CREATE INDEX hand_overs_of_substitute ON hand_overs (substitute_id, hand_over_id);
CREATE UNIQUE INDEX hand_overs_standing ON hand_overs (milestone_id) WHERE status = 'proposed';
"""

# No more than that it was done: there is no place for a reason.
DATE_MOVES = """
CREATE TABLE date_moves (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    contract_id uuid NOT NULL REFERENCES contracts,
    days smallint NOT NULL CHECK (days > 0),
    moved_at timestamptz NOT NULL
);
CREATE INDEX date_moves_of_contract ON date_moves (contract_id);
"""


def upgrade() -> None:
    for statements in (PEOPLE, HAND_OVERS, DATE_MOVES):
        op.execute(statements)
