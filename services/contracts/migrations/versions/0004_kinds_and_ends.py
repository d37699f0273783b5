"""Periods of retainers, hand-overs: a new kind of milestone and two new ends."""

from alembic import op

revision = "0004"
down_revision = "0003"

STATEMENTS = """
ALTER TABLE milestones DROP CONSTRAINT milestones_status_check;
ALTER TABLE milestones DROP CONSTRAINT milestones_kind_check;
ALTER TABLE milestones
    ADD CHECK (status IN (
        'agreed', 'funding', 'funded', 'delivered', 'changes_requested', 'accepted', 'released',
        'ending', 'ended', 'refunded', 'disputed', 'resolved', 'charged_back', 'settled',
        'handed_over')),
    ADD CHECK (kind IN ('work', 'bonus', 'period'));
"""


def upgrade() -> None:
    op.execute(STATEMENTS)
