"""Prices that both agreed to lower, and escrow that moves with a milestone."""

from alembic import op

revision = "0007"
down_revision = "0006"

# What is agreed as the price by now, without it the price at which the milestone was agreed; its
# days of review, without them the contract's; and when the dates were last changed.
STATEMENTS = """
ALTER TABLE escrows
    ADD COLUMN agreed_amount bigint CHECK (agreed_amount > 0),
    ADD COLUMN review_days smallint CHECK (review_days > 0),
    ADD COLUMN dated_at timestamptz;
"""

# Its money went on to another milestone.
HANDED_OVER = """
ALTER TABLE escrows
    DROP CONSTRAINT escrows_status_check,
    ADD CHECK (status IN ('unfunded', 'funding', 'funded', 'released', 'refunding', 'refunded',
        'closed', 'charged_back', 'handed_over'));
"""


def upgrade() -> None:
    for statements in (STATEMENTS, HANDED_OVER):
        op.execute(statements)
