"""The tables of contracts."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    false,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from shared.http.approvals import approvals_table, four_eyes_limits_table
from shared.http.audit import operator_actions_table
from shared.http.idempotency import idempotency_table
from shared.messaging.inbox import inbox_table
from shared.messaging.outbox import outbox_table
from shared.messaging.queues import heard_queues_table
from shared.protected_people import protected_people_table

metadata = MetaData()


def _time(name: str, *, nullable: bool = False) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> Column[str]:
    return Column(name, Text, nullable=nullable)


people = Table(
    "people",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    _text("display_name"),
    Column("is_assistant", Boolean),
    Column("change", Integer, nullable=False, server_default="1"),
)

policies = Table(
    "policies",
    metadata,
    Column("valid_from", Date, primary_key=True),
    Column("first_cutoff", SmallInteger, nullable=False),
    Column("payday_limit_days", SmallInteger, nullable=False),
    Column("ending_days", SmallInteger, nullable=False),
    Column("reminder_days", SmallInteger, nullable=False),
    _text("payment_method"),
    Column("dispute_days", SmallInteger, nullable=False),
    Column("rating_days", SmallInteger, nullable=False),
    Column("care_days", SmallInteger, nullable=False),
    Column("max_revisions", SmallInteger, nullable=False),
    Column("notice_days", SmallInteger, nullable=False),
    Column("long_months", SmallInteger, nullable=False),
    Column("hold_days", SmallInteger, nullable=False),
    Column("hold_warning_days", ARRAY(SmallInteger), nullable=False),
    Column("period_ahead_days", SmallInteger, nullable=False),
    Column("period_cutoff_hours", SmallInteger, nullable=False),
    Column("protected_revisions", SmallInteger, nullable=False, server_default="2"),
)

contracts = Table(
    "contracts",
    metadata,
    Column("contract_id", Uuid, primary_key=True),
    Column("proposal_id", Uuid, nullable=False),
    Column("job_id", Uuid, nullable=False),
    Column("client_id", Uuid, nullable=False),
    Column("assistant_id", Uuid, nullable=False),
    _text("title"),
    _text("category"),
    _text("mode"),
    Column("review_days", SmallInteger, nullable=False),
    _time("agreed_at"),
    _text("place"),
    Column("weekly_hours", SmallInteger, nullable=False),
    Column("care_days", SmallInteger, nullable=False),
    Column("max_revisions", SmallInteger),
    _time("completed_at", nullable=True),
    Column("protected", Boolean, nullable=False, server_default=false()),
    # A proposal becomes one contract, however often its acceptance is told.
    UniqueConstraint("proposal_id", name="contracts_proposal"),
    Index("contracts_of_client", "client_id", "contract_id"),
    Index("contracts_of_assistant", "assistant_id", "contract_id"),
)

protected_people_table(metadata)

# That a supporter has looked at a draft. A delivery uses up those that came before it.
draft_looks = Table(
    "draft_looks",
    metadata,
    Column("draft_id", Uuid, primary_key=True),
    Column("milestone_id", Uuid, nullable=False),
    _time("looked_at"),
    _time("used_at", nullable=True),
    Index("draft_looks_of_milestone", "milestone_id"),
)

# Appended to only: a trigger refuses everything else. `document` is the canonical JSON.
terms = Table(
    "terms",
    metadata,
    Column("contract_id", Uuid, ForeignKey("contracts.contract_id"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    _text("document"),
    _text("sha256"),
    Column("client_consent_by", Uuid),
    _time("client_consent_at", nullable=True),
    Column("assistant_consent_by", Uuid),
    _time("assistant_consent_at", nullable=True),
)

amendments = Table(
    "amendments",
    metadata,
    Column("amendment_id", Uuid, primary_key=True),
    Column("contract_id", Uuid, ForeignKey("contracts.contract_id"), nullable=False),
    Column("offered_by", Uuid, nullable=False),
    Column("offered_by_person", Uuid, nullable=False),
    _time("offered_at"),
    # Written once and always read as a whole.
    Column("changes", JSONB, nullable=False),
    _text("status"),
    _time("answered_at", nullable=True),
    Index("amendments_of_contract", "contract_id", "amendment_id"),
    Index(
        "amendments_standing",
        "contract_id",
        unique=True,
        postgresql_where=text("status = 'offered'"),
    ),
)

milestones = Table(
    "milestones",
    metadata,
    Column("milestone_id", Uuid, primary_key=True),
    Column("contract_id", Uuid, ForeignKey("contracts.contract_id"), nullable=False),
    Column("position", SmallInteger, nullable=False),
    _text("title"),
    _text("description"),
    Column("price_amount", BigInteger, nullable=False),
    _text("currency"),
    Column("due_on", Date, nullable=False),
    # Without it, as in the contract.
    Column("review_days", SmallInteger),
    _text("status"),
    Column("overdue", Boolean, nullable=False, server_default=false()),
    Column("funding_attempt", Integer, nullable=False),
    Column("ending_asked_by", Uuid),
    _text("ending_reason", nullable=True),
    _text("kind"),
    Column("funded", Boolean, nullable=False),
    Column("accepted_amount", BigInteger, nullable=False),
    Column("refunded_amount", BigInteger, nullable=False),
    Column("criteria", ARRAY(Text), nullable=False),
    Column("revisions", SmallInteger, nullable=False),
    Column("late", Boolean, nullable=False),
    # Of a period of a retainer; its last day is due_on.
    Column("starts_on", Date),
    _time("funded_at", nullable=True),
    Index("milestones_of_contract", "contract_id", "position"),
)

# Amounts are in the currency of the milestone.
disputes = Table(
    "disputes",
    metadata,
    Column("dispute_id", Uuid, primary_key=True),
    Column("milestone_id", Uuid, ForeignKey("milestones.milestone_id"), nullable=False),
    Column("opened_by", Uuid, nullable=False),
    _text("reason"),
    _time("opened_at"),
    _time("answer_until"),
    _text("answer", nullable=True),
    _time("answered_at", nullable=True),
    Column("proposed_by", Uuid),
    Column("proposed_to_assistant", BigInteger),
    Column("to_assistant", BigInteger),
    Column("to_client", BigInteger),
    _text("resolved_by", nullable=True),
    _text("resolution", nullable=True),
    _time("resolved_at", nullable=True),
    _text("criterion", nullable=True),
    UniqueConstraint("milestone_id", name="disputes_milestone"),
    Index("disputes_open", "dispute_id", postgresql_where=text("resolved_at IS NULL")),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("position", BigInteger, Identity(always=True), primary_key=True),
    Column("delivery_id", Uuid, nullable=False),
    Column("milestone_id", Uuid, ForeignKey("milestones.milestone_id"), nullable=False),
    _text("text"),
    _time("delivered_at"),
    _text("change_request", nullable=True),
    Column("version", SmallInteger, nullable=False),
    _text("criterion", nullable=True),
    UniqueConstraint("delivery_id", name="deliveries_id"),
    Index("deliveries_of_milestone", "milestone_id", "position"),
)

delivery_comments = Table(
    "delivery_comments",
    metadata,
    Column("comment_id", Uuid, primary_key=True),
    Column("delivery_id", Uuid, ForeignKey("deliveries.delivery_id"), nullable=False),
    Column("by_id", Uuid, nullable=False),
    Column("by", Uuid, nullable=False),
    _text("text"),
    _time("at"),
    Index("delivery_comments_of_delivery", "delivery_id", "comment_id"),
)

dispute_statements = Table(
    "dispute_statements",
    metadata,
    Column("statement_id", Uuid, primary_key=True),
    Column("dispute_id", Uuid, ForeignKey("disputes.dispute_id"), nullable=False),
    Column("by_id", Uuid, nullable=False),
    Column("by", Uuid, nullable=False),
    _text("text"),
    _time("at"),
    Index("dispute_statements_of_dispute", "dispute_id", "statement_id"),
)

statement_files = Table(
    "statement_files",
    metadata,
    Column("statement_id", Uuid, ForeignKey("dispute_statements.statement_id"), primary_key=True),
    Column("position", SmallInteger, primary_key=True, autoincrement=False),
    Column("file_id", Uuid, ForeignKey("files.file_id"), nullable=False),
)

files = Table(
    "files",
    metadata,
    Column("file_id", Uuid, primary_key=True),
    Column("contract_id", Uuid, ForeignKey("contracts.contract_id"), nullable=False),
    _text("name"),
    _text("media_type"),
    Column("size", BigInteger, nullable=False),
    _text("sha256"),
    Column("uploaded_by", Uuid, nullable=False),
    _time("uploaded_at"),
    UniqueConstraint("contract_id", "uploaded_by", "name", "sha256", name="files_once"),
)

delivery_files = Table(
    "delivery_files",
    metadata,
    Column("delivery_id", Uuid, ForeignKey("deliveries.delivery_id"), primary_key=True),
    Column("position", SmallInteger, primary_key=True, autoincrement=False),
    Column("file_id", Uuid, ForeignKey("files.file_id"), nullable=False),
)

# A clock that is stopped is deleted; one that went off stays, with the time at which it did.
deadlines = Table(
    "deadlines",
    metadata,
    Column("deadline_id", Uuid, primary_key=True),
    Column("milestone_id", Uuid, ForeignKey("milestones.milestone_id"), nullable=False),
    _text("kind"),
    _time("due_at"),
    _time("fired_at", nullable=True),
    Index("deadlines_running", "due_at", postgresql_where=text("fired_at IS NULL")),
    Index("deadlines_of_milestone", "milestone_id"),
)

# Appended to only: a trigger refuses everything else.
timeline = Table(
    "timeline",
    metadata,
    Column("entry_id", BigInteger, Identity(always=True), primary_key=True),
    Column("contract_id", Uuid, ForeignKey("contracts.contract_id"), nullable=False),
    Column("milestone_id", Uuid, ForeignKey("milestones.milestone_id")),
    _time("at"),
    _text("what"),
    Column("by", Uuid),
    Column("once_for", Uuid),
    Index("timeline_of_contract", "contract_id", "entry_id"),
    Index(
        "timeline_once",
        "contract_id",
        "what",
        "once_for",
        unique=True,
        postgresql_where=text("once_for IS NOT NULL"),
    ),
)

inbox = inbox_table(metadata)
outbox = outbox_table(metadata)
idempotency_keys = idempotency_table(metadata)
operator_actions = operator_actions_table(metadata)
heard_queues = heard_queues_table(metadata)
approvals = approvals_table(metadata)
four_eyes_limits = four_eyes_limits_table(metadata)
