"""The tables of what sponsors pay for people."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from services.programs.adapters.tables import metadata

# What was heard of a program's wallet, counted; whoever locks it keeps its sponsorships still.
wallets_heard = Table(
    "wallets_heard",
    metadata,
    Column("program_id", Uuid, primary_key=True),
    Column("heard", Integer, nullable=False),
)

sponsorships = Table(
    "sponsorships",
    metadata,
    Column("sponsorship_id", Uuid, primary_key=True),
    Column("program_id", Uuid, ForeignKey("programs.program_id"), nullable=False),
    Column("participant_id", Uuid, ForeignKey("participants.participant_id"), nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("cause", Text, nullable=False),
    # In yen.
    Column("amount", BigInteger, nullable=False),
    Column("reference", Text, nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("earned", Boolean, nullable=False),
    Column("heard", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("refused", Text),
    Column("settled_at", DateTime(timezone=True)),
    Column("release_id", Uuid),
    # In yen, of the amount.
    Column("taken_back", BigInteger, nullable=False, server_default="0"),
    # Nothing is paid for twice, whatever the code does.
    UniqueConstraint("participant_id", "cause", name="sponsorships_each_once"),
    Index("sponsorships_of_program", "program_id", "sponsorship_id"),
    Index("sponsorships_refused", "program_id", postgresql_where=text("status = 'refused'")),
)
