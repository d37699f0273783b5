"""Companies, and who acts for them."""

from alembic import op

revision = "0002"
down_revision = "0001"

# Who is a company, and who is in it, as accounts told. People and companies are told of in any
# order, so that neither row waits for the other.
STATEMENTS = """
ALTER TABLE people ADD COLUMN is_company boolean NOT NULL DEFAULT false;

CREATE TABLE memberships (
    company_id uuid,
    person_id uuid,
    member boolean NOT NULL,
    rights text[] NOT NULL,
    change integer NOT NULL,
    PRIMARY KEY (company_id, person_id)
);
"""


def upgrade() -> None:
    op.execute(STATEMENTS)
