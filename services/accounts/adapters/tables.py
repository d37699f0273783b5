"""The tables of accounts."""

from sqlalchemy import (
    ARRAY,
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

accounts = Table(
    "accounts",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("email", Text, nullable=False),
    Column("email_key", Text, nullable=False, unique=True),
    Column("display_name", Text, nullable=False),
    Column("roles", ARRAY(Text), nullable=False),
    Column("locale", Text, nullable=False),
    Column("registered_at", DateTime(timezone=True), nullable=False),
    Column("password_hash", Text),
    Column("reading", Text),
    Column("change", Integer, nullable=False, server_default="1"),
    Column("deleted_at", DateTime(timezone=True)),
)

registrations = Table(
    "registrations",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("email", Text, nullable=False),
    Column("email_key", Text, nullable=False),
    Column("display_name", Text, nullable=False),
    Column("reading", Text),
    Column("roles", ARRAY(Text), nullable=False),
    Column("locale", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("registered_at", DateTime(timezone=True), nullable=False),
    Index("registrations_of_address", "email_key"),
)

links = Table(
    "links",
    metadata,
    Column("secret_hash", Text, primary_key=True),
    Column("purpose", Text, nullable=False),
    Column("subject", Uuid, nullable=False),
    Column("email", Text, nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("used_at", DateTime(timezone=True)),
    Index("links_of_subject", "subject"),
    Index("links_expire", "expires_at"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("session_id", Uuid, primary_key=True),
    Column("person_id", Uuid, ForeignKey("accounts.person_id"), nullable=False),
    Column("device", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("second_factor", Text),
    Column("signed_in_at", DateTime(timezone=True), nullable=False),
    Column("authenticated_at", DateTime(timezone=True), nullable=False),
    Column("last_seen_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    Column("ending", Text),
    Index("sessions_of_person", "person_id"),
    Index("sessions_expire", "expires_at"),
)

refresh_tokens = Table(
    "refresh_tokens",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column(
        "session_id",
        Uuid,
        ForeignKey("sessions.session_id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("issued_at", DateTime(timezone=True), nullable=False),
    Column("used_at", DateTime(timezone=True)),
    Index("refresh_tokens_of_session", "session_id"),
)

challenges = Table(
    "challenges",
    metadata,
    Column("challenge_hash", Text, primary_key=True),
    Column("purpose", Text, nullable=False),
    Column("person_id", Uuid, ForeignKey("accounts.person_id")),
    Column("method", Text, nullable=False),
    Column("device", Text, nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("facts", JSONB, nullable=False),
    Index("challenges_expire", "expires_at"),
)

throttles = Table(
    "throttles",
    metadata,
    Column("subject_hash", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", DateTime(timezone=True), nullable=False),
    Index("throttles_age", "last_at"),
)

deletions = Table(
    "deletions",
    metadata,
    Column("person_id", Uuid, ForeignKey("accounts.person_id"), primary_key=True),
    Column("status", Text, nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("round", Integer, nullable=False),
    Column("answers", JSONB, nullable=False),
    Index("deletions_due", "due_at", postgresql_where=text("status = 'scheduled'")),
)

companies = Table(
    "companies",
    metadata,
    Column("company_id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("locale", Text, nullable=False),
    Column("founded_by", Uuid, ForeignKey("accounts.person_id"), nullable=False),
    Column("founded_at", DateTime(timezone=True), nullable=False),
    Column("change", Integer, nullable=False, server_default="1"),
)

memberships = Table(
    "memberships",
    metadata,
    Column("company_id", Uuid, ForeignKey("companies.company_id"), primary_key=True),
    Column("person_id", Uuid, ForeignKey("accounts.person_id"), primary_key=True),
    Column("status", Text, nullable=False),
    Column("rights", ARRAY(Text), nullable=False),
    Column("administrator", Boolean, nullable=False),
    Column("change", Integer, nullable=False),
    Index("memberships_of_person", "person_id"),
)

company_invitations = Table(
    "company_invitations",
    metadata,
    Column("invitation_id", Uuid, primary_key=True),
    Column("company_id", Uuid, ForeignKey("companies.company_id"), nullable=False),
    Column("email", Text, nullable=False),
    Column("email_key", Text, nullable=False),
    Column("rights", ARRAY(Text), nullable=False),
    Column("administrator", Boolean, nullable=False),
    Column("invited_by", Uuid, nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Index("company_invitations_of_company", "company_id", "email_key", unique=True),
    Index("company_invitations_of_address", "email_key"),
    Index("company_invitations_expire", "expires_at"),
)

company_limits = Table(
    "company_limits",
    metadata,
    Column("valid_from", Date, primary_key=True),
    Column("companies_of_person", SmallInteger, nullable=False),
    Column("members_of_company", SmallInteger, nullable=False),
)

suspensions = Table(
    "suspensions",
    metadata,
    Column("suspension_id", Uuid, primary_key=True),
    Column("person_id", Uuid, ForeignKey("accounts.person_id"), nullable=False),
    Column("reason", Text, nullable=False),
    Column("suspended_by", Uuid, nullable=False),
    Column("suspended_at", DateTime(timezone=True), nullable=False),
    Column("reinstated_by", Uuid),
    Column("reinstated_at", DateTime(timezone=True)),
    Column("reinstated_because", Text),
    Index("suspensions_of_person", "person_id", "suspension_id"),
)
Index(
    "suspensions_holding",
    suspensions.c.person_id,
    unique=True,
    postgresql_where=suspensions.c.reinstated_at.is_(None),
)

outbox = outbox_table(metadata)
inbox = inbox_table(metadata)
idempotency = idempotency_table(metadata)
operator_actions = operator_actions_table(metadata)
heard_queues = heard_queues_table(metadata)
