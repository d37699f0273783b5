"""The tables of retainers and of the hours logged against their periods."""

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    SmallInteger,
    Table,
    Text,
    Uuid,
)

from services.contracts.adapters.tables import metadata

retainers = Table(
    "retainers",
    metadata,
    Column("contract_id", Uuid, ForeignKey("contracts.contract_id"), primary_key=True),
    Column("period", Text, nullable=False),
    Column("hourly_amount", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("hours_limit", SmallInteger, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),
    Column("ended_by", Uuid),
)

hour_entries = Table(
    "hour_entries",
    metadata,
    Column("entry_id", Uuid, primary_key=True),
    Column("milestone_id", Uuid, ForeignKey("milestones.milestone_id"), nullable=False),
    Column("day", Date, nullable=False),
    Column("minutes", SmallInteger, nullable=False),
    Column("note", Text, nullable=False),
    Column("logged_at", DateTime(timezone=True), nullable=False),
    Index("hour_entries_of_milestone", "milestone_id", "day", "entry_id"),
)
