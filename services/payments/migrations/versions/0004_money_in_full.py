"""Payments for several milestones, credit, parts of milestones, chargebacks, paydays.

Rows that there are keep their meaning: a milestone that was funded has one charge, a released one
has one release. Nothing was ever refunded after its release, so what is kept is what was released.
"""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    for statement in (
        _CHART,
        *_CHARGES,
        *_CHECKOUTS,
        *_ESCROWS,
        *_PEOPLE,
        *_RELEASES,
        *_PAYOUTS,
        *_REFUNDS,
        *_CHARGEBACKS,
        *_RULES,
    ):
        op.execute(statement)


_CHART = """
    INSERT INTO ledger_accounts (account, guarded) VALUES
        ('asset:dispute_receivable', false),
        ('asset:assistant_receivable', false),
        ('liability:client_credit', true),
        ('expense:dispute_fee', false),
        ('expense:chargeback_loss', false)
"""

_CHARGES = (
    """
    CREATE TABLE charges (
        charge_id text PRIMARY KEY,
        client_id uuid NOT NULL,
        checkout_id uuid,
        method text NOT NULL CHECK (method IN ('card', 'konbini', 'bank_transfer')),
        currency text NOT NULL,
        amount bigint NOT NULL CHECK (amount > 0),
        fee bigint NOT NULL CHECK (fee >= 0),
        captured_at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX charges_client ON charges (client_id, captured_at)",
    """
    CREATE TABLE fundings (
        milestone_id uuid NOT NULL REFERENCES escrows,
        charge_id text NOT NULL REFERENCES charges,
        amount bigint NOT NULL CHECK (amount > 0),
        returned bigint NOT NULL DEFAULT 0 CHECK (returned BETWEEN 0 AND amount),
        PRIMARY KEY (milestone_id, charge_id)
    )
    """,
    "CREATE INDEX fundings_charge ON fundings (charge_id)",
    """
    CREATE TABLE credit_lots (
        lot_id uuid PRIMARY KEY,
        client_id uuid NOT NULL,
        charge_id text NOT NULL REFERENCES charges,
        currency text NOT NULL,
        amount bigint NOT NULL CHECK (amount > 0),
        remaining bigint NOT NULL CHECK (remaining BETWEEN 0 AND amount)
    )
    """,
    "CREATE INDEX credit_lots_left ON credit_lots (client_id, lot_id) WHERE remaining > 0",
    "CREATE INDEX credit_lots_charge ON credit_lots (charge_id)",
)

_CHECKOUTS = (
    """
    CREATE TABLE checkout_items (
        checkout_id uuid NOT NULL REFERENCES checkouts,
        milestone_id uuid NOT NULL REFERENCES escrows,
        amount bigint NOT NULL CHECK (amount > 0),
        standing boolean NOT NULL,
        PRIMARY KEY (checkout_id, milestone_id)
    )
    """,
    # One page at a time for each milestone: nobody is asked to pay twice.
    "CREATE UNIQUE INDEX checkout_items_standing ON checkout_items (milestone_id) WHERE standing",
    """
    INSERT INTO checkout_items (checkout_id, milestone_id, amount, standing)
    SELECT checkout_id, milestone_id, funded, checkouts.status IN ('open', 'submitted')
    FROM checkouts JOIN escrows USING (milestone_id)
    """,
    """
    ALTER TABLE checkouts
        ADD COLUMN client_id uuid,
        ADD COLUMN method text NOT NULL DEFAULT 'card'
            CHECK (method IN ('card', 'konbini', 'bank_transfer')),
        ADD COLUMN currency text NOT NULL DEFAULT 'JPY',
        ADD COLUMN amount bigint CHECK (amount > 0),
        ADD COLUMN received bigint NOT NULL DEFAULT 0 CHECK (received >= 0),
        ADD COLUMN intent_id text,
        ADD COLUMN pay_until timestamptz
    """,
    # What is under way is waited for as long as it would be if it began now.
    """
    UPDATE checkouts SET
        client_id = contracts.client_id,
        amount = escrows.funded,
        received = CASE WHEN checkouts.status = 'paid' THEN escrows.funded ELSE 0 END,
        pay_until = CASE WHEN checkouts.status = 'submitted' THEN now() + interval '14 days' END
    FROM escrows JOIN contracts USING (contract_id)
    WHERE escrows.milestone_id = checkouts.milestone_id
    """,
    """
    ALTER TABLE checkouts
        ALTER COLUMN client_id SET NOT NULL,
        ALTER COLUMN amount SET NOT NULL,
        ALTER COLUMN method DROP DEFAULT,
        ALTER COLUMN currency DROP DEFAULT,
        DROP COLUMN milestone_id
    """,
    "CREATE INDEX checkouts_awaited ON checkouts (pay_until) WHERE status = 'submitted'",
    # Nobody has seen a page that is still being made, and it would be for one milestone only.
    """
    UPDATE operations SET status = 'declined',
        answer = '{"code": "superseded", "detail": "no longer wanted"}'
    WHERE kind = 'create_checkout' AND status = 'pending'
    """,
)

# What the journal says of the payment of a charge.
_CAPTURED = """
    LEFT JOIN LATERAL (
        SELECT occurred_at, sum(debit)::bigint AS fee
        FROM journal_entries JOIN journal_lines USING (entry_id)
        WHERE fact = 'captured' AND source = charge_id AND account = 'expense:processor_fee'
        GROUP BY entry_id
    ) AS captured ON true
"""

_ESCROWS = (
    f"""
    INSERT INTO charges
        (charge_id, client_id, checkout_id, method, currency, amount, fee, captured_at)
    SELECT charge_id, client_id, NULL, 'card', escrows.currency, funded, coalesce(fee, 0),
        coalesce(occurred_at, agreed_at)
    FROM escrows JOIN contracts USING (contract_id) {_CAPTURED} WHERE charge_id IS NOT NULL
    """,  # noqa: S608  (of our own)
    """
    INSERT INTO fundings (milestone_id, charge_id, amount, returned)
    SELECT milestone_id, charge_id, funded,
        CASE WHEN status IN ('refunding', 'refunded') THEN funded ELSE 0 END
    FROM escrows WHERE charge_id IS NOT NULL
    """,
    # A milestone may be added later: it has rates of its own day. `to_refund` is the part of the
    # price that goes back as soon as no chargeback is in the way.
    """
    ALTER TABLE escrows
        ADD COLUMN agreed_at timestamptz,
        ADD COLUMN delivered_on date,
        ADD COLUMN funding_attempts smallint NOT NULL DEFAULT 0,
        ADD COLUMN left_price bigint,
        ADD COLUMN left_tax bigint,
        ADD COLUMN left_withholding bigint,
        ADD COLUMN left_funded bigint,
        ADD COLUMN to_refund bigint NOT NULL DEFAULT 0 CHECK (to_refund >= 0),
        ADD COLUMN frozen smallint NOT NULL DEFAULT 0 CHECK (frozen >= 0),
        DROP CONSTRAINT escrows_status_check,
        ADD CHECK (status IN ('unfunded', 'funding', 'funded', 'released', 'refunding',
            'refunded', 'closed', 'charged_back'))
    """,
    """
    UPDATE escrows SET
        agreed_at = contracts.agreed_at,
        left_price = CASE WHEN status IN ('unfunded', 'funding', 'funded') THEN price ELSE 0 END,
        left_tax = CASE WHEN status IN ('unfunded', 'funding', 'funded') THEN tax ELSE 0 END,
        left_withholding =
            CASE WHEN status IN ('unfunded', 'funding', 'funded') THEN withholding ELSE 0 END,
        left_funded = CASE WHEN status IN ('unfunded', 'funding', 'funded') THEN funded ELSE 0 END
    FROM contracts WHERE contracts.contract_id = escrows.contract_id
    """,
    """
    ALTER TABLE escrows
        ALTER COLUMN agreed_at SET NOT NULL,
        ALTER COLUMN left_price SET NOT NULL,
        ALTER COLUMN left_tax SET NOT NULL,
        ALTER COLUMN left_withholding SET NOT NULL,
        ALTER COLUMN left_funded SET NOT NULL,
        ADD CONSTRAINT left_within CHECK (left_price BETWEEN 0 AND price
            AND left_tax BETWEEN 0 AND tax
            AND left_withholding BETWEEN 0 AND withholding
            AND left_funded BETWEEN 0 AND funded)
    """,
)

_PEOPLE = (
    "CREATE TABLE clients (person_id uuid PRIMARY KEY, customer_id text UNIQUE)",
    # What an assistant owes us; whoever changes what is payable to them holds its lock.
    """
    CREATE TABLE assistants (
        person_id uuid PRIMARY KEY,
        receivable bigint NOT NULL DEFAULT 0 CHECK (receivable >= 0),
        told_on date
    )
    """,
    "INSERT INTO assistants (person_id) SELECT DISTINCT assistant_id FROM contracts",
    """
    ALTER TABLE payees
        ADD COLUMN bank_code text,
        ADD COLUMN branch_code text,
        ADD COLUMN account_last4 text,
        ADD COLUMN paused_since timestamptz
    """,
)

_RELEASES = (
    """
    CREATE TABLE releases (
        release_id uuid PRIMARY KEY,
        milestone_id uuid NOT NULL REFERENCES escrows,
        assistant_id uuid NOT NULL,
        source text NOT NULL,
        currency text NOT NULL,
        price bigint NOT NULL CHECK (price >= 0),
        tax bigint NOT NULL CHECK (tax >= 0),
        gross bigint NOT NULL CHECK (gross >= 0),
        net bigint NOT NULL CHECK (net >= 0),
        platform_fee bigint NOT NULL CHECK (platform_fee >= 0),
        platform_fee_tax bigint NOT NULL CHECK (platform_fee_tax >= 0),
        withholding bigint NOT NULL CHECK (withholding >= 0),
        owed bigint NOT NULL CHECK (owed >= 0),
        released_at timestamptz NOT NULL,
        payday date NOT NULL,
        pay_by date,
        payout_id uuid,
        CONSTRAINT released_once UNIQUE (milestone_id, source),
        CONSTRAINT adds_up CHECK (net + platform_fee + platform_fee_tax + withholding = gross)
    )
    """,
    # Ids say when a row was made (UUIDv7). A payout that came back left its transfer fee with us.
    """
    INSERT INTO releases (release_id, milestone_id, assistant_id, source, currency, price, tax,
        gross, net, platform_fee, platform_fee_tax, withholding, owed, released_at, payday,
        payout_id)
    SELECT
        overlay(
            overlay(gen_random_uuid()::text PLACING '7' FROM 15)
            PLACING substr(made, 1, 8) || '-' || substr(made, 9) FROM 1
        )::uuid,
        e.milestone_id, c.assistant_id, 'accepted', e.currency, e.price, e.tax, e.funded, e.net,
        e.platform_fee, e.platform_fee_tax, e.withheld,
        e.net - CASE WHEN p.status = 'returned' THEN p.transfer_fee ELSE 0 END,
        released_at, (released_at AT TIME ZONE 'Asia/Tokyo')::date,
        CASE WHEN p.status <> 'returned' AND p.started_at IS NOT NULL THEN p.payout_id END
    FROM escrows e
    JOIN contracts c USING (contract_id)
    LEFT JOIN payouts p USING (milestone_id)
    CROSS JOIN LATERAL (SELECT coalesce(p.requested_at, c.agreed_at)) AS at (released_at)
    CROSS JOIN LATERAL (
        SELECT lpad(to_hex(floor(extract(epoch FROM released_at) * 1000)::bigint), 12, '0')
    ) AS id (made)
    WHERE e.status = 'released'
    """,
    """
    ALTER TABLE escrows
        DROP COLUMN charge_id,
        DROP COLUMN net,
        DROP COLUMN platform_fee,
        DROP COLUMN platform_fee_tax,
        DROP COLUMN withheld
    """,
    """
    CREATE INDEX releases_payable ON releases (assistant_id, release_id)
        WHERE payout_id IS NULL AND owed > 0
    """,
    """
    CREATE INDEX releases_due ON releases (payday) WHERE payout_id IS NULL AND owed > 0
    """,
    "CREATE INDEX releases_payout ON releases (payout_id) WHERE payout_id IS NOT NULL",
)

_PAYOUTS = (
    # What waited was never started: its release waits now.
    "DELETE FROM payouts WHERE status = 'requested' AND started_at IS NULL",
    "ALTER TABLE payouts RENAME COLUMN net TO gross",
    """
    ALTER TABLE payouts
        ADD COLUMN on_demand boolean NOT NULL DEFAULT false,
        ADD COLUMN payday date,
        ADD COLUMN account_id text,
        ADD COLUMN transfer_id text,
        DROP CONSTRAINT payouts_status_check,
        ADD CHECK (status IN
            ('requested', 'transferred', 'sent', 'paid', 'returned', 'declined'))
    """,
    """
    UPDATE payouts SET
        payday = (requested_at AT TIME ZONE 'Asia/Tokyo')::date,
        account_id = payees.account_id,
        transfer_id = (
            SELECT source FROM journal_entries
            WHERE fact = 'payout_transferred' AND reference = milestone_id
        )
    FROM payees WHERE person_id = assistant_id
    """,
    "DROP INDEX payouts_waiting",
    """
    ALTER TABLE payouts
        ALTER COLUMN payday SET NOT NULL,
        ALTER COLUMN account_id SET NOT NULL,
        DROP COLUMN milestone_id,
        DROP COLUMN started_at
    """,
    """
    CREATE INDEX payouts_under_way ON payouts (payout_id)
        WHERE status IN ('requested', 'transferred', 'sent')
    """,
    # What a bank returned is taken back to our balance, from which it is paid out again.
    """
    INSERT INTO operations (operation_id, kind, subject, request, status, attempts, keys_spent,
        next_attempt_at, answer)
    SELECT gen_random_uuid(), 'reverse_transfer', payout_id,
        jsonb_build_object('amount', gross - transfer_fee, 'currency', currency,
            'account_id', account_id, 'since', now(), 'transfer_id', transfer_id),
        'pending', 0, 0, now(), '{}'
    FROM payouts WHERE status = 'returned'
    """,
    """
    UPDATE payees SET paused_since = now()
    WHERE person_id IN (SELECT assistant_id FROM payouts WHERE status = 'returned')
    """,
)

_REFUNDS = (
    """
    ALTER TABLE refunds
        ADD COLUMN client_id uuid,
        ADD COLUMN price bigint NOT NULL DEFAULT 0 CHECK (price >= 0),
        ADD COLUMN note text NOT NULL DEFAULT '',
        ADD COLUMN asked_at timestamptz,
        ADD COLUMN failed_ids text[] NOT NULL DEFAULT '{}',
        ALTER COLUMN milestone_id DROP NOT NULL,
        DROP CONSTRAINT refunds_charge_id_key,
        DROP CONSTRAINT refunds_reason_check,
        DROP CONSTRAINT refunds_status_check,
        ADD CHECK (reason IN ('ended', 'surplus', 'part', 'after_release', 'credit')),
        ADD CHECK (status IN ('asked', 'confirmed', 'failed', 'overtaken'))
    """,
    """
    UPDATE refunds SET
        client_id = contracts.client_id,
        price = CASE WHEN reason = 'ended' THEN escrows.price ELSE 0 END,
        asked_at = coalesce((
            SELECT occurred_at FROM journal_entries
            WHERE fact = 'refund_asked' AND source = refund_id::text
        ), contracts.agreed_at)
    FROM escrows JOIN contracts USING (contract_id)
    WHERE escrows.milestone_id = refunds.milestone_id
    """,
    """
    ALTER TABLE refunds ALTER COLUMN client_id SET NOT NULL, ALTER COLUMN asked_at SET NOT NULL
    """,
    "CREATE INDEX refunds_milestone ON refunds (milestone_id)",
    "CREATE INDEX refunds_charge ON refunds (charge_id)",
    "CREATE INDEX refunds_failed ON refunds (refund_id) WHERE status = 'failed'",
    f"""
    INSERT INTO charges
        (charge_id, client_id, checkout_id, method, currency, amount, fee, captured_at)
    SELECT charge_id, client_id, NULL, 'card', currency, amount, coalesce(fee, 0),
        coalesce(occurred_at, asked_at)
    FROM refunds {_CAPTURED} WHERE reason = 'surplus' ON CONFLICT DO NOTHING
    """,  # noqa: S608  (of our own)
    # The owner of what is owed back is the refund itself from now on, no longer its milestone.
    """
    WITH owed AS (
        SELECT refund_id, milestone_id, refund_id || '-owner' AS source, currency, amount
        FROM refunds WHERE status IN ('asked', 'failed')
    ), entries AS (
        INSERT INTO journal_entries (fact, reference, source, currency, occurred_at)
        SELECT 'refund_asked', milestone_id, source, currency, now() FROM owed ORDER BY source
        RETURNING entry_id, source
    )
    INSERT INTO journal_lines (entry_id, line, account, owner, debit, credit)
    SELECT entry_id, line, 'liability:refunds_payable',
        CASE line WHEN 1 THEN milestone_id ELSE refund_id END,
        CASE line WHEN 1 THEN amount ELSE 0 END,
        CASE line WHEN 1 THEN 0 ELSE amount END
    FROM owed JOIN entries USING (source) CROSS JOIN (VALUES (1), (2)) AS side (line)
    """,
)

_CHARGEBACKS = (
    """
    CREATE TABLE chargebacks (
        chargeback_id uuid PRIMARY KEY,
        dispute_id text NOT NULL UNIQUE,
        charge_id text NOT NULL REFERENCES charges,
        currency text NOT NULL,
        amount bigint NOT NULL CHECK (amount > 0),
        fee bigint NOT NULL CHECK (fee >= 0),
        reason text NOT NULL,
        status text NOT NULL CHECK (status IN ('inquiry', 'open', 'won', 'lost')),
        answer_until timestamptz,
        opened_at timestamptz NOT NULL,
        closed_at timestamptz,
        evidence jsonb
    )
    """,
    "CREATE INDEX chargebacks_charge ON chargebacks (charge_id)",
    """
    CREATE TABLE fraud_warnings (
        warning_id text PRIMARY KEY,
        charge_id text NOT NULL,
        fraud_type text NOT NULL,
        actionable boolean NOT NULL,
        warned_at timestamptz NOT NULL
    )
    """,
    # What the parties did, as contracts told it: the evidence when a bank asks for it.
    """
    CREATE TABLE contract_facts (
        contract_id uuid NOT NULL,
        milestone_id uuid,
        what text NOT NULL,
        happened_at timestamptz NOT NULL,
        details text NOT NULL
    )
    """,
    # Told twice, it is kept once. An index takes no text of any length.
    """
    CREATE UNIQUE INDEX contract_facts_once ON contract_facts
        (contract_id, happened_at, what, coalesce(milestone_id, contract_id), md5(details))
    """,
)

_RULES = (
    # Fees of a transfer to a bank; `bank_code` is empty for all other banks.
    """
    CREATE TABLE transfer_fees (
        valid_from date,
        bank_code text,
        fee bigint NOT NULL CHECK (fee >= 0),
        PRIMARY KEY (valid_from, bank_code)
    )
    """,
    "INSERT INTO transfer_fees VALUES ('2019-10-01', '', 500), ('2019-10-01', '0036', 100)",
    """
    ALTER TABLE payout_rules
        DROP COLUMN transfer_fee,
        ADD COLUMN first_cutoff smallint NOT NULL DEFAULT 15
            CHECK (first_cutoff BETWEEN 1 AND 27),
        ADD COLUMN limit_days smallint NOT NULL DEFAULT 60 CHECK (limit_days > 0),
        ADD COLUMN reminder_days smallint NOT NULL DEFAULT 30 CHECK (reminder_days > 0)
    """,
    """
    ALTER TABLE processor_rules
        ADD COLUMN pay_within_days smallint NOT NULL DEFAULT 14 CHECK (pay_within_days > 0)
    """,
    # Who bears what a chargeback takes after the release.
    """
    CREATE TABLE chargeback_policies (
        valid_from date PRIMARY KEY,
        borne_by text NOT NULL CHECK (borne_by IN ('platform', 'assistant'))
    )
    """,
    "INSERT INTO chargeback_policies VALUES ('2019-10-01', 'platform')",
)
