"""Transfers and payouts, and what each does to the balances."""

import pytest
import stripe

from tests.support.stripe_process import RunningSimulator
from tests.support.stripe_steps import (
    CARD_AVAILABLE_AT_ONCE,
    charge_of,
    new_account,
    onboarded,
    paid,
)
from tests.support.wait import eventually
from tools.stripe_simulator.config import DAY


def balances(simulator: RunningSimulator, account: str) -> tuple[int, int]:
    balance = simulator.client.v1.balance.retrieve({}, {"stripe_account": account})
    return balance.available[0].amount, balance.pending[0].amount


def transferred(simulator: RunningSimulator, amount: int, **bank: str) -> str:
    """Return a connected account that has this much available."""
    account = onboarded(simulator, **bank)
    charge = charge_of(paid(simulator, amount, CARD_AVAILABLE_AT_ONCE))
    simulator.client.v1.transfers.create(
        {
            "amount": amount,
            "currency": "jpy",
            "destination": account,
            "source_transaction": charge.id,
        }
    )
    return account


def pay_out(simulator: RunningSimulator, account: str, amount: int) -> stripe.Payout:
    return simulator.client.v1.payouts.create(
        {"amount": amount, "currency": "jpy", "metadata": {"payout": "p1"}},
        {"stripe_account": account},
    )


def status_of(simulator: RunningSimulator, account: str, payout: stripe.Payout) -> str:
    options: stripe.RequestOptions = {"stripe_account": account}
    return simulator.client.v1.payouts.retrieve(payout.id, {}, options).status


def test_a_transfer_of_pending_money_is_pending_until_the_charge_is_available(
    simulator: RunningSimulator,
) -> None:
    account = onboarded(simulator)
    charge = charge_of(paid(simulator, 55_000))
    transfer = simulator.client.v1.transfers.create(
        {
            "amount": 37_795,
            "currency": "jpy",
            "destination": account,
            "source_transaction": charge.id,
        }
    )
    assert transfer.transfer_group == "m1"
    assert balances(simulator, account) == (0, 37_795)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        pay_out(simulator, account, 37_795)
    assert refusal.value.code == "balance_insufficient"
    simulator.advance(4 * DAY + 1)
    assert balances(simulator, account) == (37_795, 0)


def test_a_transfer_without_a_source_needs_available_balance(simulator: RunningSimulator) -> None:
    account = onboarded(simulator)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        simulator.client.v1.transfers.create(
            {"amount": 99_000_000, "currency": "jpy", "destination": account}
        )
    assert refusal.value.code == "balance_insufficient"


def test_the_transfers_of_a_charge_can_t_exceed_it(simulator: RunningSimulator) -> None:
    account = onboarded(simulator)
    charge = charge_of(paid(simulator, 10_000))
    for amount, fits in ((6_000, True), (4_001, False), (4_000, True)):
        create = simulator.client.v1.transfers.create
        parameters: stripe.params.TransferCreateParams = {
            "amount": amount,
            "currency": "jpy",
            "destination": account,
            "source_transaction": charge.id,
        }
        if fits:
            create(parameters)
        else:
            with pytest.raises(stripe.InvalidRequestError, match="may not exceed"):
                create(parameters)


def test_an_account_that_isn_t_onboarded_gets_no_transfer(simulator: RunningSimulator) -> None:
    account = new_account(simulator)
    charge = charge_of(paid(simulator, 10_000))
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        simulator.client.v1.transfers.create(
            {
                "amount": 100,
                "currency": "jpy",
                "destination": account.id,
                "source_transaction": charge.id,
            }
        )
    assert refusal.value.code == "insufficient_capabilities_for_transfer"


def test_a_reversal_takes_the_money_back_and_no_more_than_was_transferred(
    simulator: RunningSimulator,
) -> None:
    account = transferred(simulator, 10_000)
    client = simulator.client
    (transfer,) = client.v1.transfers.list({"destination": account}).data
    client.v1.transfers.reversals.create(transfer.id, {"amount": 4_000})
    assert balances(simulator, account) == (6_000, 0)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        client.v1.transfers.reversals.create(transfer.id, {"amount": 6_001})
    assert refusal.value.code == "amount_too_large"
    client.v1.transfers.reversals.create(transfer.id)
    assert client.v1.transfers.retrieve(transfer.id).reversed
    assert len(client.v1.transfers.reversals.list(transfer.id).data) == 2
    assert balances(simulator, account) == (0, 0)


def test_a_reversal_needs_the_money_to_be_there_still(simulator: RunningSimulator) -> None:
    account = transferred(simulator, 10_000)
    pay_out(simulator, account, 9_000)
    (transfer,) = simulator.client.v1.transfers.list({"destination": account}).data
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        simulator.client.v1.transfers.reversals.create(transfer.id, {"amount": 2_000})
    assert refusal.value.code == "balance_insufficient"


def test_a_payout_goes_in_transit_and_is_paid_by_itself(simulator: RunningSimulator) -> None:
    account = transferred(simulator, 37_795)
    payout = pay_out(simulator, account, 37_795)
    assert (payout.status, balances(simulator, account)) == ("pending", (0, 0))
    event = simulator.listener.event("payout.paid", payout.id)
    assert event["account"] == account
    seen = [each for each in simulator.listener.types() if each.startswith("payout.")]
    assert {"payout.created", "payout.updated", "payout.paid"} <= set(seen)
    assert status_of(simulator, account, payout) == "paid"


def test_a_failing_bank_account_sends_the_payout_back(simulator: RunningSimulator) -> None:
    account = transferred(simulator, 5_000, account_number="1111116")
    payout = pay_out(simulator, account, 5_000)
    event = simulator.listener.event("payout.failed", payout.id)
    assert event["data"]["object"]["failure_code"] == "no_account"
    assert event["data"]["object"]["failure_balance_transaction"]
    assert balances(simulator, account) == (5_000, 0)


def test_a_paid_payout_can_come_back(simulator: RunningSimulator) -> None:
    account = transferred(simulator, 5_000)
    payout = pay_out(simulator, account, 5_000)
    simulator.control("POST", f"payouts/{payout.id}/paid")
    simulator.listener.event("payout.paid", payout.id)
    simulator.control("POST", f"payouts/{payout.id}/returned", code="account_closed")
    event = simulator.listener.event("payout.failed", payout.id)
    assert event["data"]["object"]["failure_code"] == "account_closed"
    assert status_of(simulator, account, payout) == "failed"
    assert balances(simulator, account) == (5_000, 0)


def test_a_pending_payout_can_be_cancelled(simulator: RunningSimulator) -> None:
    account = transferred(simulator, 5_000)
    payout = pay_out(simulator, account, 5_000)
    simulator.client.v1.payouts.cancel(payout.id, {}, {"stripe_account": account})
    assert balances(simulator, account) == (5_000, 0)
    simulator.advance(10)
    assert status_of(simulator, account, payout) == "canceled"


def test_every_balance_is_the_sum_of_its_transactions(simulator: RunningSimulator) -> None:
    account = transferred(simulator, 8_000)
    payout = pay_out(simulator, account, 8_000)
    eventually(lambda: status_of(simulator, account, payout) == "paid")
    snapshot = simulator.control("GET", "balances")
    assert account in snapshot["accounts"]
    assert snapshot["platform"] in snapshot["accounts"]
    for each in snapshot["accounts"].values():
        sums = {"available": 0, "pending": 0}
        for transaction in each["balance_transactions"]:
            sums[transaction["status"]] += transaction["net"]
        assert (each["available"], each["pending"]) == (sums["available"], sums["pending"])
