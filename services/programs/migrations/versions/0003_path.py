"""The path of a beginner, and what the others told of assistants' work."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    _create_work()
    _create_steps()
    _create_practices()
    _create_drafts()
    _create_helps()
    _create_check_ins()
    _create_notes_and_files()


def _time(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _of_participant() -> sa.Column[object]:
    return sa.Column(
        "participant_id", sa.Uuid, sa.ForeignKey("participants.participant_id"), nullable=False
    )


def _index_due(table: str) -> None:
    op.create_index(
        f"{table}_due", table, ["due_at"], postgresql_where=sa.text("due_at IS NOT NULL")
    )


def _create_work() -> None:
    op.create_table(
        "contracts_known",
        sa.Column("contract_id", sa.Uuid, primary_key=True),
        sa.Column("assistant_id", sa.Uuid, nullable=False),
        sa.Column("client_id", sa.Uuid, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("category", sa.Text),
        sa.Column("weekly_hours", sa.SmallInteger, nullable=False),
        _time("agreed_at", nullable=True),
        _time("completed_at", nullable=True),
    )
    op.create_index(
        "contracts_known_of_assistant", "contracts_known", ["assistant_id", "contract_id"]
    )
    op.create_table(
        "milestones_known",
        sa.Column("milestone_id", sa.Uuid, primary_key=True),
        sa.Column("contract_id", sa.Uuid, nullable=False),
        sa.Column("assistant_id", sa.Uuid, nullable=False),
        sa.Column("client_id", sa.Uuid, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("price", sa.BigInteger),
        _time("delivered_at", nullable=True),
        _time("accepted_at", nullable=True),
    )
    op.create_index(
        "milestones_known_of_contract", "milestones_known", ["contract_id", "milestone_id"]
    )
    op.create_index(
        "milestones_known_of_assistant", "milestones_known", ["assistant_id", "accepted_at"]
    )
    _create_releases()


def _create_releases() -> None:
    op.create_table(
        "releases_known",
        sa.Column("release_id", sa.Uuid, primary_key=True),
        sa.Column("milestone_id", sa.Uuid, nullable=False),
        sa.Column("contract_id", sa.Uuid, nullable=False),
        sa.Column("assistant_id", sa.Uuid, nullable=False),
        sa.Column("gross", sa.BigInteger, nullable=False),
        sa.Column("net", sa.BigInteger, nullable=False),
        _time("released_at"),
    )
    op.create_index(
        "releases_known_of_assistant", "releases_known", ["assistant_id", "released_at"]
    )


def _create_steps() -> None:
    op.create_table(
        "steps_reached",
        _of_participant(),
        sa.Column("step", sa.Text, nullable=False),
        _time("reached_at"),
        sa.PrimaryKeyConstraint("participant_id", "step"),
    )
    op.create_table(
        "protections",
        sa.Column("person_id", sa.Uuid, primary_key=True),
        sa.Column("protected", sa.Boolean, nullable=False),
        sa.Column("change", sa.Integer, nullable=False),
    )
    op.create_table(
        "units_tried",
        _of_participant(),
        sa.Column("unit", sa.SmallInteger, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("hours", sa.SmallInteger, nullable=False),
        _time("passed_at", nullable=True),
        sa.PrimaryKeyConstraint("participant_id", "unit"),
    )


def _create_practices() -> None:
    op.create_table(
        "practices",
        sa.Column("practice_id", sa.Uuid, primary_key=True),
        _of_participant(),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("criteria", JSONB, nullable=False),
        sa.Column("price", sa.BigInteger, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("deliveries", JSONB, nullable=False),
        sa.UniqueConstraint("participant_id", name="practices_one_each"),
        sa.CheckConstraint(
            "status IN ('funded', 'delivered', 'changes_requested', 'released')",
            name="practices_status",
        ),
    )


def _create_drafts() -> None:
    op.create_table(
        "drafts",
        sa.Column("draft_id", sa.Uuid, primary_key=True),
        _of_participant(),
        sa.Column("contract_id", sa.Uuid, nullable=False),
        sa.Column("milestone_id", sa.Uuid, nullable=False),
        sa.Column("milestone_title", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("file_ids", JSONB, nullable=False),
        _time("shown_at"),
        _time("looked_at", nullable=True),
        sa.Column("looked_by", sa.Uuid),
        sa.Column("comment", sa.Text),
        _time("escalated_at", nullable=True),
        _time("due_at", nullable=True),
    )
    op.create_index("drafts_of_participant", "drafts", ["participant_id", "draft_id"])
    _index_due("drafts")


def _create_helps() -> None:
    op.create_table(
        "helps",
        sa.Column("help_id", sa.Uuid, primary_key=True),
        _of_participant(),
        sa.Column("step", sa.Text, nullable=False),
        sa.Column("about", sa.Text),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        _time("asked_at"),
        _time("answer_until"),
        _time("escalated_at", nullable=True),
        sa.Column("answers", JSONB, nullable=False),
        _time("due_at", nullable=True),
        sa.CheckConstraint(
            "status IN ('asked', 'escalated', 'answered', 'settled')", name="helps_status"
        ),
    )
    op.create_index("helps_of_participant", "helps", ["participant_id", "help_id"])
    _index_due("helps")


def _create_check_ins() -> None:
    op.create_table(
        "check_ins",
        sa.Column("check_in_id", sa.Uuid, primary_key=True),
        _of_participant(),
        sa.Column("status", sa.Text, nullable=False),
        _time("asked_at"),
        sa.Column("mood", sa.Text),
        sa.Column("text", sa.Text),
        _time("answered_at", nullable=True),
        _time("due_at", nullable=True),
        sa.CheckConstraint("status IN ('asked', 'answered', 'passed_on')", name="check_ins_status"),
    )
    op.create_index("check_ins_of_participant", "check_ins", ["participant_id", "check_in_id"])
    _index_due("check_ins")


def _create_notes_and_files() -> None:
    op.create_table(
        "notes",
        sa.Column("note_id", sa.Uuid, primary_key=True),
        _of_participant(),
        sa.Column("by", sa.Uuid, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        _time("written_at"),
    )
    op.create_index("notes_of_participant", "notes", ["participant_id", "note_id"])
    op.create_table(
        "files",
        sa.Column("file_id", sa.Uuid, primary_key=True),
        _of_participant(),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        _time("uploaded_at"),
        sa.UniqueConstraint("participant_id", "sha256", "name", name="files_each_once"),
    )
