"""Second factors, passkeys, sign-in elsewhere, and personal access tokens."""

from alembic import op

revision = "0004"
down_revision = "0003"

# The secret of an app is sealed with FACTOR_KEYS: who reads the database shows no codes.
FACTORS = """
CREATE TABLE totp_factors (
    person_id uuid PRIMARY KEY REFERENCES accounts,
    sealed_secret text NOT NULL,
    made_at timestamptz NOT NULL,
    confirmed_at timestamptz,
    last_step bigint NOT NULL
);

CREATE TABLE recovery_codes (
    person_id uuid REFERENCES accounts,
    code_hash text,
    used_at timestamptz,
    PRIMARY KEY (person_id, code_hash)
);

CREATE TABLE passkeys (
    passkey_id uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES accounts,
    credential_id bytea NOT NULL UNIQUE,
    public_key bytea NOT NULL,
    sign_count bigint NOT NULL CHECK (sign_count >= 0),
    synced boolean NOT NULL,
    transports text[] NOT NULL,
    name text NOT NULL,
    added_at timestamptz NOT NULL,
    last_used_at timestamptz
);
CREATE INDEX passkeys_of_person ON passkeys (person_id);
"""

# A provider's own id of a person decides, never the address, which may go to somebody else there.
IDENTITIES = """
CREATE TABLE identities (
    provider text,
    subject text,
    person_id uuid NOT NULL REFERENCES accounts,
    email text NOT NULL,
    linked_at timestamptz NOT NULL,
    last_used_at timestamptz,
    PRIMARY KEY (provider, subject)
);
CREATE UNIQUE INDEX identities_of_person ON identities (person_id, provider);
"""

TOKENS = """
CREATE TABLE personal_tokens (
    token_id uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES accounts,
    name text NOT NULL,
    token_hash text NOT NULL UNIQUE,
    hint text NOT NULL,
    scopes text[] NOT NULL CHECK (cardinality(scopes) > 0),
    made_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CHECK (expires_at > made_at),
    last_used_at timestamptz,
    revoked_at timestamptz
);
CREATE INDEX personal_tokens_of_person ON personal_tokens (person_id);
"""


def upgrade() -> None:
    for statements in (FACTORS, IDENTITIES, TOKENS):
        op.execute(statements)
