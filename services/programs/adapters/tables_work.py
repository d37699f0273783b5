"""The tables of what contracts and payments told of assistants' work: of everybody's, from ever.

Each row is put together of facts that come in any order: what has not come yet is null.
"""

from sqlalchemy import BigInteger, Column, DateTime, Index, SmallInteger, Table, Text, Uuid

from services.programs.adapters.tables import metadata

contracts_known = Table(
    "contracts_known",
    metadata,
    Column("contract_id", Uuid, primary_key=True),
    Column("assistant_id", Uuid, nullable=False),
    Column("client_id", Uuid, nullable=False),
    Column("title", Text, nullable=False),
    Column("category", Text),
    # Of the assistant's time; 0: not stated.
    Column("weekly_hours", SmallInteger, nullable=False),
    Column("agreed_at", DateTime(timezone=True)),
    Column("completed_at", DateTime(timezone=True)),
    Index("contracts_known_of_assistant", "assistant_id", "contract_id"),
)

milestones_known = Table(
    "milestones_known",
    metadata,
    Column("milestone_id", Uuid, primary_key=True),
    Column("contract_id", Uuid, nullable=False),
    Column("assistant_id", Uuid, nullable=False),
    Column("client_id", Uuid, nullable=False),
    Column("title", Text, nullable=False),
    # In yen, without tax.
    Column("price", BigInteger),
    Column("delivered_at", DateTime(timezone=True)),
    Column("accepted_at", DateTime(timezone=True)),
    Index("milestones_known_of_contract", "contract_id", "milestone_id"),
    Index("milestones_known_of_assistant", "assistant_id", "accepted_at"),
)

releases_known = Table(
    "releases_known",
    metadata,
    # Of the release; of the milestone, where the event names no release.
    Column("release_id", Uuid, primary_key=True),
    Column("milestone_id", Uuid, nullable=False),
    Column("contract_id", Uuid, nullable=False),
    Column("assistant_id", Uuid, nullable=False),
    # In yen; net is what the assistant gets.
    Column("gross", BigInteger, nullable=False),
    Column("net", BigInteger, nullable=False),
    # When programs heard of it: the event doesn't say.
    Column("released_at", DateTime(timezone=True), nullable=False),
    Index("releases_known_of_assistant", "assistant_id", "released_at"),
)
