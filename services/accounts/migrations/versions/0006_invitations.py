"""Invitations by address, in place of memberships of people who had not accepted."""

from alembic import op

revision = "0006"
down_revision = "0005"

INVITATIONS = """
CREATE TABLE company_invitations (
    invitation_id uuid PRIMARY KEY,
    company_id uuid NOT NULL REFERENCES companies,
    email text NOT NULL,
    email_key text NOT NULL,
    rights text[] NOT NULL CHECK (rights <@ ARRAY['post', 'fund', 'accept', 'see_money']),
    administrator boolean NOT NULL,
    invited_by uuid NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX company_invitations_of_company ON company_invitations (company_id, email_key);
CREATE INDEX company_invitations_of_address ON company_invitations (email_key);
CREATE INDEX company_invitations_expire ON company_invitations (expires_at);
"""

# Who is invited already stays so for as long as somebody who is invited today. Who invited them
# was not kept: the founder stands in.
MOVED = """
INSERT INTO company_invitations
SELECT gen_random_uuid(), company_id, accounts.email, accounts.email_key, rights, administrator,
       companies.founded_by, now() + interval '30 days'
FROM memberships
JOIN accounts USING (person_id)
JOIN companies USING (company_id)
WHERE status = 'invited' AND accounts.deleted_at IS NULL;

UPDATE memberships SET status = 'gone', change = memberships.change + 1 WHERE status = 'invited';
"""


def upgrade() -> None:
    op.execute(INVITATIONS)
    op.execute(MOVED)
