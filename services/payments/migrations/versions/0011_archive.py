"""What was published is kept, so that it can be told again."""

from alembic import op

from shared.messaging.archive_tables import create_outbox_archive

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    create_outbox_archive(op)
