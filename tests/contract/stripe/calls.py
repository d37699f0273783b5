"""Every call that payments makes of Stripe: how it comes about, and how often it had its effect."""

from collections.abc import Callable, Iterable
from typing import Any

from services.payments.domain.operation import Operation, OperationKind
from shared.ids import new_id
from tests.contract.stripe.desk import Desk
from tests.support.stripe_steps import onboarded

PART = 5_000

Prepared = tuple[Operation, Callable[[], int]]
Case = Callable[[Desk], Prepared]


def _marked(operation: Operation, found: Iterable[Any]) -> int:
    mark = str(operation.operation_id)
    return sum(
        1 for each in found if each.metadata and each.metadata.to_dict().get("operation_id") == mark
    )


def _events(desk: Desk, kind: str, object_id: str) -> int:
    found = desk.simulator.client.v1.events.list({"type": kind, "limit": 100})
    return sum(1 for each in found.data if each.data.object["id"] == object_id)


def account(desk: Desk) -> Prepared:
    operation = desk.operation(
        OperationKind.CREATE_ACCOUNT,
        new_id(),
        country="JP",
        email="misaki@example.jp",
        display_name="美咲",
    )
    accounts = desk.simulator.client.v2.core.accounts
    return operation, lambda: _marked(operation, accounts.list({"limit": 100}).data)


def card_page(desk: Desk) -> Prepared:
    return _page(desk, "card")


def konbini_page(desk: Desk) -> Prepared:
    return _page(desk, "konbini")


def _page(desk: Desk, method: str) -> Prepared:
    operation = desk.checkout(method)
    sessions = desk.simulator.client.v1.checkout.sessions
    return operation, lambda: _marked(operation, sessions.list({"limit": 100}).auto_paging_iter())


def first_transfer(desk: Desk) -> Prepared:
    """Ask a client for a bank transfer whom Stripe doesn't know: it needs a customer as well."""
    operation = desk.checkout("bank_transfer")
    client = desk.simulator.client.v1

    def effects() -> int:
        customers = client.customers.list({"limit": 100}).auto_paging_iter()
        assert _marked(operation, customers) <= 1
        intents = client.payment_intents.list({"limit": 100}).auto_paging_iter()
        return _marked(operation, intents)

    return operation, effects


def next_transfer(desk: Desk) -> Prepared:
    """Ask a client for a bank transfer who has an account number already."""
    customer = desk.simulator.client.v1.customers.create({"email": "client@example.jp"})
    operation = desk.checkout("bank_transfer", customer_id=customer.id)
    intents = desk.simulator.client.v1.payment_intents
    return operation, lambda: _marked(operation, intents.list({"customer": customer.id}).data)


def expire_page(desk: Desk) -> Prepared:
    session_id = desk.carry_out(desk.checkout("card"))["session_id"]
    operation = desk.operation(OperationKind.EXPIRE_CHECKOUT, new_id(), session_id=session_id)
    return operation, lambda: _events(desk, "checkout.session.expired", session_id)


def give_up_transfer(desk: Desk) -> Prepared:
    """Give up a transfer that came in part: the part is the client's cash again, once."""
    made = desk.carry_out(desk.checkout("bank_transfer"))
    desk.receive(made["session_id"], PART)
    operation = desk.operation(
        OperationKind.EXPIRE_CHECKOUT, new_id(), session_id=made["session_id"]
    )
    return operation, lambda: desk.cash(made["customer_id"]) // PART


def refund(desk: Desk) -> Prepared:
    charge_id = desk.paid_charge()
    operation = desk.operation(
        OperationKind.CREATE_REFUND, new_id(), charge_id=charge_id, amount=PART
    )
    refunds = desk.simulator.client.v1.refunds
    return operation, lambda: len(refunds.list({"charge": charge_id}).data)


def transfer(desk: Desk) -> Prepared:
    desk.paid_charge()
    operation = desk.operation(
        OperationKind.CREATE_TRANSFER,
        new_id(),
        amount=PART,
        currency="JPY",
        account_id=onboarded(desk.simulator),
    )
    transfers = desk.simulator.client.v1.transfers
    return operation, lambda: len(transfers.list({"transfer_group": str(operation.subject)}).data)


def reversal(desk: Desk) -> Prepared:
    made, _ = transfer(desk)
    transfer_id = desk.carry_out(made)["transfer"]
    operation = desk.operation(
        OperationKind.REVERSE_TRANSFER, made.subject, transfer_id=transfer_id, amount=PART
    )
    reversals = desk.simulator.client.v1.transfers.reversals
    return operation, lambda: len(reversals.list(transfer_id).data)


def payout(desk: Desk) -> Prepared:
    made, _ = transfer(desk)
    desk.carry_out(made)
    account_id = made.request["account_id"]
    operation = desk.operation(
        OperationKind.CREATE_PAYOUT,
        made.subject,
        amount=PART // 2,
        currency="JPY",
        account_id=account_id,
    )
    payouts = desk.simulator.client.v1.payouts
    return operation, lambda: len(payouts.list({}, {"stripe_account": account_id}).data)


def sweep(desk: Desk) -> Prepared:
    customer = desk.simulator.client.v1.customers.create({"email": "client@example.jp"})
    desk.simulator.control("POST", f"customers/{customer.id}/bank_transfer", amount=PART)
    operation = desk.operation(OperationKind.SWEEP_CREDIT, new_id(), customer_id=customer.id)
    charges = desk.simulator.client.v1.charges
    return operation, lambda: sum(
        each.amount // PART for each in charges.list({"customer": customer.id}).data
    )


def evidence(desk: Desk) -> Prepared:
    charge_id = desk.paid_charge()
    opened = desk.simulator.control("POST", f"charges/{charge_id}/dispute")
    operation = desk.operation(
        OperationKind.SUBMIT_EVIDENCE,
        new_id(),
        dispute_id=opened["id"],
        evidence={"customer_name": "山田 花子", "uncategorized_text": "納品しました。"},
    )
    disputes = desk.simulator.client.v1.disputes
    return operation, lambda: disputes.retrieve(opened["id"]).evidence_details.submission_count


CASES: dict[str, Case] = {
    each.__name__.strip("_"): each
    for each in (
        account,
        card_page,
        konbini_page,
        first_transfer,
        next_transfer,
        expire_page,
        give_up_transfer,
        refund,
        transfer,
        reversal,
        payout,
        sweep,
        evidence,
    )
}
