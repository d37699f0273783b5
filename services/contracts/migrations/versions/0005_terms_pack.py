"""Consents, criteria, what else is agreed, and amendments."""

from alembic import op

revision = "0005"
down_revision = "0004"

# The operator's rules: days by which an assistant may move dates in one contract, changes that may
# be asked for, and the notice that ends what was agreed for so many months.
POLICIES = """
ALTER TABLE policies
    ADD COLUMN care_days smallint NOT NULL DEFAULT 7 CHECK (care_days >= 0),
    ADD COLUMN max_revisions smallint NOT NULL DEFAULT 3 CHECK (max_revisions > 0),
    ADD COLUMN notice_days smallint NOT NULL DEFAULT 30 CHECK (notice_days >= 0),
    ADD COLUMN long_months smallint NOT NULL DEFAULT 6 CHECK (long_months > 0);
"""

# What was agreed before has no cap and no allowance: its terms don't speak of any.
AGREEMENT = """
ALTER TABLE contracts
    ADD COLUMN place text NOT NULL DEFAULT 'online',
    ADD COLUMN weekly_hours smallint NOT NULL DEFAULT 0 CHECK (weekly_hours >= 0),
    ADD COLUMN care_days smallint NOT NULL DEFAULT 0 CHECK (care_days >= 0),
    ADD COLUMN max_revisions smallint CHECK (max_revisions > 0);
ALTER TABLE milestones
    ADD COLUMN criteria text[] NOT NULL DEFAULT '{}',
    ADD COLUMN review_days smallint CHECK (review_days > 0),
    ADD COLUMN revisions smallint NOT NULL DEFAULT 0 CHECK (revisions >= 0);
ALTER TABLE terms
    ADD COLUMN client_consent_by uuid,
    ADD COLUMN client_consent_at timestamptz,
    ADD COLUMN assistant_consent_by uuid,
    ADD COLUMN assistant_consent_at timestamptz;
"""

AMENDMENTS = """
CREATE TABLE amendments (
    amendment_id uuid PRIMARY KEY,
    contract_id uuid NOT NULL REFERENCES contracts,
    offered_by uuid NOT NULL,
    offered_by_person uuid NOT NULL,
    offered_at timestamptz NOT NULL,
    changes jsonb NOT NULL,
    status text NOT NULL CHECK (status IN ('offered', 'accepted', 'declined', 'withdrawn')),
    answered_at timestamptz,
    CHECK ((status = 'offered') = (answered_at IS NULL))
);
CREATE INDEX amendments_of_contract ON amendments (contract_id, amendment_id);
CREATE UNIQUE INDEX amendments_standing ON amendments (contract_id) WHERE status = 'offered';
"""


def upgrade() -> None:
    for statements in (POLICIES, AGREEMENT, AMENDMENTS):
        op.execute(statements)
