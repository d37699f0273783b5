"""Messages, ratings, blocks and reports."""

from alembic import op

revision = "0009"
down_revision = "0008"

MESSAGES = """
CREATE TABLE messages (
    message_id uuid PRIMARY KEY,
    contract_id uuid NOT NULL REFERENCES contracts,
    from_id uuid NOT NULL,
    by uuid NOT NULL,
    text text NOT NULL,
    sent_at timestamptz NOT NULL,
    read_at timestamptz
);
CREATE INDEX messages_of_contract ON messages (contract_id, message_id);
CREATE INDEX messages_unread ON messages (contract_id, from_id) WHERE read_at IS NULL;

CREATE TABLE message_files (
    message_id uuid REFERENCES messages,
    position smallint,
    file_id uuid NOT NULL REFERENCES files,
    PRIMARY KEY (message_id, position)
);
"""

# How many days the parties have to rate each other once the work is over: the operator's rule.
RATINGS = """
ALTER TABLE policies ADD COLUMN rating_days smallint NOT NULL DEFAULT 14 CHECK (rating_days > 0);

CREATE TABLE rating_rounds (
    contract_id uuid PRIMARY KEY REFERENCES contracts,
    open_until timestamptz NOT NULL,
    revealed_at timestamptz
);
CREATE INDEX rating_rounds_open ON rating_rounds (open_until) WHERE revealed_at IS NULL;

CREATE TABLE ratings (
    contract_id uuid REFERENCES rating_rounds,
    by_id uuid,
    of_id uuid NOT NULL,
    stars smallint NOT NULL CHECK (stars BETWEEN 1 AND 5),
    comment text NOT NULL,
    given_at timestamptz NOT NULL,
    reply text,
    replied_at timestamptz,
    PRIMARY KEY (contract_id, by_id),
    CHECK (by_id <> of_id),
    CHECK (num_nulls(reply, replied_at) IN (0, 2))
);
CREATE INDEX ratings_of_account ON ratings (of_id, contract_id);
"""

MINDING = """
CREATE TABLE blocks (
    blocked_by uuid,
    account_id uuid,
    blocked_at timestamptz NOT NULL,
    PRIMARY KEY (blocked_by, account_id)
);

CREATE TABLE reports (
    report_id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('account', 'contract', 'message', 'job')),
    subject_id uuid NOT NULL,
    text text NOT NULL,
    made_by uuid NOT NULL,
    made_at timestamptz NOT NULL,
    outcome text,
    closed_at timestamptz,
    closed_by uuid,
    CHECK (num_nulls(outcome, closed_at, closed_by) IN (0, 3))
);
CREATE INDEX reports_open ON reports (report_id) WHERE closed_at IS NULL;
CREATE INDEX reports_of_person ON reports (made_by, report_id);
"""


def upgrade() -> None:
    for statements in (MESSAGES, RATINGS, MINDING):
        op.execute(statements)
