"""What sponsors pay for people, as programs knows it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "wallets_heard",
        sa.Column("program_id", sa.Uuid, primary_key=True),
        sa.Column("heard", sa.Integer, nullable=False),
    )
    op.create_table(
        "sponsorships",
        sa.Column("sponsorship_id", sa.Uuid, primary_key=True),
        sa.Column("program_id", sa.Uuid, sa.ForeignKey("programs.program_id"), nullable=False),
        sa.Column(
            "participant_id",
            sa.Uuid,
            sa.ForeignKey("participants.participant_id"),
            nullable=False,
        ),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("cause", sa.Text, nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("earned", sa.Boolean, nullable=False),
        sa.Column("heard", sa.Integer, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("refused", sa.Text),
        sa.Column("settled_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("amount > 0", name="sponsorships_of_something"),
        sa.UniqueConstraint("participant_id", "cause", name="sponsorships_each_once"),
    )
    op.create_index("sponsorships_of_program", "sponsorships", ["program_id", "sponsorship_id"])
    op.create_index(
        "sponsorships_refused",
        "sponsorships",
        ["program_id"],
        postgresql_where=sa.text("status = 'refused'"),
    )
