"""What operators see of webhooks to customers."""

from datetime import timedelta

from services.notify.ports_webhooks import TrafficWork
from shared.messages.accounts import Role
from shared.messages.webhooks import TrafficView
from shared.people import Person

LATELY = timedelta(days=7)
MOST = 200


def see_traffic(by: Person, work: TrafficWork) -> TrafficView:
    """Return how messages to all endpoints fare, those that fail first (an operator)."""
    by.must_be(Role.OPERATOR)
    return TrafficView(items=tuple(work.traffic.since(work.clock.now() - LATELY, MOST)))
