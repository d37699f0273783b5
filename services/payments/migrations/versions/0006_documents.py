"""What documents need beside the books: who issues them, what refunds took back, tax dates.

Sources: the day to remit taxes withheld, Income Tax Act, article 204; the sum of a year above
which the tax office wants a payment record, Ministerial Order for the Income Tax Act, article 84
(50,000 yen for the fees of most kinds of work; other kinds have other sums: check them).
"""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    for statement in (*_ISSUERS, *_REVERSALS, *_RULES, *_INDEXES):
        op.execute(statement)


_ISSUERS = (
    # Who runs the market. Without a registration number its invoices are not qualified ones.
    """
    CREATE TABLE issuers (
        valid_from date PRIMARY KEY,
        market text NOT NULL,
        name text NOT NULL,
        address text NOT NULL,
        registration_number text CHECK (registration_number ~ '^T[0-9]{13}$')
    )
    """,
    "INSERT INTO issuers VALUES ('2000-01-01', 'Tasuki 襷', 'Tasuki', '', NULL)",
    # Assistants as issuers; a row without a number says that the registration has ended.
    """
    CREATE TABLE registrations (
        person_id uuid,
        valid_from date,
        number text CHECK (number ~ '^T[0-9]{13}$'),
        name text,
        PRIMARY KEY (person_id, valid_from)
    )
    """,
)

_REVERSALS = (
    # What a refund took back of each release. A release and its reversals add up to what was
    # invoiced, whatever is given back later: rows are only ever added.
    """
    CREATE TABLE release_reversals (
        refund_id uuid,
        release_id uuid NOT NULL REFERENCES releases,
        price bigint NOT NULL CHECK (price >= 0),
        tax bigint NOT NULL CHECK (tax >= 0),
        gross bigint NOT NULL CHECK (gross >= 0),
        net bigint NOT NULL CHECK (net >= 0),
        platform_fee bigint NOT NULL CHECK (platform_fee >= 0),
        platform_fee_tax bigint NOT NULL CHECK (platform_fee_tax >= 0),
        withholding bigint NOT NULL CHECK (withholding >= 0),
        reversed_at timestamptz NOT NULL,
        PRIMARY KEY (refund_id, release_id),
        CONSTRAINT adds_up CHECK (net + platform_fee + platform_fee_tax + withholding = gross)
    )
    """,
    "CREATE INDEX release_reversals_release ON release_reversals (release_id)",
    """
    CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON release_reversals
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """,
)

_RULES = (
    """
    CREATE TABLE withholding_rules (
        valid_from date PRIMARY KEY,
        remittance_day smallint NOT NULL CHECK (remittance_day BETWEEN 1 AND 28),
        record_above bigint NOT NULL CHECK (record_above >= 0)
    )
    """,
    "INSERT INTO withholding_rules VALUES ('2000-01-01', 10, 50000)",
)

_INDEXES = (
    # The lines of one account among all: few, and read once a month.
    """
    CREATE INDEX journal_lines_withholding ON journal_lines (entry_id)
        WHERE account = 'liability:withholding'
    """,
    "CREATE INDEX contracts_client ON contracts (client_id)",
    "CREATE INDEX contracts_assistant ON contracts (assistant_id)",
)
