"""The tables of the path: steps, units, practice, drafts, help, quiet questions, notes, files.

`due_at` is when a row's clock goes off; null: none runs.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.programs.adapters.tables import metadata


def _of_participant(*, primary_key: bool = False) -> Column[object]:
    return Column(
        "participant_id",
        Uuid,
        ForeignKey("participants.participant_id"),
        primary_key=primary_key,
        nullable=False,
    )


def _time(name: str, *, nullable: bool = False) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


def _due(table: str) -> Index:
    return Index(f"{table}_due", "due_at", postgresql_where=text("due_at IS NOT NULL"))


steps_reached = Table(
    "steps_reached",
    metadata,
    _of_participant(primary_key=True),
    Column("step", Text, primary_key=True),
    _time("reached_at"),
)

protections = Table(
    "protections",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("protected", Boolean, nullable=False),
    # Counts what was told of this person.
    Column("change", Integer, nullable=False),
)

units_tried = Table(
    "units_tried",
    metadata,
    _of_participant(primary_key=True),
    Column("unit", SmallInteger, primary_key=True),
    Column("tries", Integer, nullable=False),
    Column("hours", SmallInteger, nullable=False),
    _time("passed_at", nullable=True),
)

practices = Table(
    "practices",
    metadata,
    Column("practice_id", Uuid, primary_key=True),
    _of_participant(),
    Column("title", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("criteria", JSONB, nullable=False),
    # Practice money, in yen.
    Column("price", BigInteger, nullable=False),
    Column("status", Text, nullable=False),
    Column("deliveries", JSONB, nullable=False),
    UniqueConstraint("participant_id", name="practices_one_each"),
)

drafts = Table(
    "drafts",
    metadata,
    Column("draft_id", Uuid, primary_key=True),
    _of_participant(),
    Column("contract_id", Uuid, nullable=False),
    Column("milestone_id", Uuid, nullable=False),
    Column("milestone_title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("file_ids", JSONB, nullable=False),
    _time("shown_at"),
    _time("looked_at", nullable=True),
    Column("looked_by", Uuid),
    Column("comment", Text),
    _time("escalated_at", nullable=True),
    _time("due_at", nullable=True),
    Index("drafts_of_participant", "participant_id", "draft_id"),
    _due("drafts"),
)

helps = Table(
    "helps",
    metadata,
    Column("help_id", Uuid, primary_key=True),
    _of_participant(),
    Column("step", Text, nullable=False),
    Column("about", Text),
    Column("text", Text, nullable=False),
    Column("status", Text, nullable=False),
    _time("asked_at"),
    _time("answer_until"),
    _time("escalated_at", nullable=True),
    Column("answers", JSONB, nullable=False),
    _time("due_at", nullable=True),
    Index("helps_of_participant", "participant_id", "help_id"),
    _due("helps"),
)

check_ins = Table(
    "check_ins",
    metadata,
    Column("check_in_id", Uuid, primary_key=True),
    _of_participant(),
    Column("status", Text, nullable=False),
    _time("asked_at"),
    Column("mood", Text),
    Column("text", Text),
    _time("answered_at", nullable=True),
    _time("due_at", nullable=True),
    Index("check_ins_of_participant", "participant_id", "check_in_id"),
    _due("check_ins"),
)

notes = Table(
    "notes",
    metadata,
    Column("note_id", Uuid, primary_key=True),
    _of_participant(),
    Column("by", Uuid, nullable=False),
    Column("text", Text, nullable=False),
    _time("written_at"),
    Index("notes_of_participant", "participant_id", "note_id"),
)

files = Table(
    "files",
    metadata,
    Column("file_id", Uuid, primary_key=True),
    _of_participant(),
    Column("name", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),
    _time("uploaded_at"),
    UniqueConstraint("participant_id", "sha256", "name", name="files_each_once"),
)
