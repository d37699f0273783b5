"""Protected contracts: whose next job is protected, and what supporters have looked at."""

from alembic import op

from shared.protected_people import CREATE

revision = "0015"
down_revision = "0014"

# Source of the number of changes: our own, dated configuration.
CONTRACTS = """
ALTER TABLE contracts ADD COLUMN protected boolean NOT NULL DEFAULT false;
ALTER TABLE policies
    ADD COLUMN protected_revisions smallint NOT NULL DEFAULT 2 CHECK (protected_revisions > 0);
"""

DISPUTES = "ALTER TABLE disputes ADD COLUMN criterion text"

LOOKS = """
CREATE TABLE draft_looks (
    draft_id uuid PRIMARY KEY,
    milestone_id uuid NOT NULL,
    looked_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX draft_looks_of_milestone ON draft_looks (milestone_id);
"""


def upgrade() -> None:
    for statements in (CREATE, CONTRACTS, DISPUTES, LOOKS):
        op.execute(statements)
