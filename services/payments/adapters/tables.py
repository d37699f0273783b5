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

from shared.http.approvals import approvals_table, four_eyes_limits_table
from shared.http.audit import operator_actions_table
from shared.http.idempotency import idempotency_table
from shared.messaging.inbox import inbox_table
from shared.messaging.outbox import outbox_table
from shared.messaging.queues import heard_queues_table

metadata = MetaData()

outbox = outbox_table(metadata)
inbox = inbox_table(metadata)
idempotency_keys = idempotency_table(metadata)
operator_actions = operator_actions_table(metadata)
heard_queues = heard_queues_table(metadata)
approvals = approvals_table(metadata)
four_eyes_limits = four_eyes_limits_table(metadata)

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
    Column("minimum", BigInteger, nullable=False),
    Column("first_cutoff", SmallInteger, nullable=False),
    Column("limit_days", SmallInteger, nullable=False),
    Column("reminder_days", SmallInteger, nullable=False),
)

transfer_fees = Table(
    "transfer_fees",
    metadata,
    Column("valid_from", Date, primary_key=True),
    Column("bank_code", Text, primary_key=True),
    Column("fee", BigInteger, nullable=False),
)

chargeback_policies = Table(
    "chargeback_policies",
    metadata,
    Column("valid_from", Date, primary_key=True),
    Column("borne_by", Text, nullable=False),
)

processor_rules = Table(
    "processor_rules",
    metadata,
    Column("valid_from", Date, primary_key=True),
    Column("minimum_charge", BigInteger, nullable=False),
    Column("maximum_charge", BigInteger, nullable=False),
    Column("hold_days", Integer, nullable=False),
    Column("pay_within_days", SmallInteger, nullable=False),
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
    Column("agreed_at", Moment, nullable=False),
    Column("delivered_on", Date),
    Column("funding_attempts", SmallInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("price", BigInteger, nullable=False),
    Column("tax", BigInteger, nullable=False),
    Column("withholding", BigInteger, nullable=False),
    Column("funded", BigInteger, nullable=False),
    Column("left_price", BigInteger, nullable=False),
    Column("left_tax", BigInteger, nullable=False),
    Column("left_withholding", BigInteger, nullable=False),
    Column("left_funded", BigInteger, nullable=False),
    Column("to_refund", BigInteger, nullable=False),
    Column("frozen", SmallInteger, nullable=False),
    Column("agreed_amount", BigInteger),
    Column("review_days", SmallInteger),
    Column("dated_at", Moment),
    Column("status", Text, nullable=False),
)

checkouts = Table(
    "checkouts",
    metadata,
    Column("checkout_id", Uuid, primary_key=True),
    Column("client_id", Uuid, nullable=False),
    Column("method", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("received", BigInteger, nullable=False),
    Column("session_id", Text, nullable=False),
    Column("intent_id", Text),
    Column("url", Text, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("pay_until", Moment),
    Column("status", Text, nullable=False),
)

checkout_items = Table(
    "checkout_items",
    metadata,
    Column("checkout_id", Uuid, primary_key=True),
    Column("milestone_id", Uuid, primary_key=True),
    Column("amount", BigInteger, nullable=False),
    Column("standing", Boolean, nullable=False),
)

charges = Table(
    "charges",
    metadata,
    Column("charge_id", Text, primary_key=True),
    Column("client_id", Uuid, nullable=False),
    Column("checkout_id", Uuid),
    Column("method", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("fee", BigInteger, nullable=False),
    Column("captured_at", Moment, nullable=False),
)

fundings = Table(
    "fundings",
    metadata,
    Column("milestone_id", Uuid, primary_key=True),
    Column("charge_id", Text, primary_key=True),
    Column("amount", BigInteger, nullable=False),
    Column("returned", BigInteger, nullable=False),
)

credit_lots = Table(
    "credit_lots",
    metadata,
    Column("lot_id", Uuid, primary_key=True),
    Column("client_id", Uuid, nullable=False),
    Column("charge_id", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("remaining", BigInteger, nullable=False),
)

refunds = Table(
    "refunds",
    metadata,
    Column("refund_id", Uuid, primary_key=True),
    Column("client_id", Uuid, nullable=False),
    Column("milestone_id", Uuid),
    Column("charge_id", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("price", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("failed_ids", ARRAY(Text), nullable=False),
)

releases = Table(
    "releases",
    metadata,
    Column("release_id", Uuid, primary_key=True),
    Column("milestone_id", Uuid),
    Column("sponsorship_id", Uuid),
    Column("assistant_id", Uuid, nullable=False),
    Column("source", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("price", BigInteger, nullable=False),
    Column("tax", BigInteger, nullable=False),
    Column("gross", BigInteger, nullable=False),
    Column("net", BigInteger, nullable=False),
    Column("platform_fee", BigInteger, nullable=False),
    Column("platform_fee_tax", BigInteger, nullable=False),
    Column("withholding", BigInteger, nullable=False),
    Column("owed", BigInteger, nullable=False),
    Column("released_at", Moment, nullable=False),
    Column("payday", Date, nullable=False),
    Column("pay_by", Date),
    Column("payout_id", Uuid),
    Column("traceparent", Text),
)

chargebacks = Table(
    "chargebacks",
    metadata,
    Column("chargeback_id", Uuid, primary_key=True),
    Column("dispute_id", Text, nullable=False),
    Column("charge_id", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("fee", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("answer_until", Moment),
    Column("opened_at", Moment, nullable=False),
    Column("closed_at", Moment),
    Column("evidence", JSONB(none_as_null=True)),
)

fraud_warnings = Table(
    "fraud_warnings",
    metadata,
    Column("warning_id", Text, primary_key=True),
    Column("charge_id", Text, nullable=False),
    Column("fraud_type", Text, nullable=False),
    Column("actionable", Boolean, nullable=False),
    Column("warned_at", Moment, nullable=False),
)

contract_facts = Table(
    "contract_facts",
    metadata,
    Column("contract_id", Uuid, nullable=False),
    Column("milestone_id", Uuid),
    Column("what", Text, nullable=False),
    Column("happened_at", Moment, nullable=False),
    Column("details", Text, nullable=False),
)

people = Table(
    "people",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("email", Text, nullable=False),
    Column("display_name", Text, nullable=False),
    Column("change", Integer, nullable=False, server_default="1"),
)

clients = Table(
    "clients",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("customer_id", Text),
)

assistants = Table(
    "assistants",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("receivable", BigInteger, nullable=False),
    Column("told_on", Date),
)

payees = Table(
    "payees",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("account_id", Text),
    Column("status", Text, nullable=False),
    Column("requirements", ARRAY(Text), nullable=False),
    Column("asked_at", Moment),
    Column("bank_code", Text),
    Column("branch_code", Text),
    Column("account_last4", Text),
    Column("paused_since", Moment),
)

payouts = Table(
    "payouts",
    metadata,
    Column("payout_id", Uuid, primary_key=True),
    Column("assistant_id", Uuid, nullable=False),
    Column("account_id", Text, nullable=False),
    Column("transfer_id", Text),
    Column("currency", Text, nullable=False),
    Column("gross", BigInteger, nullable=False),
    Column("transfer_fee", BigInteger, nullable=False),
    Column("on_demand", Boolean, nullable=False),
    Column("payday", Date, nullable=False),
    Column("status", Text, nullable=False),
    Column("requested_at", Moment, nullable=False),
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
    Column("traceparent", Text),
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
    Column("traceparent", Text),
)
