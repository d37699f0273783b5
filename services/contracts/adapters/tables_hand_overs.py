"""The tables of hand-overs, and of dates that were moved."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)

from services.contracts.adapters.tables import metadata

Moment = DateTime(timezone=True)

# Amounts are in the currency of the milestone.
hand_overs = Table(
    "hand_overs",
    metadata,
    Column("hand_over_id", Uuid, primary_key=True),
    Column("milestone_id", Uuid, ForeignKey("milestones.milestone_id"), nullable=False),
    Column("substitute_id", Uuid, nullable=False),
    Column("to_assistant", BigInteger, nullable=False),
    Column("price", BigInteger, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("note", Text, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_at", Moment, nullable=False),
    Column("shares_deliveries", Boolean, nullable=False),
    Column("client_consent_by", Uuid),
    Column("client_consent_at", Moment),
    Column("assistant_consent_by", Uuid),
    Column("assistant_consent_at", Moment),
    Column("substitute_consent_by", Uuid),
    Column("substitute_consent_at", Moment),
    Column("to_milestone_id", Uuid, nullable=False),
    Column("status", Text, nullable=False),
    Column("to_contract_id", Uuid, ForeignKey("contracts.contract_id")),
    Index("hand_overs_of_milestone", "milestone_id", "hand_over_id"),
    Index("hand_overs_of_substitute", "substitute_id", "hand_over_id"),
    Index(
        "hand_overs_standing",
        "milestone_id",
        unique=True,
        postgresql_where=text("status = 'proposed'"),
    ),
)

date_moves = Table(
    "date_moves",
    metadata,
    Column("position", BigInteger, Identity(always=True), primary_key=True),
    Column("contract_id", Uuid, ForeignKey("contracts.contract_id"), nullable=False),
    Column("days", SmallInteger, nullable=False),
    Column("moved_at", Moment, nullable=False),
    Index("date_moves_of_contract", "contract_id"),
)
