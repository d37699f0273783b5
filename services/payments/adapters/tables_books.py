"""The tables that prove the journal; migration 0005 says how they are guarded."""

from sqlalchemy import BigInteger, Column, Date, Integer, LargeBinary, Table, Text, Uuid

from services.payments.adapters.tables import Moment, metadata

sealed_ranges = Table(
    "sealed_ranges",
    metadata,
    Column("number", BigInteger, primary_key=True),
    Column("from_entry", BigInteger, nullable=False),
    Column("to_entry", BigInteger, nullable=False),
    Column("entries", Integer, nullable=False),
    Column("previous", LargeBinary, nullable=False),
    Column("sha256", LargeBinary, nullable=False),
    Column("fingerprints", LargeBinary, nullable=False),
    Column("sealed_at", Moment, nullable=False),
)

closed_months = Table(
    "closed_months",
    metadata,
    Column("month", Date, primary_key=True),
    Column("to_entry", BigInteger, nullable=False),
    Column("entries", BigInteger, nullable=False),
    Column("sha256", LargeBinary, nullable=False),
    Column("closed_at", Moment, nullable=False),
)

closed_month_balances = Table(
    "closed_month_balances",
    metadata,
    Column("month", Date, primary_key=True),
    Column("account", Text, primary_key=True),
    Column("currency", Text, primary_key=True),
    Column("opening", BigInteger, nullable=False),
    Column("debit", BigInteger, nullable=False),
    Column("credit", BigInteger, nullable=False),
    Column("closing", BigInteger, nullable=False),
)

closing_sums = Table(
    "closing_sums",
    metadata,
    Column("account", Text, nullable=False),
    Column("owner", Uuid, nullable=False),
    Column("currency", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
)

reconciliations = Table(
    "reconciliations",
    metadata,
    Column("reconciliation_id", Uuid, primary_key=True),
    Column("day", Date, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("posted_before", BigInteger, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("leased_until", Moment, nullable=False),
    Column("finished_at", Moment),
    Column("books_balance", BigInteger, nullable=False),
    Column("processor_balance", BigInteger, nullable=False),
    Column("payees_books_balance", BigInteger, nullable=False),
    Column("payees_processor_balance", BigInteger, nullable=False),
    Column("matched", BigInteger, nullable=False),
    Column("unmatched", BigInteger, nullable=False),
)

reconciliation_items = Table(
    "reconciliation_items",
    metadata,
    Column("reconciliation_id", Uuid, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("explanation", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("balance_transaction", Text),
    Column("entry_id", BigInteger),
    Column("theirs", BigInteger),
    Column("ours", BigInteger),
    Column("occurred_at", Moment, nullable=False),
    Column("first_seen_at", Moment, nullable=False),
    Column("first_seen_in", Uuid, nullable=False),
)

statement_lines = Table(
    "statement_lines",
    metadata,
    Column("reconciliation_id", Uuid, nullable=False),
    Column("account", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("balance_transaction", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("net", BigInteger, nullable=False),
    Column("occurred_at", Moment, nullable=False),
)
