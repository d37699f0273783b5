"""Companies and their members."""

from alembic import op

revision = "0002"
down_revision = "0001"

COMPANIES = """
CREATE TABLE companies (
    company_id uuid PRIMARY KEY,
    name text NOT NULL,
    email text NOT NULL,
    locale text NOT NULL CHECK (locale IN ('ja', 'en')),
    founded_by uuid NOT NULL REFERENCES accounts,
    founded_at timestamptz NOT NULL
);

CREATE TABLE memberships (
    company_id uuid REFERENCES companies,
    person_id uuid REFERENCES accounts,
    status text NOT NULL CHECK (status IN ('invited', 'member', 'gone')),
    rights text[] NOT NULL CHECK (rights <@ ARRAY['post', 'fund', 'accept', 'see_money']),
    administrator boolean NOT NULL,
    change integer NOT NULL CHECK (change > 0),
    PRIMARY KEY (company_id, person_id)
);
CREATE INDEX memberships_of_person ON memberships (person_id);
"""

# Rights travel in every access token, which has to fit into a header of 8 KiB, and each member is
# told of what happens: both are bounded.
LIMITS = """
CREATE TABLE company_limits (
    valid_from date PRIMARY KEY,
    companies_of_person smallint NOT NULL CHECK (companies_of_person > 0),
    members_of_company smallint NOT NULL CHECK (members_of_company > 0)
);
INSERT INTO company_limits VALUES ('2024-11-01', 20, 100);
"""


def upgrade() -> None:
    op.execute(COMPANIES)
    op.execute(LIMITS)
