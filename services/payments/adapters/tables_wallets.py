"""The tables of sponsors' wallets; migrations 0014 and 0015 say how their caps are kept."""

from sqlalchemy import BigInteger, Column, Integer, Table, Text, Uuid

from services.payments.adapters.tables import Moment, metadata

wallets = Table(
    "wallets",
    metadata,
    Column("program_id", Uuid, primary_key=True),
    Column("sponsor_id", Uuid, nullable=False),
    Column("partner_id", Uuid, nullable=False),
    Column("title", Text, nullable=False),
    Column("total_cap", BigInteger, nullable=False),
    Column("person_cap", BigInteger, nullable=False),
    Column("change", Integer, nullable=False),
    Column("committed", BigInteger, nullable=False, server_default="0"),
)

wallet_people = Table(
    "wallet_people",
    metadata,
    Column("program_id", Uuid, primary_key=True),
    Column("person_id", Uuid, primary_key=True),
    Column("cap", BigInteger, nullable=False),
    Column("committed", BigInteger, nullable=False),
)

sponsorships = Table(
    "sponsorships",
    metadata,
    Column("sponsorship_id", Uuid, primary_key=True),
    Column("program_id", Uuid, nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("refused", Text),
    Column("release_id", Uuid),
    Column("taken_back", BigInteger, nullable=False, server_default="0"),
)

top_ups = Table(
    "top_ups",
    metadata,
    Column("checkout_id", Uuid, primary_key=True),
    Column("program_id", Uuid, nullable=False),
    Column("sponsor_id", Uuid, nullable=False),
    Column("method", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("received", BigInteger, nullable=False, server_default="0"),
    Column("session_id", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("status", Text, nullable=False),
)

wallet_lots = Table(
    "wallet_lots",
    metadata,
    Column("charge_id", Text, primary_key=True),
    Column("program_id", Uuid, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("remaining", BigInteger, nullable=False),
    Column("lost", BigInteger, nullable=False, server_default="0"),
)
