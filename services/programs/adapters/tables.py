"""The tables of programs: accounts, programs, cohorts, and who takes part."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from shared.http.audit import operator_actions_table
from shared.http.idempotency import idempotency_table
from shared.messaging.inbox import inbox_table
from shared.messaging.outbox import outbox_table
from shared.messaging.queues import heard_queues_table

metadata = MetaData()

people = Table(
    "people",
    metadata,
    Column("account_id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("assistant", Boolean, nullable=False),
    Column("company", Boolean, nullable=False),
    Column("change", Integer, nullable=False),
    Index("people_by_email", text("lower(email)"), postgresql_where=text("NOT company")),
)

programs = Table(
    "programs",
    metadata,
    Column("program_id", Uuid, primary_key=True),
    Column("sponsor_id", Uuid, nullable=False),
    Column("partner_id", Uuid, nullable=False),
    Column("title", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("eligibility", JSONB, nullable=False),
    Column("help_hours", SmallInteger, nullable=False),
    Column("silence_days", SmallInteger, nullable=False),
    Column("wallet", JSONB(none_as_null=True)),
    Column("wallet_change", Integer, nullable=False),
    Column("units", JSONB, nullable=False),
    Column("practice", JSONB(none_as_null=True)),
    Column("status", Text, nullable=False),
    Column("made_by", Uuid, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("opened_at", DateTime(timezone=True)),
    Index("programs_of_sponsor", "sponsor_id", "program_id"),
    Index("programs_of_partner", "partner_id", "program_id"),
)

cohorts = Table(
    "cohorts",
    metadata,
    Column("cohort_id", Uuid, primary_key=True),
    Column("program_id", Uuid, ForeignKey("programs.program_id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("capacity", SmallInteger, nullable=False),
    Column("apply_until", Date, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("sessions", JSONB, nullable=False),
    Column("announced_at", DateTime(timezone=True), nullable=False),
    Index("cohorts_of_program", "program_id", "cohort_id"),
)

participants = Table(
    "participants",
    metadata,
    Column("participant_id", Uuid, primary_key=True),
    Column("person_id", Uuid, nullable=False),
    Column("program_id", Uuid, ForeignKey("programs.program_id"), nullable=False),
    Column("cohort_id", Uuid, ForeignKey("cohorts.cohort_id"), nullable=False),
    Column("supporter_id", Uuid),
    Column("step", Text, nullable=False),
    Column("weekly_hours", SmallInteger, nullable=False),
    Column("outcomes_consent", Boolean, nullable=False),
    Column("joined_at", DateTime(timezone=True), nullable=False),
    Column("last_sign_at", DateTime(timezone=True), nullable=False),
    Column("left_at", DateTime(timezone=True)),
    Index("participants_of_cohort", "cohort_id", "participant_id"),
    # A person takes part in one program at a time, whatever the code does.
    Index(
        "participants_current", "person_id", unique=True, postgresql_where=text("left_at IS NULL")
    ),
    Index("participants_of_supporter", "supporter_id", postgresql_where=text("left_at IS NULL")),
)

inbox = inbox_table(metadata)
outbox = outbox_table(metadata)
idempotency_keys = idempotency_table(metadata)
operator_actions = operator_actions_table(metadata)
heard_queues = heard_queues_table(metadata)
