"""The tables of accounts."""

from sqlalchemy import ARRAY, Column, DateTime, MetaData, Table, Text, Uuid

from shared.http.idempotency import idempotency_table
from shared.messaging.inbox import inbox_table
from shared.messaging.outbox import outbox_table

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

outbox = outbox_table(metadata)
inbox = inbox_table(metadata)
idempotency = idempotency_table(metadata)
