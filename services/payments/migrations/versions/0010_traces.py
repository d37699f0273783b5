"""Which trace asked for a call, told us of it, released money: so that it goes on to the bank."""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.execute("ALTER TABLE operations ADD COLUMN traceparent text")
    op.execute("ALTER TABLE processor_events ADD COLUMN traceparent text")
    op.execute("ALTER TABLE releases ADD COLUMN traceparent text")
