"""The tables of jobs."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR

from shared.http.audit import operator_actions_table
from shared.http.idempotency import idempotency_table
from shared.messaging.inbox import inbox_table
from shared.messaging.outbox import outbox_table
from shared.messaging.queues import heard_queues_table

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
    Column("posted_by", Uuid),
    Column("kind", Text, nullable=False),
    Column("skills", ARRAY(Text), nullable=False),
    Column("weekly_hours", SmallInteger, nullable=False),
    Column("hours_note", Text, nullable=False),
    Column("deadline", Date),
    Column("criteria", ARRAY(Text), nullable=False),
    Column("max_revisions", SmallInteger),
    Column("visibility", Text, nullable=False),
    Column("beginner_friendly", Boolean, nullable=False),
    Column("beginner_criteria_met", ARRAY(Text), nullable=False),
    Column("period", Text),
    Column("slots", SmallInteger),
    Column("task_price", BigInteger),
    Column("days_to_deliver", SmallInteger),
    Column("taken", SmallInteger, nullable=False),
    Column("opened_at", DateTime(timezone=True)),
    # What it says, as words with positions: see search.py. Only searches read it.
    Column("search", TSVECTOR, nullable=False, server_default=""),
    Index("jobs_open", "category", "job_id", postgresql_where=text("status = 'open'")),
    Index("jobs_of_client", "client_id", "job_id"),
    Index(
        "jobs_search",
        "search",
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
        postgresql_where=text("status = 'open'"),
    ),
    Index("jobs_open_newest", "job_id", postgresql_where=text("status = 'open'")),
    Index(
        "jobs_open_by_budget",
        "budget_amount",
        "job_id",
        postgresql_where=text("status = 'open'"),
    ),
    Index(
        "jobs_open_by_deadline",
        text("coalesce(deadline, '9999-12-31'::date)"),
        "job_id",
        postgresql_where=text("status = 'open'"),
    ),
    Index("jobs_opened", "opened_at", postgresql_where=text("status = 'open'")),
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
    Column("version", SmallInteger, nullable=False),
    Column("weekly_hours", SmallInteger, nullable=False),
    Column("questions", Text, nullable=False),
    Column("retainer", JSONB),
    Column("shortlisted", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("counter_note", Text, nullable=False),
    Column("countered_by", Uuid),
    Column("countered_at", DateTime(timezone=True)),
    # Which of the job's small tasks it took; 0 for other jobs.
    Column("slot", SmallInteger, nullable=False),
    Index("proposals_of_job", "job_id", "proposal_id"),
    Index("proposals_of_assistant", "assistant_id", "proposal_id"),
    Index(
        "proposals_standing",
        "job_id",
        "assistant_id",
        unique=True,
        postgresql_where=text("status IN ('made', 'countered')"),
    ),
    # One job, and one small task, is filled by one proposal, whatever the code does.
    Index(
        "proposals_accepted",
        "job_id",
        "slot",
        unique=True,
        postgresql_where=text("status = 'accepted'"),
    ),
    Index(
        "proposals_taken",
        "job_id",
        "assistant_id",
        unique=True,
        postgresql_where=text("status = 'accepted'"),
    ),
)

job_files = Table(
    "job_files",
    metadata,
    Column("file_id", Uuid, primary_key=True),
    Column("job_id", Uuid, ForeignKey("jobs.job_id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("uploaded_by", Uuid, nullable=False),
    Column("uploaded_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("job_id", "name", "sha256", name="job_files_once"),
)

questions = Table(
    "questions",
    metadata,
    Column("question_id", Uuid, primary_key=True),
    Column("job_id", Uuid, ForeignKey("jobs.job_id"), nullable=False),
    Column("asked_by", Uuid, nullable=False),
    Column("text", Text, nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("answer", Text),
    Column("answered_by", Uuid),
    Column("answered_at", DateTime(timezone=True)),
    Index("questions_of_job", "job_id", "question_id"),
)

invitations = Table(
    "invitations",
    metadata,
    Column("job_id", Uuid, ForeignKey("jobs.job_id"), primary_key=True),
    Column("assistant_id", Uuid, primary_key=True),
    Column("invited_by", Uuid, nullable=False),
    Column("invited_at", DateTime(timezone=True), nullable=False),
    Index("invitations_of_assistant", "assistant_id", "job_id"),
)

beginner_rules = Table(
    "beginner_rules",
    metadata,
    Column("valid_from", Date, primary_key=True),
    Column("min_criteria", SmallInteger, nullable=False),
    Column("min_description", SmallInteger, nullable=False),
    Column("min_revisions", SmallInteger, nullable=False),
    Column("min_days_to_ask", SmallInteger, nullable=False),
    Column("max_weekly_hours", SmallInteger, nullable=False),
)

inbox = inbox_table(metadata)
outbox = outbox_table(metadata)
idempotency_keys = idempotency_table(metadata)
operator_actions = operator_actions_table(metadata)
heard_queues = heard_queues_table(metadata)
