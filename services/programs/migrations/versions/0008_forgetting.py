"""Words and names of who has left for good go out of what was told, of them and of others."""

from alembic import op

from shared.account_data import FORMER
from shared.messaging.archive_tables import create_forgetting

revision = "0008"
down_revision = "0007"


LINT_EXCEPTIONS = {
    "require-concurrent-index-creation": "the archive is partitioned, which has no such creation",
}


def upgrade() -> None:
    create_forgetting(
        op,
        of="data::jsonb ->> 'person_id'",
        instead={"person_name": FORMER, "text": "", "comment": "", "reason": ""},
        named_beside={
            "supporter_id": "supporter_name",
            "by": "by_name",
            "looked_by": "looked_by_name",
        },
    )
