"""Contracts, terms, milestones and their clocks, and what every service has."""

from alembic import op

from shared.http.idempotency import create_idempotency_table
from shared.messaging.migrations import create_messaging_tables

revision = "0001"
down_revision = None

KNOWLEDGE = """
CREATE TABLE people (
    person_id uuid PRIMARY KEY,
    display_name text NOT NULL
);
CREATE TABLE policies (
    valid_from date PRIMARY KEY,
    payday_days smallint NOT NULL CHECK (payday_days >= 0),
    payday_limit_days smallint NOT NULL CHECK (payday_limit_days > 0),
    ending_days smallint NOT NULL CHECK (ending_days > 0),
    reminder_days smallint NOT NULL CHECK (reminder_days > 0),
    payment_method text NOT NULL
);
-- The Freelance Act (No. 25 of 2023) is in force since 1 November 2024: its article 4 wants work
-- paid within 60 days of delivery.
INSERT INTO policies VALUES (
    '2024-11-01', 5, 60, 7, 1,
    'Bank transfer to the account that the assistant gave to the payment processor'
);
"""

AGREEMENT = """
CREATE TABLE contracts (
    contract_id uuid PRIMARY KEY,
    proposal_id uuid NOT NULL CONSTRAINT contracts_proposal UNIQUE,
    job_id uuid NOT NULL,
    client_id uuid NOT NULL,
    assistant_id uuid NOT NULL CHECK (assistant_id <> client_id),
    title text NOT NULL,
    category text NOT NULL,
    mode text NOT NULL,
    review_days smallint NOT NULL CHECK (review_days BETWEEN 1 AND 14),
    agreed_at timestamptz NOT NULL
);
CREATE INDEX contracts_of_client ON contracts (client_id, contract_id);
CREATE INDEX contracts_of_assistant ON contracts (assistant_id, contract_id);

CREATE TABLE terms (
    contract_id uuid NOT NULL REFERENCES contracts,
    version integer NOT NULL CHECK (version > 0),
    document text NOT NULL,
    sha256 text NOT NULL CHECK (sha256 = encode(sha256(convert_to(document, 'UTF8')), 'hex')),
    PRIMARY KEY (contract_id, version)
);
"""

WORK = """
CREATE TABLE milestones (
    milestone_id uuid PRIMARY KEY,
    contract_id uuid NOT NULL REFERENCES contracts,
    position smallint NOT NULL,
    title text NOT NULL,
    description text NOT NULL,
    price_amount bigint NOT NULL CHECK (price_amount > 0),
    currency text NOT NULL,
    due_on date NOT NULL,
    status text NOT NULL CHECK (status IN (
        'agreed', 'funding', 'funded', 'delivered', 'changes_requested', 'accepted', 'released',
        'ending', 'ended', 'refunded')),
    overdue boolean NOT NULL DEFAULT false,
    funding_attempt integer NOT NULL,
    ending_asked_by uuid,
    ending_reason text,
    CHECK (status <> 'ending' OR ending_asked_by IS NOT NULL)
);
CREATE INDEX milestones_of_contract ON milestones (contract_id, position);

CREATE TABLE deliveries (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    delivery_id uuid NOT NULL CONSTRAINT deliveries_id UNIQUE,
    milestone_id uuid NOT NULL REFERENCES milestones,
    text text NOT NULL,
    delivered_at timestamptz NOT NULL,
    change_request text
);
CREATE INDEX deliveries_of_milestone ON deliveries (milestone_id, position);

CREATE TABLE files (
    file_id uuid PRIMARY KEY,
    contract_id uuid NOT NULL REFERENCES contracts,
    name text NOT NULL,
    media_type text NOT NULL,
    size bigint NOT NULL CHECK (size > 0),
    sha256 text NOT NULL,
    uploaded_by uuid NOT NULL,
    uploaded_at timestamptz NOT NULL,
    CONSTRAINT files_once UNIQUE (contract_id, uploaded_by, name, sha256)
);

CREATE TABLE delivery_files (
    delivery_id uuid NOT NULL REFERENCES deliveries (delivery_id),
    position smallint NOT NULL,
    file_id uuid NOT NULL REFERENCES files,
    PRIMARY KEY (delivery_id, position)
);
"""

TIME = """
CREATE TABLE deadlines (
    deadline_id uuid PRIMARY KEY,
    milestone_id uuid NOT NULL REFERENCES milestones,
    kind text NOT NULL,
    due_at timestamptz NOT NULL,
    fired_at timestamptz
);
CREATE INDEX deadlines_running ON deadlines (due_at) WHERE fired_at IS NULL;
CREATE INDEX deadlines_of_milestone ON deadlines (milestone_id);

CREATE TABLE timeline (
    entry_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    contract_id uuid NOT NULL REFERENCES contracts,
    milestone_id uuid REFERENCES milestones,
    at timestamptz NOT NULL,
    what text NOT NULL,
    by uuid,
    once_for uuid
);
CREATE INDEX timeline_of_contract ON timeline (contract_id, entry_id);
CREATE UNIQUE INDEX timeline_once ON timeline (contract_id, what, once_for)
    WHERE once_for IS NOT NULL;
"""

# What was agreed, and what happened, is never changed: not by a bug, not by the owner's psql.
APPEND_ONLY = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is appended to only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON terms
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON timeline
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    create_messaging_tables(op)
    create_idempotency_table(op)
    for statements in (KNOWLEDGE, AGREEMENT, WORK, TIME, APPEND_ONLY):
        op.execute(statements)
