"""Find all proposals of an assistant, newest first, without reading everybody's."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.execute("CREATE INDEX proposals_of_assistant ON proposals (assistant_id, proposal_id)")
