"""The journal, which guards itself: not even a bug or an operator's psql session can spoil it.

An entry and its lines come in one statement, or are refused: after that statement the entry can't
be extended, changed or deleted. Balances of guarded accounts are kept by the journal's own trigger
and can't be changed otherwise, nor go below zero. Hot accounts (processor balance, fee income)
have no stored balance, which every posting would have to queue for: they are summed up beside.
"""

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    for statement in (*_TABLES, *_TRIGGER_FUNCTIONS, *_TRIGGERS, _CHART, _REVOKE):
        op.execute(statement)


_TABLES = (
    """
    CREATE TABLE ledger_accounts (
        account text PRIMARY KEY,
        guarded boolean NOT NULL,
        CONSTRAINT only_liabilities_are_guarded CHECK (NOT guarded OR account LIKE 'liability:%')
    )
    """,
    """
    CREATE TABLE journal_entries (
        entry_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        fact text NOT NULL,
        reference uuid NOT NULL,
        source text NOT NULL,
        currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
        occurred_at timestamptz NOT NULL,
        CONSTRAINT a_fact_is_posted_once UNIQUE (fact, source)
    )
    """,
    "CREATE INDEX journal_entries_reference ON journal_entries (reference, entry_id)",
    """
    CREATE TABLE journal_lines (
        entry_id bigint NOT NULL REFERENCES journal_entries,
        line smallint NOT NULL,
        account text NOT NULL,
        owner uuid,
        debit bigint NOT NULL CHECK (debit >= 0),
        credit bigint NOT NULL CHECK (credit >= 0),
        PRIMARY KEY (entry_id, line),
        CONSTRAINT one_side CHECK ((debit = 0) <> (credit = 0))
    )
    """,
    """
    CREATE TABLE account_balances (
        account text NOT NULL,
        owner uuid NOT NULL,
        currency text NOT NULL,
        balance bigint NOT NULL CONSTRAINT not_overdrawn CHECK (balance >= 0),
        PRIMARY KEY (account, owner, currency)
    ) WITH (fillfactor = 80)
    """,
)

_TRIGGER_FUNCTIONS = (
    """
    CREATE FUNCTION refuse_incomplete_entries() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (
            SELECT FROM new_entries
            WHERE (
                SELECT line FROM journal_lines
                WHERE journal_lines.entry_id = new_entries.entry_id AND line = 1
            ) IS NULL
        ) THEN
            RAISE EXCEPTION 'a journal entry comes with its lines, in one statement'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NULL;
    END $$
    """,
    # Runs with the owner's rights: nobody else may write balances. What grows is only looked up
    # by its key, row by row: a join would be planned while the tables are small, and kept.
    """
    CREATE FUNCTION keep_journal() RETURNS trigger LANGUAGE plpgsql
        SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DECLARE
        total record;
    BEGIN
        IF EXISTS (
            SELECT FROM new_lines LEFT JOIN ledger_accounts USING (account)
            GROUP BY entry_id
            HAVING sum(debit) <> sum(credit)
                OR bool_or(guarded IS NULL OR (guarded AND owner IS NULL))
                OR count(*) <> (
                    SELECT count(*) FROM journal_lines
                    WHERE journal_lines.entry_id = new_lines.entry_id
                )
        ) THEN
            RAISE EXCEPTION 'a journal entry must balance on known accounts, and is never extended'
                USING ERRCODE = 'check_violation';
        END IF;
        -- In one order for everybody, so that postings wait for each other but never in a circle.
        FOR total IN
            SELECT account, owner, currency, sum(amount)::bigint AS amount
            FROM (
                SELECT account, owner, credit - debit AS amount, (
                    SELECT currency FROM journal_entries
                    WHERE journal_entries.entry_id = new_lines.entry_id
                ) AS currency
                FROM new_lines JOIN ledger_accounts USING (account)
                WHERE guarded
            ) AS change
            GROUP BY account, owner, currency
            ORDER BY account, owner, currency
        LOOP
            UPDATE account_balances SET balance = balance + total.amount
            WHERE account = total.account
                AND owner = total.owner AND currency = total.currency;
            IF NOT FOUND THEN
                INSERT INTO account_balances AS kept (account, owner, currency, balance)
                VALUES (total.account, total.owner, total.currency, total.amount)
                ON CONFLICT (account, owner, currency)
                    DO UPDATE SET balance = kept.balance + excluded.balance;
            END IF;
        END LOOP;
        RETURN NULL;
    END $$
    """,
    """
    CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% of % is never allowed: a correction is a new entry', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END $$
    """,
)

_TRIGGERS = (
    """
    CREATE TRIGGER complete AFTER INSERT ON journal_entries
        REFERENCING NEW TABLE AS new_entries
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_incomplete_entries()
    """,
    """
    CREATE TRIGGER kept AFTER INSERT ON journal_lines
        REFERENCING NEW TABLE AS new_lines
        FOR EACH STATEMENT EXECUTE FUNCTION keep_journal()
    """,
    *(
        f"""
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
        """
        for table in ("journal_entries", "journal_lines")
    ),
    """
    CREATE TRIGGER kept_by_journal BEFORE INSERT OR UPDATE OR DELETE ON account_balances
        FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_change()
    """,
    """
    CREATE TRIGGER never_emptied BEFORE TRUNCATE ON account_balances
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
)

_CHART = """
    INSERT INTO ledger_accounts (account, guarded) VALUES
        ('asset:processor_balance', false),
        ('asset:payee_balance', false),
        ('asset:cash_in_transit', false),
        ('asset:bank', false),
        ('liability:escrow', true),
        ('liability:assistant_payable', true),
        ('liability:payout_in_transit', true),
        ('liability:refunds_payable', true),
        ('liability:consumption_tax', false),
        ('liability:withholding', false),
        ('income:platform_fee', false),
        ('income:transfer_fee', false),
        ('expense:processor_fee', false)
"""

# The runtime role has its rights by default privileges; whatever it's called, take back what
# nobody needs who only posts and reads.
_REVOKE = """
    DO $$
    DECLARE
        grantee name;
    BEGIN
        FOR grantee IN
            SELECT DISTINCT acl.grantee::regrole::name
            FROM pg_class, aclexplode(relacl) AS acl
            WHERE oid = 'journal_entries'::regclass
                AND acl.grantee NOT IN (0, relowner)
        LOOP
            EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE
                ON journal_entries, journal_lines FROM %I', grantee);
            EXECUTE format('REVOKE INSERT, UPDATE, DELETE, TRUNCATE
                ON account_balances, ledger_accounts FROM %I', grantee);
        END LOOP;
    END $$
"""
