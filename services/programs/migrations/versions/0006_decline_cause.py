"""Why programs itself declined an application, as a code beside the partner's words."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("applications", sa.Column("cause", sa.Text))
