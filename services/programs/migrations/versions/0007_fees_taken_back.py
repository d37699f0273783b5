"""What of a fee that a sponsor pays was given back, and of which release it is."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("sponsorships", sa.Column("release_id", sa.Uuid))
    op.add_column(
        "sponsorships",
        sa.Column("taken_back", sa.BigInteger, nullable=False, server_default="0"),
    )
