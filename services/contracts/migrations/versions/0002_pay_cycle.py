"""The payday of the terms follows the cycle in which payments pays."""

from alembic import op

revision = "0002"
down_revision = "0001"

# Terms that were agreed keep their payday: they are documents. What is agreed from now on has the
# cycle's, whichever row of policies holds.
PAY_CYCLE = """
ALTER TABLE policies DROP CONSTRAINT policies_payday_days_check;
ALTER TABLE policies RENAME payday_days TO first_cutoff;
UPDATE policies SET first_cutoff = 15;
ALTER TABLE policies ADD CHECK (first_cutoff BETWEEN 1 AND 27);
"""


def upgrade() -> None:
    op.execute(PAY_CYCLE)
