"""People, what they were told and the mail of it; and the tables of messages and commands."""

import sqlalchemy as sa
from alembic import op

from shared.http.idempotency import create_idempotency_table
from shared.messaging.migrations import create_messaging_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "people",
        sa.Column("person_id", sa.Uuid, primary_key=True),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("locale", sa.Text, nullable=False),
        sa.CheckConstraint("locale IN ('ja', 'en')", "known_locale"),
    )
    op.create_table(
        "notifications",
        sa.Column("notification_id", sa.Uuid, primary_key=True),
        sa.Column("person_id", sa.Uuid, sa.ForeignKey("people.person_id"), nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("notifications_of_person", "notifications", ["person_id", "notification_id"])
    op.create_table(
        "mails",
        sa.Column(
            "notification_id",
            sa.Uuid,
            sa.ForeignKey("notifications.notification_id"),
            primary_key=True,
        ),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True)),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
        sa.Column("last_error", sa.Text),
        sa.CheckConstraint("status IN ('pending', 'sent', 'failed')", "known_status"),
        sa.CheckConstraint("(status = 'pending') = (next_attempt_at IS NOT NULL)", "due_or_done"),
        sa.CheckConstraint("(status = 'sent') = (sent_at IS NOT NULL)", "sent_at_a_time"),
    )
    op.create_index(
        "mails_due", "mails", ["next_attempt_at"], postgresql_where=sa.text("status = 'pending'")
    )
    create_messaging_tables(op)
    create_idempotency_table(op)
