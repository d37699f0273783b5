"""The tables of assistants' profiles, and of what the other services tell of people."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.jobs.adapters.tables import metadata
from shared.protected_people import protected_people_table

people = Table(
    "people",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("assistant", Boolean, nullable=False),
    Column("change", Integer, nullable=False, server_default="1"),
)

profiles = Table(
    "profiles",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    # All that everybody may see, but for what others tell.
    Column("said", JSONB, nullable=False),
    Column("skills", ARRAY(Text), nullable=False),
    Column("weekly_minutes", Integer, nullable=False),
    Column("open_to_work", Boolean, nullable=False),
    # For its owner alone: only one query reads it.
    Column("private_note", Text, nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Index(
        "profiles_by_skill", "skills", postgresql_using="gin", postgresql_where=text("open_to_work")
    ),
)

commitments = Table(
    "commitments",
    metadata,
    Column("job_id", Uuid, nullable=False),
    Column("assistant_id", Uuid, nullable=False),
    Column("weekly_hours", SmallInteger, nullable=False),
    Column("began_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    Column("commitment_id", Uuid, primary_key=True, server_default=text("gen_random_uuid()")),
    Column("proposal_id", Uuid),
    Column("contract_id", Uuid),
    Index("commitments_running", "assistant_id", postgresql_where=text("ended_at IS NULL")),
    Index("commitments_of_proposal", "proposal_id", unique=True),
    Index("commitments_of_contract", "contract_id", unique=True),
    Index(
        "commitments_before_contract",
        "job_id",
        "assistant_id",
        unique=True,
        postgresql_where=text("contract_id IS NULL"),
    ),
)

accepted_milestones = Table(
    "accepted_milestones",
    metadata,
    Column("milestone_id", Uuid, primary_key=True),
    Column("assistant_id", Uuid, nullable=False),
    Column("late", Boolean, nullable=False),
    Index("accepted_milestones_of_assistant", "assistant_id"),
)

ratings = Table(
    "ratings",
    metadata,
    Column("contract_id", Uuid, primary_key=True),
    Column("assistant_id", Uuid, nullable=False),
    Column("stars", SmallInteger, nullable=False),
    Index("ratings_of_assistant", "assistant_id"),
)

verified_people = Table("verified_people", metadata, Column("person_id", Uuid, primary_key=True))

payee_changes = Table(
    "payee_changes",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("changed_at", DateTime(timezone=True), nullable=False),
)

blocks = Table(
    "blocks",
    metadata,
    Column("blocked_by", Uuid, primary_key=True),
    Column("account_id", Uuid, primary_key=True),
    Column("blocked", Boolean, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Index("blocks_of_account", "account_id"),
)

protected_people_table(metadata)

match_weights = Table(
    "match_weights",
    metadata,
    Column("valid_from", Date, primary_key=True),
    Column("skills", SmallInteger, nullable=False),
    Column("hours", SmallInteger, nullable=False),
    Column("rate", SmallInteger, nullable=False),
    Column("beginner", SmallInteger, nullable=False),
    Column("reliability", SmallInteger, nullable=False),
)
