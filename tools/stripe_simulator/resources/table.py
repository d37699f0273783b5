"""All operations in one table."""

from tools.stripe_simulator.operations import Routes
from tools.stripe_simulator.resources import (
    accounts,
    balance,
    charges,
    checkout,
    customers,
    disputes,
    events,
    payment_intents,
    payment_methods,
    payouts,
    refunds,
    transfers,
    webhook_endpoints,
)

ROUTES = Routes(
    [
        *accounts.OPERATIONS,
        *balance.OPERATIONS,
        *charges.OPERATIONS,
        *checkout.OPERATIONS,
        *customers.OPERATIONS,
        *disputes.OPERATIONS,
        *events.OPERATIONS,
        *payment_intents.OPERATIONS,
        *payment_methods.OPERATIONS,
        *payouts.OPERATIONS,
        *refunds.OPERATIONS,
        *transfers.OPERATIONS,
        *webhook_endpoints.OPERATIONS,
    ]
)
