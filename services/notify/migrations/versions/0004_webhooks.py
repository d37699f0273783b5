"""Webhooks to customers: endpoints, messages to them, every attempt; and live updates."""

from alembic import op

revision = "0004"
down_revision = "0003"

TABLES = """
CREATE TABLE webhook_endpoints (
    endpoint_id uuid PRIMARY KEY,
    account_id uuid NOT NULL,
    url text NOT NULL,
    event_types text[] NOT NULL,
    description text NOT NULL,
    secret text NOT NULL,
    old_secret text,
    old_secret_until timestamptz,
    added_at timestamptz NOT NULL,
    disabled text CHECK (disabled IN ('gone', 'failing', 'by_owner')),
    failing_since timestamptz,
    CHECK ((old_secret IS NULL) = (old_secret_until IS NULL))
);
CREATE INDEX ix_webhook_endpoints_account_id ON webhook_endpoints (account_id);

CREATE TABLE webhook_deliveries (
    delivery_id uuid PRIMARY KEY,
    endpoint_id uuid NOT NULL REFERENCES webhook_endpoints ON DELETE CASCADE,
    event_type text NOT NULL,
    payload text NOT NULL,
    status text NOT NULL CHECK (status IN ('pending', 'delivered', 'failed')),
    attempts integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    next_attempt_at timestamptz,
    CHECK ((status = 'pending') = (next_attempt_at IS NOT NULL))
);
CREATE INDEX webhook_deliveries_of_endpoint ON webhook_deliveries (endpoint_id, delivery_id);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (next_attempt_at)
    WHERE status = 'pending';

CREATE TABLE webhook_attempts (
    attempt_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    delivery_id uuid NOT NULL REFERENCES webhook_deliveries ON DELETE CASCADE,
    attempted_at timestamptz NOT NULL,
    status smallint,
    milliseconds integer NOT NULL,
    error text NOT NULL,
    answer text NOT NULL
);
CREATE INDEX ix_webhook_attempts_delivery_id ON webhook_attempts (delivery_id);
"""

# Told to shared/http/live.py as it is committed.
LIVE = """
CREATE FUNCTION tell_streams() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('notices', NEW.person_id::text);
    RETURN NULL;
END $$;
CREATE TRIGGER tell_streams AFTER INSERT OR UPDATE OF read_at ON notifications
    FOR EACH ROW EXECUTE FUNCTION tell_streams();
"""


def upgrade() -> None:
    for statements in (TABLES, LIVE):
        op.execute(statements)
