"""The tables of notify."""

from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
    false,
)

from shared.http.audit import operator_actions_table
from shared.http.idempotency import idempotency_table
from shared.messaging.inbox import inbox_table
from shared.messaging.outbox import outbox_table
from shared.messaging.queues import heard_queues_table

metadata = MetaData()

people = Table(
    "people",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("email", Text, nullable=False),
    Column("display_name", Text, nullable=False),
    Column("locale", Text, nullable=False),
    Column("is_company", Boolean, nullable=False, server_default=false()),
)

memberships = Table(
    "memberships",
    metadata,
    Column("company_id", Uuid, primary_key=True),
    Column("person_id", Uuid, primary_key=True),
    Column("member", Boolean, nullable=False),
    Column("rights", ARRAY(Text), nullable=False),
    Column("change", Integer, nullable=False),
)

notifications = Table(
    "notifications",
    metadata,
    Column("notification_id", Uuid, primary_key=True),
    Column("person_id", Uuid, ForeignKey("people.person_id"), nullable=False),
    Column("what", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("told_at", DateTime(timezone=True), nullable=False),
)
Index("notifications_of_person", notifications.c.person_id, notifications.c.notification_id)

# The operation of sending a notification by e-mail.
mails = Table(
    "mails",
    metadata,
    Column("notification_id", Uuid, ForeignKey("notifications.notification_id"), primary_key=True),
    Column("status", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", DateTime(timezone=True)),
    Column("sent_at", DateTime(timezone=True)),
    Column("last_error", Text),
)
Index("mails_due", mails.c.next_attempt_at, postgresql_where=mails.c.status == "pending")

outbox = outbox_table(metadata)
inbox = inbox_table(metadata)
idempotency = idempotency_table(metadata)
operator_actions = operator_actions_table(metadata)
heard_queues = heard_queues_table(metadata)
