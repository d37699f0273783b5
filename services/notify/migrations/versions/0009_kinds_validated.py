"""Hold the notifications of before 0008 to the kinds that there are, too."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.execute("ALTER TABLE notifications VALIDATE CONSTRAINT notifications_kind_check")
