"""Webhooks: signed, at least once, in disorder when asked for."""

from collections.abc import Iterator
from typing import Any

import pytest
import stripe

from tests.support.stripe_process import (
    SNAPSHOT_SECRET,
    THIN_SECRET,
    RunningSimulator,
    listening,
)
from tests.support.stripe_steps import new_session, onboarded, pay
from tests.support.wait import eventually
from tools.stripe_simulator.config import DAY


@pytest.fixture
def orderly(simulator: RunningSimulator) -> Iterator[RunningSimulator]:
    """Put the way of webhooks back in order afterwards."""
    yield simulator
    settings = {"duplicates": 0, "delay": 0, "shuffle": False, "paused": False, "drop": 0}
    simulator.control("POST", "webhooks", **settings)


def test_snapshot_events_are_signed_as_the_library_expects(simulator: RunningSimulator) -> None:
    session = new_session(simulator, 1_000)
    pay(session)
    simulator.listener.event("checkout.session.completed", session.id)
    snapshots = [each for each in simulator.listener.deliveries if each.path == "/snapshot"]
    for each in snapshots[-3:]:
        event = stripe.Webhook.construct_event(each.body, each.signature, SNAPSHOT_SECRET)
        assert event.object == "event"
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.Webhook.construct_event(each.body + b" ", each.signature, SNAPSHOT_SECRET)


def test_thin_events_name_the_account_and_are_fetched_for_the_rest(
    simulator: RunningSimulator,
) -> None:
    account = onboarded(simulator)
    kind = "v2.core.account[configuration.recipient].capability_status_updated"
    simulator.listener.event(kind, account)
    (delivery, *_) = [each for each in simulator.listener.deliveries if each.event["type"] == kind]
    assert delivery.path == "/thin"
    assert "data" not in delivery.event
    client = simulator.client
    notice = client.parse_event_notification(delivery.body, delivery.signature, THIN_SECRET)
    full: Any = notice.fetch_event()
    assert full.data.updated_capability.startswith("stripe_balance.")


def test_an_endpoint_that_fails_gets_the_event_again(simulator: RunningSimulator) -> None:
    simulator.listener.refused.add("checkout.session.expired")
    session = new_session(simulator, 1_000)
    simulator.client.v1.checkout.sessions.expire(session.id)
    eventually(
        lambda: len(simulator.listener.events("checkout.session.expired", session.id)) == 2,
        timeout=10,
    )


def test_an_event_is_given_up_after_three_days(orderly: RunningSimulator) -> None:
    orderly.control("POST", "webhooks", drop=1_000)
    session = new_session(orderly, 1_000)
    orderly.client.v1.checkout.sessions.expire(session.id)
    eventually(lambda: orderly.control("GET", "deliveries?status=pending"))
    for _ in range(5):
        orderly.advance(DAY)
        eventually(lambda: _attempted(orderly))
    assert orderly.listener.events("checkout.session.expired", session.id) == []
    assert orderly.control("GET", "deliveries?status=failed")


def _attempted(simulator: RunningSimulator) -> bool:
    pending = simulator.control("GET", "deliveries?status=pending")
    return all(each["attempts"] > 0 for each in pending)


def test_duplicates_come_when_asked_for(orderly: RunningSimulator) -> None:
    orderly.control("POST", "webhooks", duplicates=2)
    session = new_session(orderly, 1_000)
    orderly.client.v1.checkout.sessions.expire(session.id)
    eventually(lambda: len(orderly.listener.events("checkout.session.expired", session.id)) == 3)


def test_paused_events_wait_and_come_out_shuffled(orderly: RunningSimulator) -> None:
    orderly.control("POST", "webhooks", paused=True, shuffle=True)
    sessions = [new_session(orderly, 1_000) for _ in range(12)]
    for session in sessions:
        orderly.client.v1.checkout.sessions.expire(session.id)
    wanted = [session.id for session in sessions]
    assert not any(orderly.listener.events("checkout.session.expired", each) for each in wanted)
    orderly.control("POST", "webhooks", paused=False)
    for each in wanted:
        orderly.listener.event("checkout.session.expired", each)
    events = [each.event for each in orderly.listener.deliveries]
    came = [each["data"]["object"]["id"] for each in events if "data" in each]
    assert [each for each in came if each in wanted] != wanted


def test_an_event_can_be_sent_again(simulator: RunningSimulator) -> None:
    session = new_session(simulator, 1_000)
    simulator.client.v1.checkout.sessions.expire(session.id)
    event = simulator.listener.event("checkout.session.expired", session.id)
    simulator.control("POST", f"events/{event['id']}/resend")
    eventually(lambda: len(simulator.listener.events("checkout.session.expired", session.id)) == 2)


def test_endpoints_made_by_the_api_get_what_they_asked_for(simulator: RunningSimulator) -> None:
    endpoints = simulator.client.v1.webhook_endpoints
    with listening() as listener:
        made = endpoints.create(
            {"url": listener.url, "enabled_events": ["checkout.session.expired"]}
        )
        assert made.secret is not None
        session = new_session(simulator, 1_000)
        pay(session)
        other = new_session(simulator, 1_000)
        simulator.client.v1.checkout.sessions.expire(other.id)
        listener.event("checkout.session.expired", other.id)
        assert listener.types() == ["checkout.session.expired"]
        (delivery,) = listener.deliveries
        stripe.Webhook.construct_event(delivery.body, delivery.signature, made.secret)
        endpoints.delete(made.id)
    assert made.id not in [each.id for each in endpoints.list().data]
