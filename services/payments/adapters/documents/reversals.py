"""What refunds took back of releases, kept for ever: invoices are made of it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from services.payments.adapters.documents.tables import release_reversals
from services.payments.domain.release import Reversal


def keep_reversals(
    connection: Connection, refund_id: UUID, reversals: Sequence[Reversal], at: datetime
) -> None:
    """Keep what a refund took back of each release; nothing for none."""
    if not reversals:
        return
    connection.execute(
        release_reversals.insert(),
        [
            {
                "refund_id": refund_id,
                "release_id": each.release.release_id,
                "price": each.price.amount,
                "tax": each.tax.amount,
                "gross": each.division.gross.amount,
                "net": each.division.net.amount,
                "platform_fee": each.division.platform_fee.amount,
                "platform_fee_tax": each.division.platform_fee_tax.amount,
                "withholding": each.division.withholding.amount,
                "reversed_at": at,
            }
            for each in reversals
        ],
    )
