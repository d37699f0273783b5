"""Webhooks to customers: their endpoints, what goes there, and what became of it."""

import random
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from services.notify.domain.own import EndpointDisabled
from services.notify.domain.webhooks import (
    EVENT_TYPES,
    MOST_ENDPOINTS,
    PING,
    Attempt,
    Disabled,
    Due,
    Endpoint,
    Message,
    Secret,
    after,
    body,
    new_secret,
    parties,
    payload,
)
from services.notify.ports import Transactions, Work
from services.notify.ports_webhooks import Sender, WebhookWork
from services.notify.use_cases.telling import tell
from shared.errors import Invalid, NotFound, Rejected
from shared.ids import new_id
from shared.messages.base import Event
from shared.messages.webhooks import (
    AddEndpoint,
    ChangeEndpoint,
    DeliveryStatus,
    DeliveryView,
    EndpointFields,
    EndpointList,
    EndpointSecretView,
    EndpointView,
)
from shared.people import Person, Right

AT_ONCE = 10
# How long nobody else takes what we are sending: longer than any attempt may last.
LEASE = timedelta(minutes=2)

_chance = random.SystemRandom()


def add_endpoint(command: AddEndpoint, by: Person, work: WebhookWork) -> EndpointSecretView:
    """Add an endpoint of one's own, or of a company whose jobs one may post.

    `endpoint_refused` when the address is none that may be called, `unknown_event_type`,
    `too_many_endpoints`.
    """
    account_id = command.account_id or by.person_id
    _must_manage(account_id, by)
    _check(command, work)
    if len(work.endpoints.of([account_id])) >= MOST_ENDPOINTS:
        raise Rejected(
            "too_many_endpoints",
            "Remove an endpoint first: no account has more.",
            limit=MOST_ENDPOINTS,
        )
    endpoint = Endpoint(
        endpoint_id=new_id(),
        account_id=account_id,
        url=str(command.url),
        event_types=command.event_types,
        description=command.description,
        secrets=(Secret(new_secret()),),
        added_at=work.clock.now(),
    )
    work.endpoints.add(endpoint)
    return _with_secret(endpoint)


def list_endpoints(by: Person, account_id: UUID | None, work: WebhookWork) -> EndpointList:
    """Return the endpoints of one's own account, or of a company's."""
    account_id = account_id or by.person_id
    _must_manage(account_id, by)
    return EndpointList(items=tuple(_view(each) for each in work.endpoints.of([account_id])))


def show_endpoint(endpoint_id: UUID, by: Person, work: WebhookWork) -> EndpointView:
    """Return one of one's endpoints."""
    return _view(_mine(endpoint_id, by, work))


def change_endpoint(
    endpoint_id: UUID, command: ChangeEndpoint, by: Person, work: WebhookWork
) -> EndpointView:
    """Say anew what an endpoint is; waking it sends what has waited."""
    endpoint = _mine(endpoint_id, by, work, lock=True)
    _check(command, work)
    changed = replace(
        endpoint,
        url=str(command.url),
        event_types=command.event_types,
        description=command.description,
        disabled=None if command.enabled else endpoint.disabled or Disabled.BY_OWNER,
        failing_since=None if command.enabled else endpoint.failing_since,
    )
    work.endpoints.save(changed)
    return _view(changed)


def rotate_secret(endpoint_id: UUID, by: Person, work: WebhookWork) -> EndpointSecretView:
    """Return a new secret; for a day messages are signed with the one before, too."""
    endpoint = _mine(endpoint_id, by, work, lock=True)
    rotated = replace(endpoint, secrets=endpoint.rotated(work.clock.now()))
    work.endpoints.save(rotated)
    return _with_secret(rotated)


def remove_endpoint(endpoint_id: UUID, by: Person, work: WebhookWork) -> None:
    """Forget an endpoint and its log."""
    _mine(endpoint_id, by, work, lock=True)
    work.endpoints.remove(endpoint_id)


def ping(endpoint_id: UUID, by: Person, work: WebhookWork) -> DeliveryView:
    """Send a message that says nothing, to see that it arrives."""
    endpoint = _mine(endpoint_id, by, work)
    if endpoint.disabled:
        raise Rejected("endpoint_disabled", "Enable the endpoint first: nothing is sent to it.")
    now = work.clock.now()
    told = body(PING, now, {"endpoint_id": endpoint_id})
    message = Message(new_id(), endpoint_id, PING, told, now)
    work.deliveries.add([message])
    return _delivery(endpoint_id, message.delivery_id, work)


def list_deliveries(
    endpoint_id: UUID,
    by: Person,
    work: WebhookWork,
    *,
    status: DeliveryStatus | None,
    after: UUID | None,
    limit: int,
) -> Sequence[DeliveryView]:
    """Return what was sent to one of one's endpoints, the newest first."""
    _mine(endpoint_id, by, work)
    return work.deliveries.newest(endpoint_id, status, after, limit)


def redeliver(endpoint_id: UUID, delivery_id: UUID, by: Person, work: WebhookWork) -> DeliveryView:
    """Send a message again, under the id that it had."""
    endpoint = _mine(endpoint_id, by, work)
    _delivery(endpoint_id, delivery_id, work)
    if endpoint.disabled:
        raise Rejected("endpoint_disabled", "Enable the endpoint first: nothing is sent to it.")
    work.deliveries.again(delivery_id)
    return _delivery(endpoint_id, delivery_id, work)


def enqueue(happened: Iterable[Event], work: WebhookWork) -> None:
    """Have events sent to the endpoints of the accounts that they are about."""
    hooked = [event for event in happened if type(event) in _HOOKED]
    concerned = {account for event in hooked for account in parties(event)}
    if not concerned:
        return
    endpoints = work.endpoints.of(concerned)
    now = work.clock.now()
    messages = []
    for event in hooked if endpoints else ():
        event_type, told = payload(event, now)
        accounts = set(parties(event))
        messages += [
            Message(new_id(), each.endpoint_id, event_type, told, now)
            for each in endpoints
            if each.account_id in accounts and each.wants(event_type)
        ]
    work.deliveries.add(messages)


def send_due(transactions: Transactions) -> None:
    """Send what is due until nothing is: claimed, sent outside of any transaction, recorded.

    A crash repeats at most what was in hand, under the id that it had. Whoever has an endpoint that
    is called no more is told so.
    """
    while due := _claim(transactions):
        with ThreadPoolExecutor(len(due.messages)) as pool:
            attempts = list(pool.map(due.send, due.messages))
        for each, attempt in zip(due.messages, attempts, strict=True):
            with transactions.begin() as recording:
                _record(each, attempt, recording)


class _InHand(NamedTuple):
    messages: Sequence[Due]
    sender: Sender
    now: datetime

    def send(self, due: Due) -> Attempt:
        return self.sender.send(due, self.now)


def _claim(transactions: Transactions) -> _InHand | None:
    with transactions.begin() as work:
        now = work.clock.now()
        messages = work.webhooks.deliveries.claim(now + LEASE, AT_ONCE)
    return _InHand(messages, work.webhooks.sender, now) if messages else None


def _record(due: Due, attempt: Attempt, work: Work) -> None:
    result = after(attempt, due, _chance.uniform(-1, 1))
    endpoint = work.webhooks.endpoints.find(due.message.endpoint_id, lock=True)
    if endpoint is None:
        return  # removed meanwhile, with all that was sent there
    work.webhooks.deliveries.record(due, attempt, result)
    since = result.failing_since if endpoint.failing_since is None else endpoint.failing_since
    changed = replace(
        endpoint,
        failing_since=None if attempt.delivered else since,
        disabled=endpoint.disabled or result.disable,
    )
    if changed != endpoint:
        work.webhooks.endpoints.save(changed)
    if result.disable and not endpoint.disabled:
        told = EndpointDisabled(
            account_id=endpoint.account_id,
            url=endpoint.url,
            reason=result.disable.value,
            disabled_at=work.clock.now(),
        )
        tell([told], work)


_HOOKED = frozenset(EVENT_TYPES.values())


def _must_manage(account_id: UUID, by: Person) -> None:
    if not by.stands_for(account_id):
        raise _no_such_endpoint()
    by.must(Right.POST, account_id)


def _mine(endpoint_id: UUID, by: Person, work: WebhookWork, *, lock: bool = False) -> Endpoint:
    endpoint = work.endpoints.find(endpoint_id, lock=lock)
    if endpoint is None:
        raise _no_such_endpoint()
    _must_manage(endpoint.account_id, by)
    return endpoint


def _no_such_endpoint() -> NotFound:
    return NotFound("endpoint_not_found", "There is no such endpoint. List them to see which.")


def _check(command: EndpointFields, work: WebhookWork) -> None:
    if reason := work.sender.refusal(str(command.url)):
        raise Invalid("endpoint_refused", f"Give another address: {reason}.")
    if unknown := sorted(command.event_types - EVENT_TYPES.keys()):
        raise Invalid(
            "unknown_event_type", "Choose out of the event types that are listed.", unknown=unknown
        )


def _delivery(endpoint_id: UUID, delivery_id: UUID, work: WebhookWork) -> DeliveryView:
    delivery = work.deliveries.find(endpoint_id, delivery_id)
    if delivery is None:
        raise NotFound("delivery_not_found", "There is no such message to this endpoint.")
    return delivery


def _view(endpoint: Endpoint) -> EndpointView:
    return EndpointView(**_facts(endpoint))


def _with_secret(endpoint: Endpoint) -> EndpointSecretView:
    return EndpointSecretView(**_facts(endpoint), secret=endpoint.secrets[0].value)


def _facts(endpoint: Endpoint) -> dict[str, object]:
    return {
        "endpoint_id": endpoint.endpoint_id,
        "account_id": endpoint.account_id,
        "url": endpoint.url,
        "event_types": endpoint.event_types,
        "description": endpoint.description,
        "enabled": endpoint.disabled is None,
        "disabled_because": endpoint.disabled or "",
        "added_at": endpoint.added_at,
        "failing_since": endpoint.failing_since,
    }
