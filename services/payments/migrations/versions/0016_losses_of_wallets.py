"""What the market lost of a payment into a wallet that the sponsor's bank took back."""

from alembic import op

revision = "0016"
down_revision = "0015"

LINT_EXCEPTIONS = {
    "constraint-missing-not-valid": "a wallet has a few payments, and they are read once",
}


def upgrade() -> None:
    op.execute("ALTER TABLE wallet_lots ADD COLUMN lost bigint NOT NULL DEFAULT 0")
    op.execute(
        "ALTER TABLE wallet_lots ADD CONSTRAINT lost_within CHECK (lost BETWEEN 0 AND amount)"
    )
