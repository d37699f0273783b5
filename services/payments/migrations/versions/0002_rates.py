"""Dated configuration: what holds from a day on, until a later row says otherwise.

Sources: consumption tax, Consumption Tax Act, article 29 with Local Tax Act (10 %); withholding,
Income Tax Act, articles 204 and 205, with the special income tax for reconstruction (10.21 %, and
20.42 % of what is above 1,000,000 yen of a payment). The kinds of work that withholding covers,
the fees, and the processor's limits are from secondary sources or our own policy: check them.
"""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    for statement in (*_TABLES, *_SEEDS):
        op.execute(statement)


_TABLES = (
    """
    CREATE TABLE consumption_tax_rates (
        valid_from date PRIMARY KEY,
        basis_points integer NOT NULL CHECK (basis_points BETWEEN 0 AND 10000)
    )
    """,
    """
    CREATE TABLE platform_fee_tiers (
        valid_from date,
        above bigint CHECK (above >= 0),
        basis_points integer NOT NULL CHECK (basis_points BETWEEN 0 AND 10000),
        PRIMARY KEY (valid_from, above)
    )
    """,
    """
    CREATE TABLE withholding_tiers (
        valid_from date,
        above bigint CHECK (above >= 0),
        basis_points integer NOT NULL CHECK (basis_points BETWEEN 0 AND 10000),
        PRIMARY KEY (valid_from, above)
    )
    """,
    """
    CREATE TABLE withheld_categories (
        valid_from date,
        category text,
        withheld boolean NOT NULL,
        PRIMARY KEY (category, valid_from)
    )
    """,
    """
    CREATE TABLE payout_rules (
        valid_from date PRIMARY KEY,
        transfer_fee bigint NOT NULL CHECK (transfer_fee >= 0),
        minimum bigint NOT NULL CHECK (minimum > transfer_fee)
    )
    """,
    """
    CREATE TABLE processor_rules (
        valid_from date PRIMARY KEY,
        minimum_charge bigint NOT NULL CHECK (minimum_charge > 0),
        maximum_charge bigint NOT NULL CHECK (maximum_charge >= minimum_charge),
        hold_days integer NOT NULL CHECK (hold_days > 0)
    )
    """,
)

_SEEDS = (
    "INSERT INTO consumption_tax_rates VALUES ('2019-10-01', 1000)",
    """
    INSERT INTO platform_fee_tiers VALUES
        ('2019-10-01', 0, 2000), ('2019-10-01', 100000, 1000), ('2019-10-01', 200000, 500)
    """,
    "INSERT INTO withholding_tiers VALUES ('2013-01-01', 0, 1021), ('2013-01-01', 1000000, 2042)",
    """
    INSERT INTO withheld_categories VALUES
        ('2013-01-01', 'writing', true),
        ('2013-01-01', 'translation', true),
        ('2013-01-01', 'design', true),
        ('2013-01-01', 'development', false),
        ('2013-01-01', 'data_entry', false),
        ('2013-01-01', 'research', false),
        ('2013-01-01', 'administration', false),
        ('2013-01-01', 'customer_support', false)
    """,
    "INSERT INTO payout_rules VALUES ('2019-10-01', 0, 1000)",
    "INSERT INTO processor_rules VALUES ('2019-10-01', 50, 99999999, 90)",
)
