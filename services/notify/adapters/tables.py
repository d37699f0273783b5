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
    SmallInteger,
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


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def _time(name: str, *, nullable: bool = False) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


def _flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False, server_default=false())


people = Table(
    "people",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    _text("email"),
    _text("display_name"),
    _text("locale"),
    _flag("is_company"),
    Column("change", Integer, nullable=False, server_default="0"),
    _flag("gone"),
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
    _text("what"),
    _text("subject"),
    _text("body"),
    _time("told_at"),
    Column("event_id", Uuid),
    Column("template", Text, nullable=False, server_default=""),
    Column("kind", Text, nullable=False, server_default="work"),
    Column("text", Text, nullable=False, server_default=""),
    Column("link", Text, nullable=False, server_default=""),
    Column("company_id", Uuid),
    _time("read_at", nullable=True),
    _flag("gathered"),
    Column("mail_id", Uuid),
    _time("mailed_at", nullable=True),
)
_newest = (notifications.c.person_id, notifications.c.notification_id)
Index("notifications_of_person", *_newest)
Index("notifications_unread", *_newest, postgresql_where=notifications.c.read_at.is_(None))
Index("notifications_gathered", *_newest, postgresql_where=notifications.c.gathered)
Index(
    "notifications_once",
    notifications.c.event_id,
    notifications.c.person_id,
    notifications.c.template,
    unique=True,
)
Index(
    "notifications_of_mail",
    notifications.c.mail_id,
    postgresql_where=notifications.c.mailed_at.is_(None),
)

# The operation of sending a letter by e-mail: that of a notice, of many, or of none.
mails = Table(
    "mails",
    metadata,
    Column("mail_id", Uuid, primary_key=True),
    _text("status"),
    Column("attempts", Integer, nullable=False),
    _time("next_attempt_at", nullable=True),
    _time("sent_at", nullable=True),
    Column("last_error", Text),
    Column("person_id", Uuid, ForeignKey("people.person_id")),
    Column("email", Text),
    Column("display_name", Text, nullable=False, server_default=""),
    Column("locale", Text),
    Column("subject", Text),
    Column("body", Text),
    Column("link", Text, nullable=False, server_default=""),
    Column("kinds", ARRAY(Text), nullable=False, server_default="{}"),
    _flag("secret"),
    _time("told_at"),
    _time("expires_at", nullable=True),
    Column("traceparent", Text),
)
Index("mails_due", mails.c.next_attempt_at, postgresql_where=mails.c.status == "pending")
Index("mails_of_person", mails.c.person_id)
Index("mails_told", mails.c.told_at, postgresql_using="brin")

# The operation of pushing a notice to LINE.
pushes = Table(
    "pushes",
    metadata,
    Column("push_id", Uuid, primary_key=True),
    Column(
        "notification_id",
        Uuid,
        ForeignKey("notifications.notification_id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("person_id", Uuid, nullable=False),
    _text("status"),
    Column("attempts", Integer, nullable=False),
    _time("next_attempt_at", nullable=True),
    _time("sent_at", nullable=True),
    Column("last_error", Text),
)
Index("pushes_due", pushes.c.next_attempt_at, postgresql_where=pushes.c.status == "pending")
Index("pushes_of_person", pushes.c.person_id, postgresql_where=pushes.c.status == "pending")
Index("pushes_of_notification", pushes.c.notification_id)

line_links = Table(
    "line_links",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("line_user_id", Text, nullable=False, unique=True),
    _time("linked_at"),
)

line_codes = Table(
    "line_codes",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("digest", Text, nullable=False, unique=True),
    _time("expires_at"),
)

preferences = Table(
    "preferences",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("off", ARRAY(Text), nullable=False),
    Column("quiet_start", Text),
    Column("quiet_until", Text),
    _text("digest"),
    Column("digest_hour", SmallInteger, nullable=False),
    Column("digest_weekday", SmallInteger, nullable=False),
    Column("digest_kinds", ARRAY(Text), nullable=False),
    _time("next_digest_at", nullable=True),
    _time("changed_at"),
)
Index(
    "preferences_digest_due",
    preferences.c.next_digest_at,
    postgresql_where=preferences.c.next_digest_at.isnot(None),
)

addresses = Table(
    "addresses",
    metadata,
    Column("email", Text, primary_key=True),
    _time("stopped_at", nullable=True),
    _text("reason"),
    Column("returned", Integer, nullable=False),
)

outbox = outbox_table(metadata)
inbox = inbox_table(metadata)
idempotency = idempotency_table(metadata)
operator_actions = operator_actions_table(metadata)
heard_queues = heard_queues_table(metadata)
