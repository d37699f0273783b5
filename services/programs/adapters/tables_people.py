"""The tables of programs on people: sponsors, applications, supporters, and who was where."""

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)

from services.programs.adapters.tables import metadata

sponsors = Table(
    "sponsors",
    metadata,
    Column("account_id", Uuid, primary_key=True),
    Column("municipality_code", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("registered_by", Uuid, nullable=False),
    Column("registered_at", DateTime(timezone=True), nullable=False),
    Column("status", Text, nullable=False),
    Column("reason", Text),
)

local_clients = Table(
    "local_clients",
    metadata,
    Column("program_id", Uuid, ForeignKey("programs.program_id"), primary_key=True),
    Column("account_id", Uuid, primary_key=True),
)

applications = Table(
    "applications",
    metadata,
    Column("application_id", Uuid, primary_key=True),
    Column("cohort_id", Uuid, ForeignKey("cohorts.cohort_id"), nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("lives_in", Text, nullable=False),
    Column("weekly_hours", SmallInteger, nullable=False),
    Column("motivation", Text, nullable=False),
    Column("outcomes_consent", Boolean, nullable=False),
    Column("applied_at", DateTime(timezone=True), nullable=False),
    Column("status", Text, nullable=False),
    Column("reason", Text),
    Column("cause", Text),
    Column("place", Integer),
    Column("decided_at", DateTime(timezone=True)),
    Index("applications_of_cohort", "cohort_id", "application_id"),
    Index("applications_of_person", "person_id", "application_id"),
    # Somebody applies for a cohort once at a time, whatever the code does.
    Index(
        "applications_standing",
        "cohort_id",
        "person_id",
        unique=True,
        postgresql_where=text("status IN ('made', 'waiting', 'accepted')"),
    ),
    # Nobody shares a place in line.
    Index(
        "applications_in_line",
        "cohort_id",
        "place",
        unique=True,
        postgresql_where=text("status = 'waiting'"),
    ),
)

supporters = Table(
    "supporters",
    metadata,
    Column("program_id", Uuid, ForeignKey("programs.program_id"), primary_key=True),
    Column("person_id", Uuid, primary_key=True),
    Column("people_limit", SmallInteger, nullable=False),
    Index("supporters_of_person", "person_id"),
)

attendance = Table(
    "attendance",
    metadata,
    Column("cohort_id", Uuid, ForeignKey("cohorts.cohort_id"), primary_key=True),
    Column("session", SmallInteger, primary_key=True),
    Column("participant_id", Uuid, ForeignKey("participants.participant_id"), primary_key=True),
    Index("attendance_of_participant", "participant_id"),
)

ratings = Table(
    "ratings",
    metadata,
    Column("participant_id", Uuid, ForeignKey("participants.participant_id"), primary_key=True),
    Column("stars", SmallInteger, nullable=False),
    Column("comment", Text),
    Column("rated_at", DateTime(timezone=True), nullable=False),
)
