"""Retainers and the hours logged against their periods."""

from alembic import op

revision = "0007"
down_revision = "0006"

# The operator's rules: how long ahead a period can be paid for, and how long its hours can be put
# right.
POLICIES = """
ALTER TABLE policies
    ADD COLUMN period_ahead_days smallint NOT NULL DEFAULT 7 CHECK (period_ahead_days > 0),
    ADD COLUMN period_cutoff_hours smallint NOT NULL DEFAULT 24 CHECK (period_cutoff_hours >= 0);
"""

RETAINERS = """
ALTER TABLE milestones ADD COLUMN starts_on date;
CREATE TABLE retainers (
    contract_id uuid PRIMARY KEY REFERENCES contracts,
    period text NOT NULL CHECK (period IN ('week', 'month')),
    hourly_amount bigint NOT NULL CHECK (hourly_amount > 0),
    currency text NOT NULL,
    hours_limit smallint NOT NULL CHECK (hours_limit > 0),
    starts_on date NOT NULL,
    ends_on date,
    ended_by uuid,
    CHECK ((ends_on IS NULL) = (ended_by IS NULL))
);
CREATE TABLE hour_entries (
    entry_id uuid PRIMARY KEY,
    milestone_id uuid NOT NULL REFERENCES milestones,
    day date NOT NULL,
    minutes smallint NOT NULL CHECK (minutes BETWEEN 1 AND 1440),
    note text NOT NULL,
    logged_at timestamptz NOT NULL
);
CREATE INDEX hour_entries_of_milestone ON hour_entries (milestone_id, day, entry_id);
"""


def upgrade() -> None:
    for statements in (POLICIES, RETAINERS):
        op.execute(statements)
