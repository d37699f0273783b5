"""Everything that the simulator takes, answers and tells is as Stripe's specification has it."""

import re

from tests.contract.stripe.conftest import Record
from tests.support.stripe_spec import check_record
from tools.stripe_simulator.resources.table import ROUTES

# Emitted by the simulator's code; the walk must have seen each of them.
EVENTS = {
    "account.external_account.created",
    "account.external_account.updated",
    "charge.captured",
    "charge.dispute.closed",
    "charge.dispute.created",
    "charge.dispute.funds_reinstated",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.updated",
    "charge.failed",
    "charge.refunded",
    "charge.succeeded",
    "charge.updated",
    "checkout.session.async_payment_failed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.completed",
    "checkout.session.expired",
    "customer.created",
    "customer.updated",
    "customer_cash_balance_transaction.created",
    "payment_intent.amount_capturable_updated",
    "payment_intent.canceled",
    "payment_intent.created",
    "payment_intent.partially_funded",
    "payment_intent.payment_failed",
    "payment_intent.requires_action",
    "payment_intent.succeeded",
    "payout.canceled",
    "payout.created",
    "payout.failed",
    "payout.paid",
    "payout.updated",
    "radar.early_fraud_warning.created",
    "radar.early_fraud_warning.updated",
    "refund.created",
    "refund.failed",
    "refund.updated",
    "transfer.created",
    "transfer.reversed",
    "transfer.updated",
    "v2.core.account.closed",
    "v2.core.account.created",
    "v2.core.account.updated",
    "v2.core.account[configuration.recipient].capability_status_updated",
    "v2.core.account[identity].updated",
    "v2.core.account[requirements].updated",
}


def test_all_requests_answers_and_events_fit_the_specification(record: Record) -> None:
    assert check_record(record.file) == len(record.lines)


def test_every_operation_of_the_simulator_was_among_them(record: Record) -> None:
    said = {(line["method"], line["path"]) for line in record.requests}
    never = {
        (operation.method, operation.template)
        for operation in ROUTES.operations
        if not any(
            method == operation.method
            and (found := ROUTES.find(method, path))
            and found[0] is operation
            for method, path in said
        )
    }
    assert never == set()


def test_every_event_of_the_simulator_was_among_them(record: Record) -> None:
    assert {each["type"] for each in record.webhooks} == EVENTS


def test_nothing_of_the_simulator_s_own_leaves_it(record: Record) -> None:
    own = re.compile(r'"_\w+":')
    assert not own.search(record.file.read_text(encoding="utf-8"))
