"""Idempotency keys, and answers that don't come."""

import threading
from pathlib import Path

import httpx
import pytest
import stripe

from tests.support.stripe_process import KEY, RunningSimulator, running
from tests.support.stripe_steps import charge_of, new_account, new_session, onboarded, paid
from tests.support.wait import eventually
from tools.stripe_simulator.config import DAY

TRANSFERS = "/v1/transfers"


@pytest.fixture
def account(simulator: RunningSimulator) -> str:
    return onboarded(simulator)


def transfer(
    simulator: RunningSimulator, account: str, key: str, amount: int = 100, timeout: float = 10
) -> httpx.Response:
    """Post a transfer as the library does, but show the bare answer."""
    charge = charge_of(paid(simulator, 1_000))
    return post(simulator, account, key, charge.id, amount=amount, timeout=timeout)


def post(
    simulator: RunningSimulator,
    account: str,
    key: str,
    charge: str,
    *,
    amount: int = 100,
    timeout: float = 10,
) -> httpx.Response:
    form = {
        "amount": str(amount),
        "currency": "jpy",
        "destination": account,
        "source_transaction": charge,
    }
    headers = {"Authorization": f"Bearer {KEY}", "Idempotency-Key": key}
    url = simulator.url + TRANSFERS
    return httpx.post(url, data=form, headers=headers, timeout=timeout)


def count(simulator: RunningSimulator, account: str) -> int:
    return len(simulator.client.v1.transfers.list({"destination": account}).data)


def test_the_same_key_replays_the_first_answer(simulator: RunningSimulator, account: str) -> None:
    charge = charge_of(paid(simulator, 1_000))
    first = post(simulator, account, "replay", charge.id)
    again = post(simulator, account, "replay", charge.id)
    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert count(simulator, account) == 1


def test_the_same_key_with_other_parameters_is_refused(
    simulator: RunningSimulator, account: str
) -> None:
    charge = charge_of(paid(simulator, 1_000))
    post(simulator, account, "other", charge.id)
    refused = post(simulator, account, "other", charge.id, amount=101)
    assert (refused.status_code, refused.json()["error"]["type"]) == (400, "idempotency_error")


def test_a_key_is_forgotten_after_a_day(simulator: RunningSimulator, account: str) -> None:
    charge = charge_of(paid(simulator, 1_000))
    post(simulator, account, "day", charge.id)
    simulator.advance(DAY + 1)
    post(simulator, account, "day", charge.id)
    assert count(simulator, account) == 2


def test_a_key_whose_request_is_at_work_is_409(simulator: RunningSimulator, account: str) -> None:
    charge = charge_of(paid(simulator, 1_000))
    simulator.fault("slow", TRANSFERS, seconds=2)
    answers: list[httpx.Response] = []
    thread = threading.Thread(
        target=lambda: answers.append(post(simulator, account, "busy", charge.id))
    )
    thread.start()
    eventually(lambda: simulator.control("GET", "faults") == [])
    conflict = post(simulator, account, "busy", charge.id)
    assert conflict.status_code == 409
    assert conflict.json()["error"]["code"] == "idempotency_key_in_use"
    thread.join()
    assert answers[0].status_code == 200
    assert count(simulator, account) == 1


def test_a_refusal_by_the_state_is_kept_but_not_one_of_the_parameters(
    simulator: RunningSimulator, account: str
) -> None:
    charge = charge_of(paid(simulator, 1_000))
    unknown = post(simulator, account, "fix", "ch_unknown")
    assert unknown.status_code == 400
    assert post(simulator, account, "fix", charge.id).status_code == 200
    too_much = post(simulator, account, "kept", charge.id, amount=5_000)
    assert too_much.json()["error"]["code"] == "amount_too_large"
    again = post(simulator, account, "kept", charge.id, amount=5_000)
    assert again.headers["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize(("kind", "effects"), [("status_before", 0), ("status_after", 1)])
def test_a_500_of_v1_is_replayed_whether_it_took_effect_or_not(
    simulator: RunningSimulator, account: str, kind: str, effects: int
) -> None:
    charge = charge_of(paid(simulator, 1_000))
    simulator.fault(kind, TRANSFERS, status=500)
    for _ in range(2):
        assert post(simulator, account, kind, charge.id).status_code == 500
    assert count(simulator, account) == effects


@pytest.mark.parametrize("status", [429, 503])
def test_other_errors_are_not_kept(simulator: RunningSimulator, account: str, status: int) -> None:
    charge = charge_of(paid(simulator, 1_000))
    simulator.fault("status_before", TRANSFERS, status=status)
    assert post(simulator, account, f"s{status}", charge.id).status_code == status
    assert post(simulator, account, f"s{status}", charge.id).status_code == 200


@pytest.mark.parametrize(
    ("kind", "effects"),
    [("timeout_before", 0), ("timeout_after", 1), ("reset_before", 0), ("reset_after", 1)],
)
def test_an_answer_that_never_comes_is_made_good_by_the_same_key(
    simulator: RunningSimulator, account: str, kind: str, effects: int
) -> None:
    charge = charge_of(paid(simulator, 1_000))
    simulator.fault(kind, TRANSFERS)
    with pytest.raises((httpx.ReadTimeout, httpx.ReadError, httpx.RemoteProtocolError)):
        post(simulator, account, kind, charge.id, timeout=0.5)
    assert count(simulator, account) == effects
    again = post(simulator, account, kind, charge.id)
    assert again.status_code == 200
    assert ("Idempotent-Replayed" in again.headers) == bool(effects)
    assert count(simulator, account) == 1


def test_a_fault_can_wait_and_meet_several_requests(simulator: RunningSimulator) -> None:
    session = new_session(simulator, 1_000)
    simulator.fault("status_before", "/v1/checkout/*", status=503, skip=1, times=2, method="GET")
    url = f"{simulator.url}/v1/checkout/sessions/{session.id}"
    headers = {"Authorization": f"Bearer {KEY}"}
    answers = [httpx.get(url, headers=headers).status_code for _ in range(4)]
    assert answers == [200, 503, 503, 200]


def test_v2_carries_out_anew_what_failed_and_replays_what_succeeded(
    simulator: RunningSimulator,
) -> None:
    client = simulator.client
    options: stripe.RequestOptions = {"idempotency_key": "v2"}
    first = client.v2.core.accounts.create({"display_name": "one"}, options)
    assert client.v2.core.accounts.create({"display_name": "one"}, options).id == first.id
    simulator.fault("status_before", "/v2/core/accounts", status=500)
    options = {"idempotency_key": "v2-500"}
    with pytest.raises(stripe.APIError):
        client.v2.core.accounts.create({"display_name": "two"}, options)
    assert client.v2.core.accounts.create({"display_name": "two"}, options).display_name == "two"


def test_a_wrong_key_is_401_and_a_foreign_account_403(simulator: RunningSimulator) -> None:
    stranger = stripe.StripeClient("sk_test_wrong", base_addresses={"api": simulator.url})
    with pytest.raises(stripe.AuthenticationError):
        stranger.v1.balance.retrieve()
    with pytest.raises(stripe.PermissionError):
        simulator.client.v1.balance.retrieve({}, {"stripe_account": "acct_unknown"})


def test_what_was_answered_survives_kill_9(tmp_path: Path) -> None:
    with running(tmp_path) as simulator:
        account = new_account(simulator)
        session = new_session(simulator, 1_000)
        simulator.advance(3_600)
        simulator.kill()
    with running(tmp_path) as simulator:
        assert simulator.client.v2.core.accounts.retrieve(account.id).id == account.id
        assert simulator.client.v1.checkout.sessions.retrieve(session.id).amount_total == 1_000
        assert simulator.control("GET", "clock")["offset"] == 3_600
