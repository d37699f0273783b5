"""The tables of documents; migration 0006 says how they are guarded."""

from sqlalchemy import BigInteger, Column, Date, SmallInteger, Table, Text, Uuid

from services.payments.adapters.tables import Moment, metadata

issuers = Table(
    "issuers",
    metadata,
    Column("valid_from", Date, primary_key=True),
    Column("market", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("registration_number", Text),
)

registrations = Table(
    "registrations",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("number", Text),
    Column("name", Text),
)

release_reversals = Table(
    "release_reversals",
    metadata,
    Column("refund_id", Uuid, primary_key=True),
    Column("release_id", Uuid, primary_key=True),
    Column("price", BigInteger, nullable=False),
    Column("tax", BigInteger, nullable=False),
    Column("gross", BigInteger, nullable=False),
    Column("net", BigInteger, nullable=False),
    Column("platform_fee", BigInteger, nullable=False),
    Column("platform_fee_tax", BigInteger, nullable=False),
    Column("withholding", BigInteger, nullable=False),
    Column("reversed_at", Moment, nullable=False),
)

withholding_rules = Table(
    "withholding_rules",
    metadata,
    Column("valid_from", Date, primary_key=True),
    Column("remittance_day", SmallInteger, nullable=False),
    Column("record_above", BigInteger, nullable=False),
)
