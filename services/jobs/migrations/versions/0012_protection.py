"""Whose next job is protected."""

from alembic import op

from shared.protected_people import CREATE

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.execute(CREATE)
