"""What the demo's people do at the processor, by the same hands as in the demo."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from tests.support.stripe_process import RunningSimulator
from tests.support.stripe_steps import new_session, onboarded, paid
from tools.story.processor import DECLINED_CARD, HostedPages, PageRefusedError


@pytest.fixture
def pages(simulator: RunningSimulator) -> Iterator[HostedPages]:
    with httpx2.Client(follow_redirects=False) as browser:
        yield HostedPages(simulator.url, browser)


def test_a_card_that_is_declined_is_told_by_the_page(
    simulator: RunningSimulator, pages: HostedPages
) -> None:
    session = new_session(simulator, 1_000)
    assert session.url
    with pytest.raises(PageRefusedError):
        pages.pay(session.url, DECLINED_CARD)


def test_a_voucher_is_chosen_and_paid(simulator: RunningSimulator, pages: HostedPages) -> None:
    session = new_session(simulator, 1_000, allowed_payment_method_types=["konbini"])
    assert session.url
    pages.submit_konbini(session.url)
    pages.pay_konbini(session.url)
    found = simulator.client.v1.checkout.sessions.retrieve(session.id)
    assert found.payment_status == "paid"


def test_a_transfer_is_sent_by_a_page_or_to_a_customer(
    simulator: RunningSimulator, pages: HostedPages
) -> None:
    customer = simulator.client.v1.customers.create({"email": "client@example.jp"})
    wanted: Any = {
        "amount": 1_000,
        "currency": "jpy",
        "customer": customer.id,
        "allowed_payment_method_types": ["customer_balance"],
        "payment_method_data": {"type": "customer_balance"},
        "payment_method_options": {
            "customer_balance": {
                "funding_type": "bank_transfer",
                "bank_transfer": {"type": "jp_bank_transfer"},
            }
        },
        "confirm": True,
    }
    intent: Any = simulator.client.v1.payment_intents.create(wanted)
    url = intent.next_action.display_bank_transfer_instructions.hosted_instructions_url
    pages.transfer_in(url, 400)
    pages.transfer_in(customer.id, 600)
    found = simulator.client.v1.payment_intents.retrieve(intent.id)
    assert found.status == "succeeded"
    assert pages.charges()[-1] == found.latest_charge


def test_banks_ask_dispute_decide_and_warn(simulator: RunningSimulator, pages: HostedPages) -> None:
    paid(simulator, 1_000)
    charge_id = pages.charges()[-1]
    pages.warn_of_fraud(charge_id)
    dispute_id = pages.open_dispute(charge_id, inquiry=True)
    pages.escalate_dispute(dispute_id)
    pages.decide_dispute(dispute_id, won=True)
    assert simulator.client.v1.disputes.retrieve(dispute_id).status == "won"


def test_a_payout_comes_back_and_the_bank_account_is_changed(
    simulator: RunningSimulator, pages: HostedPages
) -> None:
    account_id = onboarded(simulator)
    paid(simulator, 5_000, "4000003720000278")
    simulator.client.v1.transfers.create(
        {"amount": 900, "currency": "jpy", "destination": account_id}
    )
    payout = simulator.client.v1.payouts.create(
        {"amount": 900, "currency": "jpy"}, {"stripe_account": account_id}
    )
    pages.return_payout(payout.id)
    pages.change_bank_account(account_id, "7654321")
    found: Any = simulator.client.v1.accounts.external_accounts.list(account_id).data[0]
    assert (found.last4, found.routing_number) == ("4321", "0009950")
