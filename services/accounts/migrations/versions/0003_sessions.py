"""Registrations that wait for their link, sessions, throttling, and leaving for good."""

from alembic import op

revision = "0003"
down_revision = "0002"

# Whoever signs in elsewhere has no password here. An account that was deleted keeps its id, which
# others have in their books, and nothing of whose it was.
PEOPLE = """
ALTER TABLE accounts
    ALTER COLUMN password_hash DROP NOT NULL,
    ADD COLUMN reading text,
    ADD COLUMN change integer NOT NULL DEFAULT 1 CHECK (change > 0),
    ADD COLUMN deleted_at timestamptz;
ALTER TABLE companies ADD COLUMN change integer NOT NULL DEFAULT 1 CHECK (change > 0);
"""

# Several may stand for one address: nobody can take it from its owner by registering first.
REGISTRATIONS = """
CREATE TABLE registrations (
    person_id uuid PRIMARY KEY,
    email text NOT NULL,
    email_key text NOT NULL,
    display_name text NOT NULL,
    reading text,
    roles text[] NOT NULL,
    locale text NOT NULL CHECK (locale IN ('ja', 'en')),
    password_hash text NOT NULL,
    registered_at timestamptz NOT NULL
);
CREATE INDEX registrations_of_address ON registrations (email_key);

CREATE TABLE links (
    secret_hash text PRIMARY KEY,
    purpose text NOT NULL CHECK (purpose IN ('registration', 'email_change', 'password_reset')),
    subject uuid NOT NULL,
    email text NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX links_of_subject ON links (subject);
CREATE INDEX links_expire ON links (expires_at);
"""

SESSIONS = """
CREATE TABLE sessions (
    session_id uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES accounts,
    device text NOT NULL,
    method text NOT NULL CHECK (method IN ('password', 'passkey', 'oidc')),
    second_factor text,
    signed_in_at timestamptz NOT NULL,
    authenticated_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    ending text,
    CHECK ((ended_at IS NULL) = (ending IS NULL))
);
CREATE INDEX sessions_of_person ON sessions (person_id);
CREATE INDEX sessions_expire ON sessions (expires_at);

CREATE TABLE refresh_tokens (
    token_hash text PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES sessions ON DELETE CASCADE,
    issued_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX refresh_tokens_of_session ON refresh_tokens (session_id);

CREATE TABLE challenges (
    challenge_hash text PRIMARY KEY,
    purpose text NOT NULL,
    person_id uuid REFERENCES accounts,
    method text NOT NULL,
    device text NOT NULL,
    expires_at timestamptz NOT NULL,
    facts jsonb NOT NULL
);
CREATE INDEX challenges_expire ON challenges (expires_at);
"""

# By a hash of what was tried: an address that somebody typed is nobody's to keep.
THROTTLES = """
CREATE TABLE throttles (
    subject_hash text PRIMARY KEY,
    failures integer NOT NULL CHECK (failures >= 0),
    last_at timestamptz NOT NULL
);
CREATE INDEX throttles_age ON throttles (last_at);
"""

DELETIONS = """
CREATE TABLE deletions (
    person_id uuid PRIMARY KEY REFERENCES accounts,
    status text NOT NULL CHECK
        (status IN ('checking', 'blocked', 'scheduled', 'withdrawn', 'carried_out')),
    asked_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    round integer NOT NULL CHECK (round > 0),
    answers jsonb NOT NULL
);
CREATE INDEX deletions_due ON deletions (due_at) WHERE status = 'scheduled';
"""


def upgrade() -> None:
    for statements in (PEOPLE, REGISTRATIONS, SESSIONS, THROTTLES, DELETIONS):
        op.execute(statements)
