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
)

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
    Column("password_hash", Text, nullable=False),
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

company_limits = Table(
    "company_limits",
    metadata,
    Column("valid_from", Date, primary_key=True),
    Column("companies_of_person", SmallInteger, nullable=False),
    Column("members_of_company", SmallInteger, nullable=False),
)

outbox = outbox_table(metadata)
inbox = inbox_table(metadata)
idempotency = idempotency_table(metadata)
operator_actions = operator_actions_table(metadata)
heard_queues = heard_queues_table(metadata)
