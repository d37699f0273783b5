"""Jobs, proposals, and what every service has."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from shared.http.idempotency import create_idempotency_table
from shared.messaging.migrations import create_messaging_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_messaging_tables(op)
    create_idempotency_table(op)
    _create_jobs()
    _create_proposals()


def _create_jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("job_id", sa.Uuid, primary_key=True),
        sa.Column("client_id", sa.Uuid, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("category", sa.Text, nullable=False),
        sa.Column("budget_amount", sa.BigInteger, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("mode", sa.Text, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("review_days", sa.SmallInteger, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("budget_amount > 0", name="jobs_budget_positive"),
        sa.CheckConstraint("status IN ('open', 'filled', 'closed')", name="jobs_status"),
    )
    op.create_index(
        "jobs_open", "jobs", ["category", "job_id"], postgresql_where=sa.text("status = 'open'")
    )
    op.create_index("jobs_of_client", "jobs", ["client_id", "job_id"])


def _create_proposals() -> None:
    op.create_table(
        "proposals",
        sa.Column("proposal_id", sa.Uuid, primary_key=True),
        sa.Column("job_id", sa.Uuid, sa.ForeignKey("jobs.job_id"), nullable=False),
        sa.Column("assistant_id", sa.Uuid, nullable=False),
        sa.Column("cover", sa.Text, nullable=False),
        sa.Column("milestones", JSONB, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status IN ('made', 'withdrawn', 'declined', 'accepted')", name="proposals_status"
        ),
    )
    op.create_index("proposals_of_job", "proposals", ["job_id", "proposal_id"])
    op.create_index(
        "proposals_standing",
        "proposals",
        ["job_id", "assistant_id"],
        unique=True,
        postgresql_where=sa.text("status = 'made'"),
    )
    # One job is filled by one proposal, whatever the code does.
    op.create_index(
        "proposals_accepted",
        "proposals",
        ["job_id"],
        unique=True,
        postgresql_where=sa.text("status = 'accepted'"),
    )
