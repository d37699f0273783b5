"""What was published is kept, so that it can be told again; names go with whoever leaves."""

from alembic import op

from shared.messaging.archive_tables import create_forgetting, create_outbox_archive

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    create_outbox_archive(op)
    create_forgetting(op)
