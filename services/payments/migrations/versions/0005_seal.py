"""What proves the journal: its seal, closed months, and the runs of the reconciliation.

Seals and closed months are kept as the journal is: added to, never changed. A range continues the
chain or is refused, so that not even two processes that seal at once could fork it.
"""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    for statement in (*_SEAL, *_MONTHS, *_RECONCILIATIONS, *_APPEND_ONLY, _REVOKE):
        op.execute(statement)


_SEAL = (
    # `fingerprints` has 16 bytes for each entry: its number, and the first 8 bytes of its hash.
    # They only serve to tell which entry doesn't fit; `sha256` is what proves it.
    """
    CREATE TABLE sealed_ranges (
        number bigint PRIMARY KEY CHECK (number > 0),
        from_entry bigint NOT NULL,
        to_entry bigint NOT NULL,
        entries integer NOT NULL CHECK (entries > 0),
        previous bytea NOT NULL UNIQUE CHECK (octet_length(previous) = 32),
        sha256 bytea NOT NULL UNIQUE CHECK (octet_length(sha256) = 32),
        fingerprints bytea NOT NULL,
        sealed_at timestamptz NOT NULL,
        CHECK (from_entry <= to_entry),
        CHECK (octet_length(fingerprints) = 16 * entries)
    )
    """,
    """
    CREATE FUNCTION continue_seal() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        last sealed_ranges;
    BEGIN
        SELECT * INTO last FROM sealed_ranges ORDER BY number DESC LIMIT 1;
        IF NEW.number <> coalesce(last.number, 0) + 1
            OR NEW.from_entry <> coalesce(last.to_entry, 0) + 1
            OR NEW.previous <> coalesce(last.sha256, decode(repeat('00', 32), 'hex'))
        THEN
            RAISE EXCEPTION 'a range must continue the chain of seals'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER continued BEFORE INSERT ON sealed_ranges
        FOR EACH ROW EXECUTE FUNCTION continue_seal()
    """,
)

_MONTHS = (
    # domain/months.py, Scope: an entry counts in a month, earlier, or later.
    """
    CREATE FUNCTION counts(
        entry_id bigint, occurred_at timestamptz,
        begins timestamptz, ends timestamptz, cut_before bigint, cut bigint
    ) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT CASE
            WHEN occurred_at < begins AND (cut_before IS NULL OR entry_id <= cut_before)
                THEN 'earlier'
            WHEN occurred_at < ends AND (cut IS NULL OR entry_id <= cut) THEN 'within'
            ELSE 'later'
        END
    $$
    """,
    """
    CREATE TABLE closed_months (
        month date PRIMARY KEY CHECK (extract(day FROM month) = 1),
        to_entry bigint NOT NULL,
        entries bigint NOT NULL,
        sha256 bytea NOT NULL,
        closed_at timestamptz NOT NULL
    )
    """,
    """
    CREATE TABLE closed_month_balances (
        month date NOT NULL REFERENCES closed_months,
        account text NOT NULL,
        currency text NOT NULL,
        opening bigint NOT NULL,
        debit bigint NOT NULL CHECK (debit >= 0),
        credit bigint NOT NULL CHECK (credit >= 0),
        closing bigint NOT NULL,
        PRIMARY KEY (month, account, currency),
        CHECK (closing = opening + debit - credit)
    )
    """,
    # What a close has summed up so far, by sub-account; empty between two closes.
    """
    CREATE UNLOGGED TABLE closing_sums (
        account text NOT NULL,
        owner uuid NOT NULL,
        currency text NOT NULL,
        amount bigint NOT NULL
    )
    """,
)

_RECONCILIATIONS = (
    """
    CREATE TABLE reconciliations (
        reconciliation_id uuid PRIMARY KEY,
        day date NOT NULL,
        asked_by text NOT NULL CHECK (asked_by IN ('clock', 'operator')),
        status text NOT NULL CHECK (status IN ('running', 'done', 'abandoned')),
        currency text NOT NULL,
        posted_before bigint NOT NULL,
        started_at timestamptz NOT NULL,
        leased_until timestamptz NOT NULL,
        finished_at timestamptz,
        books_balance bigint NOT NULL DEFAULT 0,
        processor_balance bigint NOT NULL DEFAULT 0,
        payees_books_balance bigint NOT NULL DEFAULT 0,
        payees_processor_balance bigint NOT NULL DEFAULT 0,
        matched bigint NOT NULL DEFAULT 0,
        unmatched bigint NOT NULL DEFAULT 0
    )
    """,
    # However many replicas look at the clock: one run a day.
    """
    CREATE UNIQUE INDEX reconciliations_of_the_clock ON reconciliations (day)
        WHERE asked_by = 'clock'
    """,
    "CREATE INDEX reconciliations_newest ON reconciliations (started_at, reconciliation_id)",
    """
    CREATE TABLE reconciliation_items (
        reconciliation_id uuid NOT NULL REFERENCES reconciliations,
        position integer NOT NULL,
        reason text NOT NULL CHECK (reason IN ('ours_only', 'theirs_only', 'differs')),
        explanation text NOT NULL,
        account text NOT NULL,
        source text NOT NULL,
        balance_transaction text,
        entry_id bigint,
        theirs bigint,
        ours bigint,
        occurred_at timestamptz NOT NULL,
        first_seen_at timestamptz NOT NULL,
        first_seen_in uuid NOT NULL,
        PRIMARY KEY (reconciliation_id, position)
    )
    """,
    # The processor's statements while they are compared: any number of lines, in no memory of ours.
    """
    CREATE UNLOGGED TABLE statement_lines (
        reconciliation_id uuid NOT NULL,
        account text NOT NULL,
        source text NOT NULL,
        balance_transaction text NOT NULL,
        kind text NOT NULL,
        net bigint NOT NULL,
        occurred_at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX statement_lines_of_a_run ON statement_lines (reconciliation_id)",
)

_APPEND_ONLY = tuple(
    f"""
    CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """
    for table in ("sealed_ranges", "closed_months", "closed_month_balances")
)

# As for the journal: whatever the runtime role is called, it adds and reads.
_REVOKE = """
    DO $$
    DECLARE
        grantee name;
    BEGIN
        FOR grantee IN
            SELECT DISTINCT acl.grantee::regrole::name
            FROM pg_class, aclexplode(relacl) AS acl
            WHERE oid = 'sealed_ranges'::regclass AND acl.grantee NOT IN (0, relowner)
        LOOP
            EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE
                ON sealed_ranges, closed_months, closed_month_balances FROM %I', grantee);
        END LOOP;
    END $$
"""
