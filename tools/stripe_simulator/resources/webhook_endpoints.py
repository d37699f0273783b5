"""Webhook endpoints made by the API, beside those of the command line; for snapshot events."""

from tools.stripe_simulator.config import API_VERSION
from tools.stripe_simulator.ids import new_id, token
from tools.stripe_simulator.lists import page
from tools.stripe_simulator.metadata import checked, merged
from tools.stripe_simulator.operations import Operation
from tools.stripe_simulator.simulator import Call, public
from tools.stripe_simulator.store import Obj

KIND = "webhook_endpoint"
URL = "/v1/webhook_endpoints"


def create(call: Call) -> Obj:
    """Make an endpoint; its secret is shown this once (`connect`: of connected accounts)."""
    endpoint: Obj = {
        "id": new_id(KIND),
        "object": KIND,
        "api_version": call.get("api_version", API_VERSION),
        "application": None,
        "created": call.simulator.now,
        "description": call.get("description") or None,
        "enabled_events": call.get("enabled_events"),
        "livemode": False,
        "metadata": checked(call.get("metadata")),
        "status": "enabled",
        "url": call.get("url"),
        "_connect": call.get("connect", False),
        "_secret": f"whsec_{token(32)}",
    }
    call.simulator.add(endpoint, call.account)
    return {**endpoint, "secret": endpoint["_secret"]}


def retrieve(call: Call) -> Obj:
    """Return an endpoint, without its secret."""
    return call.find(KIND, KIND)


def update(call: Call) -> Obj:
    """Change where an endpoint is, what it wants, or whether it's enabled."""
    endpoint = call.find(KIND, KIND)
    for name in ("description", "enabled_events", "url"):
        if call.get(name) is not None:
            endpoint[name] = call.get(name)
    if call.get("disabled") is not None:
        endpoint["status"] = "disabled" if call.get("disabled") else "enabled"
    return call.simulator.save(endpoint, metadata=merged(endpoint, call.get("metadata")))


def delete(call: Call) -> Obj:
    """Remove an endpoint."""
    endpoint = call.find(KIND, KIND)
    call.simulator.store.remove(endpoint["id"])
    return {**public(endpoint), "deleted": True}


def listed(call: Call) -> Obj:
    """Return the endpoints, newest first."""
    return page(call, KIND, URL)


_ONE = f"{URL}/{{webhook_endpoint}}"
OPERATIONS = [
    Operation("POST", URL, "WebhookEndpointCreate", create),
    Operation("GET", URL, "WebhookEndpointList", listed),
    Operation("GET", _ONE, "WebhookEndpointRetrieve", retrieve),
    Operation("POST", _ONE, "WebhookEndpointUpdate", update),
    Operation("DELETE", _ONE, "WebhookEndpointDelete", delete),
]
