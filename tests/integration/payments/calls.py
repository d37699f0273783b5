"""Every call that payments makes of the processor: how it comes about, and what comes of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.payments.domain.operation import Operation, OperationKind
from services.payments.use_cases import checkouts, operations, payees, webhooks
from shared.messages.payments import BecomePayee, PaymentMethod, StartCheckout
from tests.integration.payments.market import BASE, Market

PART = 20_000


@dataclass(frozen=True)
class Call:
    """A call that was taken in hand and not made; `effects` counts what it did at the processor.

    `check` asserts that what it is for has come about.
    """

    operation: Operation
    path: str
    effects: Callable[[], int]
    check: Callable[[], None]


def take(market: Market, kind: OperationKind) -> Operation:
    """Take the client's or the assistant's open call of this kind in hand, as a process does."""
    with market.begin() as work:
        now = work.clock.now()
        (found,) = (each for each in work.operations.due(now, 20) if each.kind is kind)
        operation: Operation = found
        operation.lease(now)
        work.operations.save([operation])
    return operation


def hear(market: Market) -> None:
    """Handle what the processor tells, and make no calls."""
    market.collect()
    while webhooks.handle_events(market, market.gateway):
        market.collect()


def _marked(operation: Operation, found: Iterable[Any]) -> int:
    mark = str(operation.operation_id)
    return sum(
        1 for each in found if each.metadata and each.metadata.to_dict().get("operation_id") == mark
    )


def _events(market: Market, kind: str, object_id: str) -> int:
    found = market.gateway.api.client.v1.events.list({"type": kind, "limit": 100})
    return sum(1 for each in found.data if each.data.object["id"] == object_id)


def account(market: Market) -> Call:
    """Open an assistant's account."""
    with market.begin() as work:
        operation = payees.prepare_payee(BecomePayee(), market.assistant_person, work)
    assert operation
    accounts = market.gateway.api.client.v2.core.accounts

    def check() -> None:
        assert market.payee()["status"] == "pending"
        assert market.assistant.post(f"{BASE}/payees/me/onboarding-links").status_code == 201

    return Call(
        operation,
        "/v2/core/accounts",
        lambda: _marked(operation, accounts.list({"limit": 100}).data),
        check,
    )


def _prepared(market: Market, milestone: UUID, method: PaymentMethod) -> Operation:
    asked = StartCheckout(milestone_ids=(milestone,), method=method)
    with market.begin() as work:
        operation = checkouts.prepare_checkout(asked, market.client_person, work)
    assert operation
    return operation


def page(market: Market) -> Call:
    """Make a page to pay on by card."""
    (milestone,) = market.agree(50_000)
    operation = _prepared(market, milestone, PaymentMethod.CARD)
    sessions = market.gateway.api.client.v1.checkout.sessions

    def check() -> None:
        assert market.page(milestone)["checkout_id"] == str(operation.subject)
        market.pay(milestone)

    return Call(
        operation,
        "/v1/checkout/sessions",
        lambda: _marked(operation, sessions.list({"limit": 100}).auto_paging_iter()),
        check,
    )


def instructions(market: Market) -> Call:
    """Ask for a bank transfer of a client whom the processor doesn't know yet."""
    (milestone,) = market.agree(50_000)
    operation = _prepared(market, milestone, PaymentMethod.BANK_TRANSFER)
    client = market.gateway.api.client.v1

    def effects() -> int:
        customers = client.customers.list({"limit": 100}).auto_paging_iter()
        assert _marked(operation, customers) == 1
        intents = client.payment_intents.list({"limit": 100}).auto_paging_iter()
        return _marked(operation, intents)

    def check() -> None:
        shown = market.page(milestone, method="bank_transfer")
        assert shown["checkout_id"] == str(operation.subject)
        market.transfer(shown["amount"]["amount"])
        assert market.money(milestone)["status"] == "funded"

    return Call(operation, "/v1/payment_intents", effects, check)


def close_page(market: Market) -> Call:
    """Close the page of a milestone that has ended."""
    (milestone,) = market.agree(50_000)
    shown = market.page(milestone)
    market.end(milestone)
    session = market.session_of(shown)
    return Call(
        take(market, OperationKind.EXPIRE_CHECKOUT),
        "/v1/checkout/sessions/*",
        lambda: _events(market, "checkout.session.expired", session),
        lambda: _is(market.pay_on(shown).status_code, 410),
    )


def give_up_transfer(market: Market) -> Call:
    """Give up a transfer of which a part has come: the part is credit then, once."""
    (milestone,) = market.agree(50_000)
    shown = market.ask_to_transfer(milestone)
    market.transfer(PART)
    assert market.client.post(f"{BASE}/checkouts/{shown['checkout_id']}/cancellation").is_success
    intent = market.session_of(shown)
    return Call(
        take(market, OperationKind.EXPIRE_CHECKOUT),
        "/v1/payment_intents/*",
        lambda: _events(market, "payment_intent.canceled", intent),
        lambda: _is(market.credit(), PART),
    )


def refund(market: Market) -> Call:
    """Give back what is in escrow."""
    (milestone,) = market.agree(50_000)
    market.pay(milestone)
    market.end(milestone)
    refunds = market.gateway.api.client.v1.refunds
    charge = market.charge_of(milestone)
    return Call(
        take(market, OperationKind.CREATE_REFUND),
        "/v1/refunds",
        lambda: len(refunds.list({"charge": charge}).data),
        lambda: _is(market.money(milestone)["status"], "refunded"),
    )


def _ask_for_payout(market: Market) -> str:
    """Have the assistant ask for money; return their account at the processor."""
    account_id = market.become_payee()
    (milestone,) = market.agree(50_000)
    market.pay(milestone)
    market.accept(milestone)
    assert market.ask_for_payout().status_code == 201
    return account_id


def _paid(market: Market) -> None:
    assert [each["status"] for each in market.payouts()] == ["paid"]


def transfer(market: Market) -> Call:
    """Move money to the assistant's account."""
    _ask_for_payout(market)
    operation = take(market, OperationKind.CREATE_TRANSFER)
    transfers = market.gateway.api.client.v1.transfers
    group = str(operation.subject)
    return Call(
        operation,
        "/v1/transfers",
        lambda: len(transfers.list({"transfer_group": group}).data),
        lambda: _paid(market),
    )


def payout(market: Market) -> Call:
    """Pay it out from there."""
    account_id = _ask_for_payout(market)
    operations.run_operations(market, market.gateway)
    payouts = market.gateway.api.client.v1.payouts
    return Call(
        take(market, OperationKind.CREATE_PAYOUT),
        "/v1/payouts",
        lambda: len(payouts.list({}, {"stripe_account": account_id}).data),
        lambda: _paid(market),
    )


def reversal(market: Market) -> Call:
    """Take back what a bank returned."""
    _ask_for_payout(market)
    market.settle()
    sent = market.row(
        "SELECT source, transfer_id FROM journal_entries JOIN payouts ON payout_id = reference"
        " WHERE fact = 'payout_sent' AND assistant_id = :assistant"
    )
    market.simulator.control("POST", f"payouts/{sent.source}/returned", code="no_account")
    hear(market)
    reversals = market.gateway.api.client.v1.transfers.reversals
    return Call(
        take(market, OperationKind.REVERSE_TRANSFER),
        "/v1/transfers/*/reversals",
        lambda: len(reversals.list(sent.transfer_id).data),
        lambda: _is(market.payable()["payable"]["amount"], 37_795),
    )


def sweep(market: Market) -> Call:
    """Take what a client transferred and nothing awaits."""
    (milestone,) = market.agree(90_000)
    shown = market.ask_to_transfer(milestone)
    assert market.client.post(f"{BASE}/checkouts/{shown['checkout_id']}/cancellation").is_success
    market.settle()
    customer = market.row("SELECT customer_id FROM clients WHERE person_id = :client").customer_id
    market.simulator.control("POST", f"customers/{customer}/bank_transfer", amount=PART)
    hear(market)
    charges = market.gateway.api.client.v1.charges
    return Call(
        take(market, OperationKind.SWEEP_CREDIT),
        "/v1/payment_intents",
        lambda: sum(each.amount // PART for each in charges.list({"customer": customer}).data),
        lambda: _is(market.credit(), PART),
    )


def evidence(market: Market) -> Call:
    """Answer a client's bank."""
    (milestone,) = market.agree(50_000)
    market.pay(milestone)
    charge = market.charge_of(milestone)
    dispute_id = market.simulator.control("POST", f"charges/{charge}/dispute")["id"]
    hear(market)
    disputes = market.gateway.api.client.v1.disputes
    return Call(
        take(market, OperationKind.SUBMIT_EVIDENCE),
        "/v1/disputes/*",
        lambda: disputes.retrieve(dispute_id).evidence_details.submission_count,
        lambda: _answered(market, dispute_id),
    )


def _answered(market: Market, dispute_id: str) -> None:
    query = "SELECT evidence FROM chargebacks WHERE dispute_id = :dispute"
    assert market.row(query, dispute=dispute_id).evidence["uncategorized_text"]


def _is(found: object, wanted: object) -> None:
    assert found == wanted


CALLS: tuple[Callable[[Market], Call], ...] = (
    account,
    page,
    instructions,
    close_page,
    give_up_transfer,
    refund,
    transfer,
    payout,
    reversal,
    sweep,
    evidence,
)
