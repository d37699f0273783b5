"""The events that Stripe is asked for: what an operator chooses at our webhook endpoints.

Each webhook costs a request, a row and a look; those of other types would only be put aside.
"""

from typing import Final

SNAPSHOTS: Final = (
    "account.external_account.created",
    "account.external_account.deleted",
    "account.external_account.updated",
    "balance.available",
    "charge.dispute.closed",
    "charge.dispute.created",
    "charge.dispute.funds_reinstated",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.updated",
    "checkout.session.async_payment_failed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.completed",
    "checkout.session.expired",
    "customer_cash_balance_transaction.created",
    "payment_intent.canceled",
    "payment_intent.partially_funded",
    "payment_intent.payment_failed",
    "payment_intent.requires_action",
    "payment_intent.succeeded",
    "payout.canceled",
    "payout.failed",
    "payout.paid",
    "radar.early_fraud_warning.created",
    "radar.early_fraud_warning.updated",
    "refund.created",
    "refund.failed",
    "refund.updated",
)
THIN: Final = (
    "v2.core.account.closed",
    "v2.core.account[configuration.recipient].capability_status_updated",
    "v2.core.account[requirements].updated",
)
