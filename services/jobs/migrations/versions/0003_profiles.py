"""Profiles, hours, and what the other services tell of people."""

from alembic import op

revision = "0003"
down_revision = "0002"

PROFILES = """
CREATE TABLE people (
    person_id uuid PRIMARY KEY,
    name text NOT NULL,
    assistant boolean NOT NULL
);

CREATE TABLE profiles (
    person_id uuid PRIMARY KEY,
    said jsonb NOT NULL,
    skills text[] NOT NULL,
    weekly_minutes integer NOT NULL CHECK (weekly_minutes >= 0),
    open_to_work boolean NOT NULL,
    private_note text NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX profiles_by_skill ON profiles USING gin (skills) WHERE open_to_work;

-- The hours of an assistant's week that contracts take, from the acceptance on.
CREATE TABLE commitments (
    job_id uuid,
    assistant_id uuid,
    weekly_hours smallint NOT NULL,
    began_at timestamptz NOT NULL,
    ended_at timestamptz,
    PRIMARY KEY (job_id, assistant_id)
);
CREATE INDEX commitments_running ON commitments (assistant_id) WHERE ended_at IS NULL;
"""

# Kept one by one, each under its own id, so that what is told twice counts once.
TOLD = """
CREATE TABLE accepted_milestones (
    milestone_id uuid PRIMARY KEY,
    assistant_id uuid NOT NULL,
    late boolean NOT NULL
);
CREATE INDEX accepted_milestones_of_assistant ON accepted_milestones (assistant_id);
CREATE TABLE ratings (
    contract_id uuid PRIMARY KEY,
    assistant_id uuid NOT NULL,
    stars smallint NOT NULL
);
CREATE INDEX ratings_of_assistant ON ratings (assistant_id);
CREATE TABLE verified_people (person_id uuid PRIMARY KEY);
CREATE TABLE blocks (
    blocked_by uuid,
    account_id uuid,
    blocked boolean NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (blocked_by, account_id)
);
-- Whoever looks at a job asks for blocks either way.
CREATE INDEX blocks_of_account ON blocks (account_id);
"""

# How much each reason weighs in a match: the operator's rules.
WEIGHTS = """
CREATE TABLE match_weights (
    valid_from date PRIMARY KEY,
    skills smallint NOT NULL,
    hours smallint NOT NULL,
    rate smallint NOT NULL,
    beginner smallint NOT NULL,
    reliability smallint NOT NULL
);
INSERT INTO match_weights VALUES ('2024-11-01', 40, 25, 15, 10, 10);
"""


def upgrade() -> None:
    for statements in (PROFILES, TOLD, WEIGHTS):
        op.execute(statements)
