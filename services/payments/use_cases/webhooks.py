"""What the processor tells us: kept first, handled after, each event once, in any order."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from services.payments.domain import news as told
from services.payments.domain.news import (
    BUG_TRIES,
    EventStatus,
    News,
    NotForUs,
    ProcessorEvent,
)
from services.payments.ports import PaymentGateway, Transactions, Webhooks, Work
from services.payments.use_cases import (
    chargebacks,
    checkouts,
    credit,
    funding,
    payees,
    payouts,
    refunds,
)
from shared.errors import DomainError, Transient
from shared.observability import traces

logger = logging.getLogger(__name__)

AT_ONCE = 50

APPLY: Mapping[type, Callable[[Any, Work], None]] = {
    told.PaymentCaptured: funding.capture,
    told.PaymentShort: funding.short,
    told.CreditArrived: credit.arrived,
    told.ChargebackChanged: chargebacks.changed,
    told.FraudWarned: chargebacks.warned,
    told.CheckoutSubmitted: checkouts.submitted,
    told.CheckoutExpired: checkouts.expired,
    told.RefundChanged: refunds.changed,
    told.PayoutPaid: payouts.paid,
    told.PayoutFailed: payouts.failed,
    told.PayeeChanged: payees.changed,
    told.BalanceAvailable: payees.balance_available,
}


def receive(body: bytes, signature: str, webhooks: Webhooks, work: Work) -> None:
    """Keep an event exactly as it came; the events process handles it."""
    work.processor_events.receive(webhooks.open(body, signature, work.clock.now()))


def handle_events(transactions: Transactions, gateway: PaymentGateway) -> int:
    """Handle the events that are due; return how many. The processor is asked between commits."""
    with transactions.begin() as work:
        now = work.clock.now()
        due = work.processor_events.due(now, AT_ONCE)
        for event in due:
            event.lease(now)
        work.processor_events.save(due)
    for event in due:
        with traces.continued(event.traceparent, f"webhook {event.type}"):
            _handle(event, transactions, gateway)
    return len(due)


def _handle(event: ProcessorEvent, transactions: Transactions, gateway: PaymentGateway) -> None:
    before = replace(event)
    try:
        news = gateway.news(event)
        with transactions.begin() as work:
            _apply(event, news, work)
            work.processor_events.save([event])
    except Exception as error:  # noqa: BLE001  (an outcome is found for every error)
        _put_aside(before, error, transactions)


def _put_aside(event: ProcessorEvent, error: Exception, transactions: Transactions) -> None:
    bug = not isinstance(error, DomainError)
    with transactions.begin() as work:
        if isinstance(error, Transient) or (bug and event.attempts < BUG_TRIES):
            event.postpone(work.clock.now(), repr(error))
        else:
            event.fail(repr(error))
        work.processor_events.save([event])
    given_up = event.status is EventStatus.FAILED
    logger.log(
        logging.ERROR if bug or given_up else logging.INFO,
        "event of the processor not handled",
        extra=_facts(event),
        exc_info=error if bug else None,
    )


def _apply(event: ProcessorEvent, news: News, work: Work) -> None:
    if isinstance(news, NotForUs):
        event.status = EventStatus.IGNORED
        event.reason = news.reason
        return
    APPLY[type(news)](news, work)
    event.status = EventStatus.HANDLED
    event.reason = None


def _facts(event: ProcessorEvent) -> dict[str, object]:
    return {
        "event_id": event.event_id,
        "type": event.type,
        "status": event.status,
        "attempts": event.attempts,
        "reason": event.reason,
    }
