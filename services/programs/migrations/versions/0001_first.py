"""What every service has, and programs, their cohorts, and who takes part."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from shared.http.audit import create_operator_actions
from shared.http.idempotency import create_idempotency_table
from shared.messaging.archive_tables import create_outbox_archive
from shared.messaging.migrations import create_messaging_tables
from shared.messaging.queues import create_heard_queues
from shared.messaging.replays import create_replays
from shared.messaging.switches import create_switches

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_messaging_tables(op)
    create_idempotency_table(op)
    create_operator_actions(op)
    create_heard_queues(op)
    create_outbox_archive(op)
    create_switches(op)
    create_replays(op)
    _create_people()
    _create_programs()
    _create_cohorts()
    _create_participants()


def _create_people() -> None:
    op.create_table(
        "people",
        sa.Column("account_id", sa.Uuid, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("assistant", sa.Boolean, nullable=False),
        sa.Column("company", sa.Boolean, nullable=False),
        sa.Column("change", sa.Integer, nullable=False),
    )
    op.create_index(
        "people_by_email",
        "people",
        [sa.text("lower(email)")],
        postgresql_where=sa.text("NOT company"),
    )


def _create_programs() -> None:
    op.create_table(
        "programs",
        sa.Column("program_id", sa.Uuid, primary_key=True),
        sa.Column("sponsor_id", sa.Uuid, nullable=False),
        sa.Column("partner_id", sa.Uuid, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("eligibility", JSONB, nullable=False),
        sa.Column("help_hours", sa.SmallInteger, nullable=False),
        sa.Column("silence_days", sa.SmallInteger, nullable=False),
        sa.Column("wallet", JSONB),
        sa.Column("wallet_change", sa.Integer, nullable=False),
        sa.Column("units", JSONB, nullable=False),
        sa.Column("practice", JSONB),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("made_by", sa.Uuid, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("status IN ('draft', 'open', 'closed')", name="programs_status"),
    )
    op.create_index("programs_of_sponsor", "programs", ["sponsor_id", "program_id"])
    op.create_index("programs_of_partner", "programs", ["partner_id", "program_id"])


def _create_cohorts() -> None:
    op.create_table(
        "cohorts",
        sa.Column("cohort_id", sa.Uuid, primary_key=True),
        sa.Column("program_id", sa.Uuid, sa.ForeignKey("programs.program_id"), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("capacity", sa.SmallInteger, nullable=False),
        sa.Column("apply_until", sa.Date, nullable=False),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date, nullable=False),
        sa.Column("sessions", JSONB, nullable=False),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("capacity > 0", name="cohorts_capacity"),
    )
    op.create_index("cohorts_of_program", "cohorts", ["program_id", "cohort_id"])


def _create_participants() -> None:
    op.create_table(
        "participants",
        sa.Column("participant_id", sa.Uuid, primary_key=True),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("program_id", sa.Uuid, sa.ForeignKey("programs.program_id"), nullable=False),
        sa.Column("cohort_id", sa.Uuid, sa.ForeignKey("cohorts.cohort_id"), nullable=False),
        sa.Column("supporter_id", sa.Uuid),
        sa.Column("step", sa.Text, nullable=False),
        sa.Column("weekly_hours", sa.SmallInteger, nullable=False),
        sa.Column("outcomes_consent", sa.Boolean, nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_sign_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "step IN ('orientation', 'units', 'practice', 'protected_job', 'free_work')",
            name="participants_step",
        ),
    )
    op.create_index("participants_of_cohort", "participants", ["cohort_id", "participant_id"])
    op.create_index(
        "participants_current",
        "participants",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("left_at IS NULL"),
    )
    op.create_index(
        "participants_of_supporter",
        "participants",
        ["supporter_id"],
        postgresql_where=sa.text("left_at IS NULL"),
    )
