"""What payments asks of Stripe to pay assistants, and what it hears of it."""

import json
from typing import Any

from services.payments.adapters.stripe_statements import StripeStatements
from services.payments.domain import news
from services.payments.domain.operation import Operation, OperationKind, Outcome
from services.payments.domain.payee import BankAccount, PayeeStep
from shared.ids import new_id
from tests.contract.stripe.desk import Desk
from tests.support.stripe_steps import onboarded

PART = 5_000


def transfer(desk: Desk, account_id: str, amount: int = PART) -> Operation:
    kind = OperationKind.CREATE_TRANSFER
    return desk.operation(kind, new_id(), amount=amount, currency="JPY", account_id=account_id)


def payout(desk: Desk, transferred: Operation, amount: int = PART) -> Operation:
    request = {**transferred.request, "amount": amount}
    return desk.operation(OperationKind.CREATE_PAYOUT, transferred.subject, **request)


def reverse(desk: Desk, transferred: Operation, amount: int = PART) -> Operation:
    return desk.operation(
        OperationKind.REVERSE_TRANSFER,
        transferred.subject,
        transfer_id=transferred.answer["transfer"],
        amount=amount,
    )


def test_a_payout_goes_from_our_balance_by_the_account_to_the_bank(desk: Desk) -> None:
    desk.paid_charge()
    transferred = transfer(desk, onboarded(desk.simulator))
    desk.carry_out(transferred)
    made = desk.carry_out(payout(desk, transferred))
    desk.simulator.control("POST", f"payouts/{made['payout']}/paid")
    arrived = desk.news("payout.paid", made["payout"])
    assert isinstance(arrived, news.PayoutPaid)
    assert arrived.payout_id == transferred.subject
    desk.simulator.control("POST", f"payouts/{made['payout']}/returned")
    returned = desk.news("payout.failed", made["payout"])
    assert isinstance(returned, news.PayoutFailed)
    assert returned.payout_id == transferred.subject


def test_what_is_not_available_yet_is_not_transferred_now(desk: Desk) -> None:
    answer = desk.attempt(transfer(desk, onboarded(desk.simulator), 99_999_999))
    assert (answer.outcome, answer.facts["code"]) == (Outcome.NOT_NOW, "balance_insufficient")


def test_what_is_taken_back_is_one_reversal_on_both_accounts(desk: Desk) -> None:
    desk.paid_charge()
    account_id = onboarded(desk.simulator)
    transferred = transfer(desk, account_id)
    desk.carry_out(transferred)
    reversal = desk.carry_out(reverse(desk, transferred))["reversal"]
    statements = StripeStatements(desk.gateway().api)
    for account, net in ((None, PART), (account_id, -PART)):
        lines = [each for each in statements.lines(account) if each.source == reversal]
        assert [each.net for each in lines] == [net]
    transfers = [
        each.net
        for each in statements.lines(account_id)
        if each.source == transferred.answer["transfer"]
    ]
    assert transfers == [PART]


def test_what_the_account_no_longer_has_is_not_taken_back_now(desk: Desk) -> None:
    desk.paid_charge()
    transferred = transfer(desk, onboarded(desk.simulator))
    desk.carry_out(transferred)
    desk.carry_out(payout(desk, transferred))
    answer = desk.attempt(reverse(desk, transferred))
    assert (answer.outcome, answer.facts["code"]) == (Outcome.NOT_NOW, "balance_insufficient")


def test_an_account_tells_which_bank_it_is_paid_to(desk: Desk) -> None:
    account_id = onboarded(desk.simulator, routing_number="0001100", account_number="0001234")
    told = desk.news("v2.core.account[requirements].updated", account_id)
    assert isinstance(told, news.PayeeChanged)
    assert told.state.step is PayeeStep.ACTIVATE
    assert told.state.bank == BankAccount("0001", "100", "1234")


def test_a_new_bank_account_is_heard_of(desk: Desk) -> None:
    account_id = onboarded(desk.simulator)
    changed = desk.simulator.control(
        "POST",
        f"accounts/{account_id}/bank_account",
        routing_number="0009950",
        account_number="7654321",
    )
    told = desk.news("account.external_account.created", changed["id"])
    assert isinstance(told, news.PayeeChanged)
    assert told.state.account_id == account_id
    assert told.state.bank == BankAccount("0009", "950", "4321")


def test_an_account_that_is_not_onboarded_has_no_bank(desk: Desk) -> None:
    made = desk.carry_out(desk.operation(OperationKind.CREATE_ACCOUNT, new_id(), country="JP"))
    body: dict[str, Any] = {
        "id": "evt_1",
        "object": "v2.core.event",
        "type": "v2.core.account[requirements].updated",
        "related_object": {"id": made["account_id"]},
    }
    told = desk.read(json.dumps(body).encode())
    assert isinstance(told, news.PayeeChanged)
    assert (told.state.step, told.state.bank) == (PayeeStep.ASK, None)
    body["related_object"]["id"] = "acct_unknown"
    assert isinstance(desk.read(json.dumps(body).encode()), news.NotForUs)


def test_available_money_is_told_of_our_own_account_and_of_others(desk: Desk) -> None:
    event: dict[str, Any] = {"id": "evt_1", "object": "event", "type": "balance.available"}
    ours = desk.read(json.dumps(event).encode())
    assert ours == news.BalanceAvailable(None)
    theirs = desk.read(json.dumps({**event, "account": "acct_1"}).encode())
    assert theirs == news.BalanceAvailable("acct_1")
