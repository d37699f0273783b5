"""The tables of jobs."""

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Index,
    MetaData,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from shared.http.idempotency import idempotency_table
from shared.messaging.outbox import outbox_table

metadata = MetaData()

jobs = Table(
    "jobs",
    metadata,
    Column("job_id", Uuid, primary_key=True),
    Column("client_id", Uuid, nullable=False),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("budget_amount", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("review_days", SmallInteger, nullable=False),
    Column("status", Text, nullable=False),
    Column("posted_at", DateTime(timezone=True), nullable=False),
    Index("jobs_open", "category", "job_id", postgresql_where=text("status = 'open'")),
    Index("jobs_of_client", "client_id", "job_id"),
)

proposals = Table(
    "proposals",
    metadata,
    Column("proposal_id", Uuid, primary_key=True),
    Column("job_id", Uuid, ForeignKey("jobs.job_id"), nullable=False),
    Column("assistant_id", Uuid, nullable=False),
    Column("cover", Text, nullable=False),
    # Written once and always read as a whole, with its proposal.
    Column("milestones", JSONB, nullable=False),
    Column("status", Text, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Index("proposals_of_job", "job_id", "proposal_id"),
    Index(
        "proposals_standing",
        "job_id",
        "assistant_id",
        unique=True,
        postgresql_where=text("status = 'made'"),
    ),
    # One job is filled by one proposal, whatever the code does.
    Index(
        "proposals_accepted",
        "job_id",
        unique=True,
        postgresql_where=text("status = 'accepted'"),
    ),
)

outbox = outbox_table(metadata)
idempotency_keys = idempotency_table(metadata)
