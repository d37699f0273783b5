"""The tables of what people say to each other, and of each other."""

from sqlalchemy import (
    Column,
    DateTime,
    ForeignKey,
    Index,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)

from services.contracts.adapters.tables import metadata

messages = Table(
    "messages",
    metadata,
    Column("message_id", Uuid, primary_key=True),
    Column("contract_id", Uuid, ForeignKey("contracts.contract_id"), nullable=False),
    Column("from_id", Uuid, nullable=False),
    Column("by", Uuid, nullable=False),
    Column("text", Text, nullable=False),
    Column("sent_at", DateTime(timezone=True), nullable=False),
    Column("read_at", DateTime(timezone=True)),
    Index("messages_of_contract", "contract_id", "message_id"),
    Index("messages_unread", "contract_id", "from_id", postgresql_where=text("read_at IS NULL")),
)

message_files = Table(
    "message_files",
    metadata,
    Column("message_id", Uuid, ForeignKey("messages.message_id"), primary_key=True),
    Column("position", SmallInteger, primary_key=True, autoincrement=False),
    Column("file_id", Uuid, ForeignKey("files.file_id"), nullable=False),
)

rating_rounds = Table(
    "rating_rounds",
    metadata,
    Column("contract_id", Uuid, ForeignKey("contracts.contract_id"), primary_key=True),
    Column("open_until", DateTime(timezone=True), nullable=False),
    Column("revealed_at", DateTime(timezone=True)),
    Index("rating_rounds_open", "open_until", postgresql_where=text("revealed_at IS NULL")),
)

ratings = Table(
    "ratings",
    metadata,
    Column("contract_id", Uuid, ForeignKey("rating_rounds.contract_id"), primary_key=True),
    Column("by_id", Uuid, primary_key=True),
    Column("of_id", Uuid, nullable=False),
    Column("stars", SmallInteger, nullable=False),
    Column("comment", Text, nullable=False),
    Column("given_at", DateTime(timezone=True), nullable=False),
    Column("reply", Text),
    Column("replied_at", DateTime(timezone=True)),
    Index("ratings_of_account", "of_id", "contract_id"),
)

blocks = Table(
    "blocks",
    metadata,
    Column("blocked_by", Uuid, primary_key=True),
    Column("account_id", Uuid, primary_key=True),
    Column("blocked_at", DateTime(timezone=True), nullable=False),
)

reports = Table(
    "reports",
    metadata,
    Column("report_id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("subject_id", Uuid, nullable=False),
    Column("text", Text, nullable=False),
    Column("made_by", Uuid, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("outcome", Text),
    Column("closed_at", DateTime(timezone=True)),
    Column("closed_by", Uuid),
    Index("reports_open", "report_id", postgresql_where=text("closed_at IS NULL")),
    Index("reports_of_person", "made_by", "report_id"),
)
