"""The table of what figures are made of."""

from sqlalchemy import Column, DateTime, Index, Integer, Table, Text, Uuid

from services.programs.adapters.tables import metadata

outcome_facts = Table(
    "outcome_facts",
    metadata,
    Column("fact_id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("program_id", Uuid),
    Column("cohort_id", Uuid),
    Column("contract_id", Uuid),
    Column("client_id", Uuid),
    Column("number", Integer, nullable=False),
    Column("word", Text, nullable=False),
    Index("outcome_facts_of_program", "program_id"),
    Index("outcome_facts_of_person", "person_id"),
)
