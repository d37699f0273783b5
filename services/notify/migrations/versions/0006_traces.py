"""In which trace a mail and a customer's webhook were wanted: they are sent in it."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.execute("ALTER TABLE mails ADD COLUMN traceparent text")
    op.execute("ALTER TABLE webhook_deliveries ADD COLUMN traceparent text")
