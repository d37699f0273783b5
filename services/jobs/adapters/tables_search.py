"""The tables of saved searches."""

from sqlalchemy import Column, Date, DateTime, Index, SmallInteger, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from services.jobs.adapters.tables import metadata

saved_searches = Table(
    "saved_searches",
    metadata,
    Column("search_id", Uuid, primary_key=True),
    Column("person_id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("terms", JSONB, nullable=False),
    Column("every", Text, nullable=False),
    Column("saved_at", DateTime(timezone=True), nullable=False),
    # Jobs that were opened later are new to it.
    Column("seen_until", DateTime(timezone=True), nullable=False),
    Column("next_at", DateTime(timezone=True), nullable=False),
    Index("saved_searches_of_person", "person_id", "search_id"),
    Index("saved_searches_due", "next_at"),
)

search_rules = Table(
    "search_rules",
    metadata,
    Column("valid_from", Date, primary_key=True),
    Column("most_searches", SmallInteger, nullable=False),
    Column("at_once_minutes", SmallInteger, nullable=False),
    Column("daily_hour", SmallInteger, nullable=False),
    Column("most_jobs_told", SmallInteger, nullable=False),
)
