"""Webhooks that never came are fetched from the processor's own list."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from services.payments.adapters.stripe_event_types import SNAPSHOTS, THIN
from services.payments.adapters.stripe_events import StripeEvents
from services.payments.adapters.work_books import SqlBooksTransactions
from services.payments.ports import EventLog
from services.payments.use_cases import catching_up
from services.payments.use_cases.catching_up import CaughtUp
from tests.integration.payments.market import Market

BEFORE_ALL = timedelta(minutes=5)


def catch_up(market: Market) -> CaughtUp:
    """Keep what the processor lists."""
    log: EventLog = StripeEvents(market.gateway.api, market.api.clock)
    books = SqlBooksTransactions(market.api.database, market.api.clock)
    return catching_up.catch_up(datetime.now(UTC) - BEFORE_ALL, log, market, books)


class DeafMarket(Market):
    """A market that no webhook reaches."""

    def receive(self) -> int:
        """Ask for what happened instead; return how much of it is new."""
        return catch_up(self).new


@pytest.fixture
def deaf(own_market: Market) -> DeafMarket:
    """A market of the test's own."""
    return DeafMarket(**vars(own_market))


def test_the_whole_story_goes_without_a_single_webhook(deaf: DeafMarket) -> None:
    deaf.become_payee()
    paid, ended = deaf.agree(50_000, 60_000)
    deaf.pay(paid)
    deaf.pay(ended)
    deaf.accept(paid)
    assert deaf.pay_out()["status"] == "paid"
    deaf.end(ended)
    deaf.settle()
    assert deaf.money(ended)["status"] == "refunded"
    deaf.check_books()


def test_what_was_fetched_is_what_the_webhooks_would_have_brought(deaf: DeafMarket) -> None:
    deaf.become_payee()
    (milestone,) = deaf.agree(50_000)
    deaf.pay(milestone)
    deaf.accept(milestone)
    deaf.pay_out()
    brought = {
        each.event["id"]: each.event
        for each in deaf.simulator.listener.deliveries
        if each.event["type"] in {*SNAPSHOTS, *THIN}
    }
    fetched = {row.event_id: row for row in deaf.rows("SELECT * FROM processor_events")}
    assert brought.keys() == fetched.keys()
    for event_id, event in brought.items():
        assert fetched[event_id].type == event["type"]
        assert json.loads(fetched[event_id].body).get("account") == event.get("account")


def test_webhooks_that_come_late_change_nothing(deaf: DeafMarket, own_market: Market) -> None:
    (milestone,) = deaf.agree(50_000)
    deaf.pay(milestone)
    assert own_market.receive() > 0
    own_market.settle()
    assert own_market.told().count("milestone_funded") == 1
    own_market.check_books()


def test_catching_up_twice_finds_nothing_new(own_market: Market) -> None:
    (milestone,) = own_market.agree(50_000)
    own_market.pay(milestone)
    first, second = catch_up(own_market), catch_up(own_market)
    assert first.new == second.new == 0
    assert first.listed == second.listed > 0
