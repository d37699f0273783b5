"""The tables of payments, as the repositories use them; the migrations say how they are guarded."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Identity,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from shared.http.idempotency import idempotency_table
from shared.messaging.inbox import inbox_table
from shared.messaging.outbox import outbox_table

metadata = MetaData()

outbox = outbox_table(metadata)
inbox = inbox_table(metadata)
idempotency_keys = idempotency_table(metadata)

Moment = DateTime(timezone=True)

journal_entries = Table(
    "journal_entries",
    metadata,
    Column("entry_id", BigInteger, Identity(always=True), primary_key=True),
    Column("fact", Text, nullable=False),
    Column("reference", Uuid, nullable=False),
    Column("source", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("occurred_at", Moment, nullable=False),
)

journal_lines = Table(
    "journal_lines",
    metadata,
    Column("entry_id", BigInteger, primary_key=True),
    Column("line", SmallInteger, primary_key=True),
    Column("account", Text, nullable=False),
    Column("owner", Uuid),
    Column("debit", BigInteger, nullable=False),
    Column("credit", BigInteger, nullable=False),
)

account_balances = Table(
    "account_balances",
    metadata,
    Column("account", Text, primary_key=True),
    Column("owner", Uuid, primary_key=True),
    Column("currency", Text, primary_key=True),
    Column("balance", BigInteger, nullable=False),
)

consumption_tax_rates = Table(
    "consumption_tax_rates",
    metadata,
    Column("valid_from", Date, primary_key=True),
    Column("basis_points", Integer, nullable=False),
)

platform_fee_tiers = Table(
    "platform_fee_tiers",
    metadata,
    Column("valid_from", Date, primary_key=True),
    Column("above", BigInteger, primary_key=True),
    Column("basis_points", Integer, nullable=False),
)

withholding_tiers = Table(
    "withholding_tiers",
    metadata,
    Column("valid_from", Date, primary_key=True),
    Column("above", BigInteger, primary_key=True),
    Column("basis_points", Integer, nullable=False),
)

withheld_categories = Table(
    "withheld_categories",
    metadata,
    Column("valid_from", Date, primary_key=True),
    Column("category", Text, primary_key=True),
    Column("withheld", Boolean, nullable=False),
)

payout_rules = Table(
    "payout_rules",
    metadata,
    Column("valid_from", Date, primary_key=True),
    Column("transfer_fee", BigInteger, nullable=False),
    Column("minimum", BigInteger, nullable=False),
)

processor_rules = Table(
    "processor_rules",
    metadata,
    Column("valid_from", Date, primary_key=True),
    Column("minimum_charge", BigInteger, nullable=False),
    Column("maximum_charge", BigInteger, nullable=False),
    Column("hold_days", Integer, nullable=False),
)

contracts = Table(
    "contracts",
    metadata,
    Column("contract_id", Uuid, primary_key=True),
    Column("client_id", Uuid, nullable=False),
    Column("assistant_id", Uuid, nullable=False),
    Column("category", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("review_days", SmallInteger, nullable=False),
    Column("agreed_at", Moment, nullable=False),
    Column("currency", Text, nullable=False),
    Column("accumulated", BigInteger, nullable=False),
)

escrows = Table(
    "escrows",
    metadata,
    Column("milestone_id", Uuid, primary_key=True),
    Column("contract_id", Uuid, nullable=False),
    Column("title", Text, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("currency", Text, nullable=False),
    Column("price", BigInteger, nullable=False),
    Column("tax", BigInteger, nullable=False),
    Column("withholding", BigInteger, nullable=False),
    Column("funded", BigInteger, nullable=False),
    Column("status", Text, nullable=False),
    Column("charge_id", Text),
    Column("net", BigInteger),
    Column("platform_fee", BigInteger),
    Column("platform_fee_tax", BigInteger),
    Column("withheld", BigInteger),
)

checkouts = Table(
    "checkouts",
    metadata,
    Column("checkout_id", Uuid, primary_key=True),
    Column("milestone_id", Uuid, nullable=False),
    Column("session_id", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("status", Text, nullable=False),
)

refunds = Table(
    "refunds",
    metadata,
    Column("refund_id", Uuid, primary_key=True),
    Column("milestone_id", Uuid, nullable=False),
    Column("charge_id", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("status", Text, nullable=False),
)

people = Table(
    "people",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("email", Text, nullable=False),
    Column("display_name", Text, nullable=False),
)

payees = Table(
    "payees",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("account_id", Text),
    Column("status", Text, nullable=False),
    Column("requirements", ARRAY(Text), nullable=False),
    Column("asked_at", Moment),
)

payouts = Table(
    "payouts",
    metadata,
    Column("payout_id", Uuid, primary_key=True),
    Column("milestone_id", Uuid, nullable=False),
    Column("assistant_id", Uuid, nullable=False),
    Column("currency", Text, nullable=False),
    Column("net", BigInteger, nullable=False),
    Column("transfer_fee", BigInteger, nullable=False),
    Column("status", Text, nullable=False),
    Column("requested_at", Moment, nullable=False),
    Column("started_at", Moment),
    Column("paid_at", Moment),
    Column("failure", Text),
)

operations = Table(
    "operations",
    metadata,
    Column("operation_id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("subject", Uuid, nullable=False),
    Column("request", JSONB, nullable=False),
    Column("status", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("keys_spent", Integer, nullable=False),
    Column("next_attempt_at", Moment, nullable=False),
    Column("leased_until", Moment),
    Column("answer", JSONB, nullable=False),
)

processor_events = Table(
    "processor_events",
    metadata,
    Column("event_id", Text, primary_key=True),
    Column("type", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("status", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", Moment, nullable=False),
    Column("reason", Text),
)
