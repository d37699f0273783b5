"""The events that Stripe is asked for: what an operator chooses at our webhook endpoints.

Each webhook costs a request, a row and a look; those of other types would only be put aside.
"""

from typing import Final

SNAPSHOTS: Final = (
    "balance.available",
    "checkout.session.async_payment_failed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.completed",
    "checkout.session.expired",
    "payout.canceled",
    "payout.failed",
    "payout.paid",
    "refund.created",
    "refund.failed",
    "refund.updated",
)
THIN: Final = (
    "v2.core.account.closed",
    "v2.core.account[configuration.recipient].capability_status_updated",
    "v2.core.account[requirements].updated",
)
