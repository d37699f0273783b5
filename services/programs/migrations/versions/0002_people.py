"""Sponsors, applications, supporters, attendance, and ratings."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    _create_sponsors()
    _create_applications()
    _create_supporters()
    _create_taking_part()


def _create_sponsors() -> None:
    op.create_table(
        "sponsors",
        sa.Column("account_id", sa.Uuid, primary_key=True),
        sa.Column("municipality_code", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("registered_by", sa.Uuid, nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.CheckConstraint("status IN ('waiting', 'confirmed', 'refused')", name="sponsors_status"),
    )
    op.create_table(
        "local_clients",
        sa.Column("program_id", sa.Uuid, sa.ForeignKey("programs.program_id"), primary_key=True),
        sa.Column("account_id", sa.Uuid, primary_key=True),
    )


def _create_applications() -> None:
    op.create_table(
        "applications",
        sa.Column("application_id", sa.Uuid, primary_key=True),
        sa.Column("cohort_id", sa.Uuid, sa.ForeignKey("cohorts.cohort_id"), nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("lives_in", sa.Text, nullable=False),
        sa.Column("weekly_hours", sa.SmallInteger, nullable=False),
        sa.Column("motivation", sa.Text, nullable=False),
        sa.Column("outcomes_consent", sa.Boolean, nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("place", sa.Integer),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "status IN ('made', 'waiting', 'accepted', 'declined', 'withdrawn')",
            name="applications_status",
        ),
        sa.CheckConstraint("(status = 'waiting') = (place IS NOT NULL)", name="applications_place"),
    )
    op.create_index("applications_of_cohort", "applications", ["cohort_id", "application_id"])
    op.create_index("applications_of_person", "applications", ["person_id", "application_id"])
    op.create_index(
        "applications_standing",
        "applications",
        ["cohort_id", "person_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('made', 'waiting', 'accepted')"),
    )
    op.create_index(
        "applications_in_line",
        "applications",
        ["cohort_id", "place"],
        unique=True,
        postgresql_where=sa.text("status = 'waiting'"),
    )


def _create_supporters() -> None:
    op.create_table(
        "supporters",
        sa.Column("program_id", sa.Uuid, sa.ForeignKey("programs.program_id"), primary_key=True),
        sa.Column("person_id", sa.Uuid, primary_key=True),
        sa.Column("people_limit", sa.SmallInteger, nullable=False),
    )
    op.create_index("supporters_of_person", "supporters", ["person_id"])


def _create_taking_part() -> None:
    participant = "participants.participant_id"
    op.create_table(
        "attendance",
        sa.Column("cohort_id", sa.Uuid, sa.ForeignKey("cohorts.cohort_id"), primary_key=True),
        sa.Column("session", sa.SmallInteger, primary_key=True),
        sa.Column("participant_id", sa.Uuid, sa.ForeignKey(participant), primary_key=True),
    )
    op.create_index("attendance_of_participant", "attendance", ["participant_id"])
    op.create_table(
        "ratings",
        sa.Column("participant_id", sa.Uuid, sa.ForeignKey(participant), primary_key=True),
        sa.Column("stars", sa.SmallInteger, nullable=False),
        sa.Column("comment", sa.Text),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=False),
    )
