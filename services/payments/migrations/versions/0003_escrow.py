"""Escrow, payees, payouts, calls to the processor, its webhooks, and what every service has."""

from alembic import op

from shared.http.idempotency import create_idempotency_table
from shared.messaging.migrations import create_messaging_tables

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    create_messaging_tables(op)
    create_idempotency_table(op)
    for statement in (*_MILESTONES, *_PEOPLE, *_PROCESSOR):
        op.execute(statement)


_MILESTONES = (
    """
    CREATE TABLE contracts (
        contract_id uuid PRIMARY KEY,
        client_id uuid NOT NULL,
        assistant_id uuid NOT NULL,
        category text NOT NULL,
        mode text NOT NULL CHECK (mode IN ('brokered', 'principal')),
        review_days smallint NOT NULL,
        agreed_at timestamptz NOT NULL,
        currency text NOT NULL,
        accumulated bigint NOT NULL DEFAULT 0 CHECK (accumulated >= 0)
    )
    """,
    """
    CREATE TABLE escrows (
        milestone_id uuid PRIMARY KEY,
        contract_id uuid NOT NULL REFERENCES contracts,
        title text NOT NULL,
        due_on date NOT NULL,
        currency text NOT NULL,
        price bigint NOT NULL CHECK (price > 0),
        tax bigint NOT NULL CHECK (tax >= 0),
        withholding bigint NOT NULL CHECK (withholding >= 0),
        funded bigint NOT NULL CHECK (funded > 0),
        status text NOT NULL CHECK (status IN
            ('unfunded', 'funding', 'funded', 'released', 'refunding', 'refunded', 'closed')),
        charge_id text UNIQUE,
        net bigint,
        platform_fee bigint,
        platform_fee_tax bigint,
        withheld bigint,
        CONSTRAINT released_in_full
            CHECK (net + platform_fee + platform_fee_tax + withheld = funded)
    )
    """,
    "CREATE INDEX escrows_contract ON escrows (contract_id)",
    """
    CREATE TABLE checkouts (
        checkout_id uuid PRIMARY KEY,
        milestone_id uuid NOT NULL REFERENCES escrows,
        session_id text NOT NULL UNIQUE,
        url text NOT NULL,
        expires_at timestamptz NOT NULL,
        status text NOT NULL CHECK (status IN ('open', 'submitted', 'paid', 'expired'))
    )
    """,
    # One page at a time: nobody is asked to pay twice.
    """
    CREATE UNIQUE INDEX checkouts_standing ON checkouts (milestone_id)
        WHERE status IN ('open', 'submitted')
    """,
    """
    CREATE TABLE refunds (
        refund_id uuid PRIMARY KEY,
        milestone_id uuid NOT NULL REFERENCES escrows,
        charge_id text NOT NULL UNIQUE,
        currency text NOT NULL,
        amount bigint NOT NULL CHECK (amount > 0),
        reason text NOT NULL CHECK (reason IN ('ended', 'surplus')),
        status text NOT NULL CHECK (status IN ('asked', 'confirmed', 'failed'))
    )
    """,
)

_PEOPLE = (
    """
    CREATE TABLE people (
        person_id uuid PRIMARY KEY,
        email text NOT NULL,
        display_name text NOT NULL
    )
    """,
    """
    CREATE TABLE payees (
        person_id uuid PRIMARY KEY,
        account_id text UNIQUE,
        status text NOT NULL CHECK (status IN ('pending', 'restricted', 'active')),
        requirements text[] NOT NULL,
        asked_at timestamptz
    )
    """,
    """
    CREATE TABLE payouts (
        payout_id uuid PRIMARY KEY,
        milestone_id uuid NOT NULL UNIQUE REFERENCES escrows,
        assistant_id uuid NOT NULL,
        currency text NOT NULL,
        net bigint NOT NULL CHECK (net > 0),
        transfer_fee bigint NOT NULL CHECK (transfer_fee >= 0),
        status text NOT NULL CHECK (status IN
            ('requested', 'transferred', 'sent', 'paid', 'returned')),
        requested_at timestamptz NOT NULL,
        started_at timestamptz,
        paid_at timestamptz,
        failure text
    )
    """,
    "CREATE INDEX payouts_assistant ON payouts (assistant_id, payout_id)",
    """
    CREATE INDEX payouts_waiting ON payouts (assistant_id)
        WHERE status = 'requested' AND started_at IS NULL
    """,
)

_PROCESSOR = (
    """
    CREATE TABLE operations (
        operation_id uuid PRIMARY KEY,
        kind text NOT NULL,
        subject uuid NOT NULL,
        request jsonb NOT NULL,
        status text NOT NULL CHECK (status IN ('pending', 'done', 'declined')),
        attempts integer NOT NULL,
        keys_spent integer NOT NULL,
        next_attempt_at timestamptz NOT NULL,
        leased_until timestamptz,
        answer jsonb NOT NULL
    )
    """,
    "CREATE INDEX operations_due ON operations (next_attempt_at) WHERE status = 'pending'",
    "CREATE INDEX operations_subject ON operations (subject, kind)",
    """
    CREATE TABLE processor_events (
        event_id text PRIMARY KEY,
        type text NOT NULL,
        body bytea NOT NULL,
        received_at timestamptz NOT NULL,
        status text NOT NULL CHECK (status IN ('received', 'handled', 'ignored', 'failed')),
        attempts integer NOT NULL,
        next_attempt_at timestamptz NOT NULL,
        reason text
    )
    """,
    """
    CREATE INDEX processor_events_due ON processor_events (next_attempt_at)
        WHERE status = 'received'
    """,
)
