"""Cards on the hosted page: what the payer sees, what the API says, what the balance shows."""

import httpx
import pytest
import stripe

from tests.support.stripe_process import RunningSimulator
from tests.support.stripe_steps import charge_of, new_session, paid, pay
from tools.stripe_simulator.config import DAY


def test_a_good_card_completes_the_session_and_leads_back_to_us(
    simulator: RunningSimulator,
) -> None:
    session = new_session(simulator, 55_000)
    answer = pay(session)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"http://shop.example/paid?session={session.id}"
    event = simulator.listener.event("checkout.session.completed", session.id)
    assert event["data"]["object"]["payment_status"] == "paid"
    assert event["data"]["object"]["metadata"] == {"milestone": "m1"}
    assert event["api_version"] == "2026-10-28.endive"


def test_the_charge_carries_stripe_s_fee_and_waits_to_become_available(
    simulator: RunningSimulator,
) -> None:
    charge = charge_of(paid(simulator, 55_000))
    transaction = charge.balance_transaction
    assert (transaction.amount, transaction.fee, transaction.net) == (55_000, 1_980, 53_020)
    assert transaction.status == "pending"
    assert transaction.available_on - transaction.created == 4 * DAY
    assert charge.transfer_group == "m1"
    assert charge.metadata["milestone"] == "m1"


def test_a_session_has_no_intent_until_somebody_tries_to_pay(simulator: RunningSimulator) -> None:
    session = new_session(simulator, 1_000)
    assert session.payment_intent is None
    pay(session, "4000000000000002")
    again = simulator.client.v1.checkout.sessions.retrieve(session.id)
    assert again.payment_intent is not None
    assert again.status == "open"


@pytest.mark.parametrize(
    ("number", "code"),
    [("4000000000000002", "generic_decline"), ("4000000000009995", "insufficient_funds")],
)
def test_a_declined_card_shows_why_and_can_be_followed_by_a_good_one(
    simulator: RunningSimulator, number: str, code: str
) -> None:
    session = new_session(simulator, 3_000)
    refused = pay(session, number)
    assert refused.status_code == 402
    assert 'role="alert"' in refused.text
    again = simulator.client.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["payment_intent"]}
    )
    intent = again.payment_intent
    assert isinstance(intent, stripe.PaymentIntent)
    assert intent.last_payment_error is not None
    assert intent.last_payment_error.decline_code == code
    simulator.listener.event("payment_intent.payment_failed", intent.id)
    assert pay(session).status_code == 303
    done = simulator.client.v1.payment_intents.retrieve(intent.id)
    assert (done.status, done.last_payment_error) == ("succeeded", None)


@pytest.mark.parametrize("number", ["4000002500003155", "4000002760003184"])
def test_three_d_secure_succeeds_when_the_payer_authenticates(
    simulator: RunningSimulator, number: str
) -> None:
    session = new_session(simulator, 3_000)
    answer = pay(session, number)
    challenge = simulator.url + answer.headers["location"]
    assert "/3ds/pi_" in challenge
    assert "Complete authentication" in httpx.get(challenge).text
    assert httpx.post(challenge, data={"outcome": "complete"}).status_code == 303
    simulator.listener.event("checkout.session.completed", session.id)


def test_three_d_secure_that_fails_leads_back_to_the_form(simulator: RunningSimulator) -> None:
    session = new_session(simulator, 3_000)
    challenge = simulator.url + pay(session, "4000002760003184").headers["location"]
    failed = httpx.post(challenge, data={"outcome": "fail"})
    assert failed.status_code == 402
    assert "unable to authenticate" in failed.text
    # The form is shown at the address of the challenge, so it says itself where it goes.
    assert f'action="/c/pay/{session.id}"' in failed.text
    assert pay(session).status_code == 303


@pytest.mark.parametrize(
    "fields",
    [
        {"card_number": "4242"},
        {"card_number": ""},
        {"expiry": "13/40"},
        {"expiry": "01/20"},
        {"cvc": "1"},
        {"payment_method": "konbini"},
    ],
)
def test_unclear_input_is_refused_and_nothing_is_charged(
    simulator: RunningSimulator, fields: dict[str, str]
) -> None:
    session = new_session(simulator, 3_000)
    assert session.url is not None
    good = {"card_number": "4242424242424242", "expiry": "12/40", "cvc": "123"}
    assert httpx.post(session.url, data=good | fields).status_code == 422
    assert simulator.client.v1.checkout.sessions.retrieve(session.id).payment_intent is None


def test_a_session_expires_by_the_clock_and_can_t_be_paid_any_more(
    simulator: RunningSimulator,
) -> None:
    session = new_session(simulator, 3_000)
    simulator.advance(DAY + 1)
    simulator.listener.event("checkout.session.expired", session.id)
    assert pay(session).status_code == 410
    with pytest.raises(stripe.InvalidRequestError, match="status of expired"):
        simulator.client.v1.checkout.sessions.expire(session.id)


def test_a_session_can_be_expired_by_us(simulator: RunningSimulator) -> None:
    session = new_session(simulator, 3_000)
    assert simulator.client.v1.checkout.sessions.expire(session.id).status == "expired"
    simulator.listener.event("checkout.session.expired", session.id)


def test_an_intent_of_the_api_can_be_held_and_captured_in_part(
    simulator: RunningSimulator,
) -> None:
    intents = simulator.client.v1.payment_intents
    held = intents.create(
        {
            "amount": 5_000,
            "currency": "jpy",
            "capture_method": "manual",
            "payment_method": "pm_card_visa",
            "confirm": True,
        }
    )
    assert (held.status, held.amount_capturable) == ("requires_capture", 5_000)
    captured = intents.capture(held.id, {"amount_to_capture": 4_000})
    assert (captured.status, captured.amount_received) == ("succeeded", 4_000)


def test_a_decline_through_the_api_is_a_card_error_that_leaves_its_traces(
    simulator: RunningSimulator,
) -> None:
    with pytest.raises(stripe.CardError) as refusal:
        simulator.client.v1.payment_intents.create(
            {
                "amount": 5_000,
                "currency": "jpy",
                "payment_method": "pm_card_visa_chargeDeclined",
                "confirm": True,
            }
        )
    assert refusal.value.code == "card_declined"
    assert refusal.value.error is not None
    intent: stripe.PaymentIntent = refusal.value.error.payment_intent  # type: ignore[assignment]
    kept = simulator.client.v1.payment_intents.retrieve(intent.id)
    assert kept.status == "requires_payment_method"


def test_payment_method_types_can_t_be_written(simulator: RunningSimulator) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        new_session(simulator, 3_000, payment_method_types=["card"])
    assert refusal.value.code == "parameter_unknown"
    assert refusal.value.param == "payment_method_types"


@pytest.mark.parametrize("amount", [0, 49, 100_000_000])
def test_amounts_that_no_method_takes_are_refused(simulator: RunningSimulator, amount: int) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="Amount must be"):
        new_session(simulator, amount)


@pytest.mark.parametrize(
    ("wanted", "where"), [("any", "/3ds/"), ("automatic", "shop.example/paid")]
)
def test_one_card_asks_for_3d_secure_only_when_it_is_requested(
    simulator: RunningSimulator, wanted: str, where: str
) -> None:
    options = {"card": {"request_three_d_secure": wanted}}
    session = new_session(simulator, 1_000, payment_method_options=options)
    assert where in pay(session, "4000000000003055").headers["location"]
