"""What a service's first migration creates for messages."""

from alembic.operations import Operations
from sqlalchemy import MetaData

from shared.messaging.inbox import inbox_table
from shared.messaging.outbox import CHANNEL, outbox_table


def create_messaging_tables(op: Operations) -> None:
    """Create outbox and inbox, and the trigger that wakes the relay once per statement."""
    metadata = MetaData()
    outbox_table(metadata)
    inbox_table(metadata)
    metadata.create_all(op.get_bind())
    op.execute(
        f"""
        CREATE FUNCTION wake_relay() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            NOTIFY {CHANNEL};
            RETURN NULL;
        END $$;
        CREATE TRIGGER wake_relay AFTER INSERT ON outbox
            FOR EACH STATEMENT EXECUTE FUNCTION wake_relay();
        -- Rows live for milliseconds: vacuum by what was deleted, not by the table's size.
        ALTER TABLE outbox SET (autovacuum_vacuum_scale_factor = 0,
                                autovacuum_vacuum_threshold = 5000);
        """
    )
