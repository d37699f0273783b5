"""All operations in one table."""

from tools.stripe_simulator.operations import Routes
from tools.stripe_simulator.resources import (
    accounts,
    balance,
    charges,
    checkout,
    disputes,
    events,
    payment_intents,
    payouts,
    refunds,
    transfers,
)

ROUTES = Routes(
    [
        *accounts.OPERATIONS,
        *balance.OPERATIONS,
        *charges.OPERATIONS,
        *checkout.OPERATIONS,
        *disputes.OPERATIONS,
        *events.OPERATIONS,
        *payment_intents.OPERATIONS,
        *payouts.OPERATIONS,
        *refunds.OPERATIONS,
        *transfers.OPERATIONS,
    ]
)
