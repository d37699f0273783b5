"""Hours taken by contract, what payments tells in order, no private note in a kept answer."""

from alembic import op

revision = "0005"
down_revision = "0004"

# The version before writes neither a proposal nor a contract: one such row for a job and an
# assistant, as before. An assistant has one accepted proposal to a job at most.
COMMITMENTS = """
ALTER TABLE commitments
    DROP CONSTRAINT commitments_pkey,
    ADD COLUMN commitment_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    ADD COLUMN proposal_id uuid,
    ADD COLUMN contract_id uuid,
    ALTER COLUMN job_id SET NOT NULL,
    ALTER COLUMN assistant_id SET NOT NULL;
UPDATE commitments SET proposal_id = proposals.proposal_id
FROM proposals
WHERE proposals.job_id = commitments.job_id
    AND proposals.assistant_id = commitments.assistant_id
    AND proposals.status = 'accepted';
CREATE UNIQUE INDEX commitments_of_proposal ON commitments (proposal_id);
CREATE UNIQUE INDEX commitments_of_contract ON commitments (contract_id);
CREATE UNIQUE INDEX commitments_before_contract ON commitments (job_id, assistant_id)
    WHERE contract_id IS NULL;
"""

# When payments last told whether somebody is identified. Who is, is in verified_people as before.
PAYEES = """
CREATE TABLE payee_changes (
    person_id uuid PRIMARY KEY,
    changed_at timestamptz NOT NULL
);
"""

# A command that comes again is done again, as if for the first time: the same profile.
ANSWERS = """
UPDATE idempotency_keys SET answer = NULL, status = NULL WHERE answer LIKE '%"private_note":%';
"""


def upgrade() -> None:
    for statements in (COMMITMENTS, PAYEES, ANSWERS):
        op.execute(statements)
