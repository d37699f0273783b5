"""Sponsors' wallets: their caps hold whoever writes, as the journal's balances do.

What counts towards the caps is kept by a trigger of the sponsorships themselves, with a CHECK on
the total of a wallet and on that of each person: no statement, and no bug, gets past them. What is
paid to assistants out of a wallet is owed like what is released: a release without a milestone.
"""

from alembic import op

revision = "0014"
down_revision = "0013"

LINT_EXCEPTIONS = {
    "ban-drop-not-null": "the version before reads releases of milestones by their milestone",
    "require-concurrent-index-creation": "no row has a sponsorship yet: the index is empty",
    "adding-foreign-key-constraint": "the column is new: no row is looked at",
}


def upgrade() -> None:
    for statement in (*_CHART, *_TABLES, *_TRIGGERS, *_RELEASES, _REVOKE):
        op.execute(statement)


_CHART = (
    """
    INSERT INTO ledger_accounts (account, guarded) VALUES
        ('liability:sponsor_wallet', true),
        ('liability:sponsorship_reserved', true),
        ('liability:partner_payable', true)
    """,
)

_TABLES = (
    """
    CREATE TABLE wallets (
        program_id uuid PRIMARY KEY,
        sponsor_id uuid NOT NULL,
        partner_id uuid NOT NULL,
        title text NOT NULL,
        total_cap bigint NOT NULL,
        person_cap bigint NOT NULL,
        change integer NOT NULL,
        committed bigint NOT NULL DEFAULT 0 CHECK (committed >= 0),
        CONSTRAINT total_cap_kept CHECK (committed <= total_cap)
    ) WITH (fillfactor = 80)
    """,
    """
    CREATE TABLE wallet_people (
        program_id uuid NOT NULL REFERENCES wallets,
        person_id uuid NOT NULL,
        cap bigint NOT NULL,
        committed bigint NOT NULL CHECK (committed >= 0),
        PRIMARY KEY (program_id, person_id),
        CONSTRAINT person_cap_kept CHECK (committed <= cap)
    ) WITH (fillfactor = 80)
    """,
    """
    CREATE TABLE sponsorships (
        sponsorship_id uuid PRIMARY KEY,
        program_id uuid NOT NULL REFERENCES wallets,
        person_id uuid NOT NULL,
        kind text NOT NULL CHECK (kind IN ('fees', 'tuition', 'bonus')),
        reference text NOT NULL,
        amount bigint NOT NULL CHECK (amount > 0),
        attempt integer NOT NULL,
        status text NOT NULL
            CHECK (status IN ('reserved', 'settled', 'refused', 'returned', 'dropped')),
        refused text
    )
    """,
    "CREATE INDEX sponsorships_program ON sponsorships (program_id)",
    """
    CREATE TABLE top_ups (
        checkout_id uuid PRIMARY KEY,
        program_id uuid NOT NULL REFERENCES wallets,
        sponsor_id uuid NOT NULL,
        method text NOT NULL,
        amount bigint NOT NULL CHECK (amount > 0),
        received bigint NOT NULL DEFAULT 0,
        session_id text NOT NULL UNIQUE,
        url text NOT NULL,
        expires_at timestamptz NOT NULL,
        status text NOT NULL CHECK (status IN ('open', 'submitted', 'paid', 'expired'))
    )
    """,
    "CREATE INDEX top_ups_program ON top_ups (program_id)",
    """
    CREATE INDEX top_ups_awaited ON top_ups (sponsor_id)
        WHERE status = 'submitted' AND method = 'bank_transfer'
    """,
    """
    CREATE TABLE wallet_lots (
        charge_id text PRIMARY KEY REFERENCES charges,
        program_id uuid NOT NULL REFERENCES wallets,
        amount bigint NOT NULL CHECK (amount > 0),
        remaining bigint NOT NULL CHECK (remaining BETWEEN 0 AND amount)
    )
    """,
    "CREATE INDEX wallet_lots_program ON wallet_lots (program_id)",
)

_TRIGGERS = (
    # Runs with the owner's rights: nobody else may write the totals.
    """
    CREATE FUNCTION keep_wallet_totals() RETURNS trigger LANGUAGE plpgsql
        SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        before bigint := 0;
        more bigint := 0;
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            IF (NEW.program_id, NEW.sponsorship_id) <> (OLD.program_id, OLD.sponsorship_id)
                OR OLD.status IN ('reserved', 'settled')
                    AND (NEW.person_id, NEW.amount) <> (OLD.person_id, OLD.amount)
            THEN
                RAISE EXCEPTION 'what is set aside stays what it is, and for whom'
                    USING ERRCODE = 'check_violation';
            END IF;
            IF OLD.status IN ('reserved', 'settled') THEN
                before := OLD.amount;
            END IF;
        END IF;
        IF NEW.status IN ('reserved', 'settled') THEN
            more := NEW.amount - before;
        ELSE
            more := -before;
        END IF;
        IF more <> 0 THEN
            UPDATE wallets SET committed = committed + more WHERE program_id = NEW.program_id;
            INSERT INTO wallet_people AS kept (program_id, person_id, cap, committed)
            SELECT program_id, NEW.person_id, person_cap, 0
            FROM wallets WHERE program_id = NEW.program_id
            ON CONFLICT (program_id, person_id) DO NOTHING;
            UPDATE wallet_people SET committed = committed + more
            WHERE program_id = NEW.program_id AND person_id = NEW.person_id;
        END IF;
        RETURN NULL;
    END $$
    """,
    # Caps never fall; whoever raises them raises those of all people of the wallet.
    """
    CREATE FUNCTION keep_wallet_caps() RETURNS trigger LANGUAGE plpgsql
        SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
        UPDATE wallet_people SET cap = NEW.person_cap
        WHERE program_id = NEW.program_id AND cap <> NEW.person_cap;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER counted AFTER INSERT OR UPDATE ON sponsorships
        FOR EACH ROW EXECUTE FUNCTION keep_wallet_totals()
    """,
    """
    CREATE TRIGGER never_taken_away BEFORE DELETE OR TRUNCATE ON sponsorships
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
    """
    CREATE TRIGGER caps_follow AFTER UPDATE OF person_cap ON wallets
        FOR EACH ROW EXECUTE FUNCTION keep_wallet_caps()
    """,
    """
    CREATE TRIGGER kept_by_sponsorships BEFORE UPDATE OF committed ON wallets
        FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_change()
    """,
    """
    CREATE TRIGGER kept_by_sponsorships BEFORE INSERT OR UPDATE OR DELETE ON wallet_people
        FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_change()
    """,
)

_RELEASES = (
    "ALTER TABLE releases ALTER COLUMN milestone_id DROP NOT NULL",
    "ALTER TABLE releases ADD COLUMN sponsorship_id uuid REFERENCES sponsorships",
    "CREATE UNIQUE INDEX releases_sponsorship ON releases (sponsorship_id)",
)

_REVOKE = """
    DO $$
    DECLARE
        grantee name;
    BEGIN
        FOR grantee IN
            SELECT DISTINCT acl.grantee::regrole::name
            FROM pg_class, aclexplode(relacl) AS acl
            WHERE oid = 'wallet_people'::regclass
                AND acl.grantee NOT IN (0, relowner)
        LOOP
            EXECUTE format('REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON wallet_people FROM %I',
                grantee);
            EXECUTE format('REVOKE DELETE, TRUNCATE ON wallets, sponsorships FROM %I', grantee);
        END LOOP;
    END $$
"""
