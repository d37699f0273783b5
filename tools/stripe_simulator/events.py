"""Events: made in the transaction of the change that they tell of, one delivery per destination."""

import json
from collections.abc import Callable
from typing import Any

from tools.stripe_simulator.config import API_VERSION, is_wanted
from tools.stripe_simulator.ids import new_id
from tools.stripe_simulator.simulator import Simulator, public
from tools.stripe_simulator.store import Obj

Listener = Callable[[Simulator, Obj], None]

LISTENERS: dict[str, list[Listener]] = {}
THIN_DETAILS = frozenset({"changes", "data"})


def on(*types: str) -> Callable[[Listener], Listener]:
    """Register a part of the simulator that acts on events of these types (before delivery)."""

    def register(listener: Listener) -> Listener:
        for each in types:
            LISTENERS.setdefault(each, []).append(listener)
        return listener

    return register


def emit(
    simulator: Simulator,
    kind: str,
    obj: Obj,
    account: str,
    *,
    previous: dict[str, Any] | None = None,
) -> Obj:
    """Tell that something happened to a v1 object of an account: a snapshot event."""
    call = simulator.call
    data: Obj = {"object": public(obj)}
    if previous is not None:
        data["previous_attributes"] = previous
    event: Obj = {
        "id": new_id("event"),
        "object": "event",
        "api_version": API_VERSION,
        "created": simulator.now,
        "data": data,
        "livemode": False,
        "pending_webhooks": 0,
        "request": {
            "id": call.request_id if call else None,
            "idempotency_key": call.idempotency_key if call else None,
        },
        "type": kind,
    }
    if account != simulator.config.platform:
        event["account"] = account
    urls = _destinations(simulator, "snapshot", kind, account)
    event["pending_webhooks"] = len(urls)
    simulator.add(event, account)
    _deliver(simulator, event["id"], event, urls)
    for listener in LISTENERS.get(kind, ()):
        listener(simulator, obj)
    return event


def emit_thin(simulator: Simulator, kind: str, account: Obj, data: Obj | None = None) -> Obj:
    """Tell that something happened to a v2 account: a thin event."""
    event: Obj = {
        "id": new_id("v2.core.event"),
        "object": "v2.core.event",
        "created": simulator.clock.iso(),
        "livemode": False,
        "reason": None,
        "related_object": {
            "id": account["id"],
            "type": "v2.core.account",
            "url": f"/v2/core/accounts/{account['id']}",
        },
        "type": kind,
    }
    call = simulator.call
    if call:
        event["reason"] = {
            "type": "request",
            "request": {"id": call.request_id, "idempotency_key": call.idempotency_key or ""},
        }
    if data:
        event["data"] = data
    platform = simulator.config.platform
    simulator.add(event, platform)
    notification = {name: each for name, each in event.items() if name not in THIN_DETAILS}
    urls = _destinations(simulator, "thin", kind, platform)
    _deliver(simulator, event["id"], notification, urls)
    return event


def _destinations(
    simulator: Simulator, payload: str, kind: str, account: str
) -> list[tuple[str, str]]:
    """Return (URL, secret) of everybody who wants an event of this type."""
    config = simulator.config
    found = [
        (each.url, each.secret)
        for each in config.destinations
        if each.payload == payload and each.wants(kind)
    ]
    if payload == "snapshot":
        for endpoint in simulator.store.select("webhook_endpoint", config.platform):
            wanted = is_wanted(kind, endpoint["enabled_events"])
            theirs = endpoint["_connect"] == (account != config.platform)
            if wanted and theirs and endpoint["status"] == "enabled":
                found.append((endpoint["url"], endpoint["_secret"]))
    return found


def _deliver(
    simulator: Simulator, event_id: str, body: Obj, destinations: list[tuple[str, str]]
) -> None:
    now = simulator.clock.seconds()
    simulator.store.db.executemany(
        "INSERT INTO deliveries (event_id, url, secret, body, created, due_at)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        [(event_id, url, secret, json.dumps(body), now, now) for url, secret in destinations],
    )
    simulator.wake()
