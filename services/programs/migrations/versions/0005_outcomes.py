"""What figures are made of: facts, each of one event."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "outcome_facts",
        sa.Column("fact_id", sa.Uuid, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("program_id", sa.Uuid),
        sa.Column("cohort_id", sa.Uuid),
        sa.Column("contract_id", sa.Uuid),
        sa.Column("client_id", sa.Uuid),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("word", sa.Text, nullable=False),
    )
    op.create_index("outcome_facts_of_program", "outcome_facts", ["program_id"])
    op.create_index("outcome_facts_of_person", "outcome_facts", ["person_id"])
