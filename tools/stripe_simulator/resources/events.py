"""Events that can be fetched: v1 snapshots, and v2 events with what the thin ones left out."""

import fnmatch
from collections.abc import Callable
from urllib.parse import urlencode

from tools.stripe_simulator.clock import iso
from tools.stripe_simulator.errors import no_such
from tools.stripe_simulator.lists import DEFAULT_LIMIT, page
from tools.stripe_simulator.operations import Operation
from tools.stripe_simulator.simulator import Call
from tools.stripe_simulator.store import Obj

URL = "/v1/events"
URL_V2 = "/v2/core/events"
_COMPARED: dict[str, Callable[[str, str], bool]] = {
    "gt": lambda at, bound: at > bound,
    "gte": lambda at, bound: at >= bound,
    "lt": lambda at, bound: at < bound,
    "lte": lambda at, bound: at <= bound,
}


def retrieve(call: Call) -> Obj:
    """Return a snapshot event."""
    return call.find("event", "id")


def listed(call: Call) -> Obj:
    """Return the snapshot events that match, newest first."""
    answer = page(call, "event", URL, {"type": _exact(call.get("type"))})
    wanted = call.get("types") or ([call.get("type")] if call.get("type") else ["*"])
    answer["data"] = [
        each
        for each in answer["data"]
        if any(fnmatch.fnmatch(each["type"], pattern) for pattern in wanted)
    ]
    return answer


def retrieve_v2(call: Call) -> Obj:
    """Return an event of v2 with its data."""
    found = call.simulator.store.find(call.path["id"], kind="v2.core.event")
    if not found:
        raise no_such("event", call.path["id"])
    return found


def listed_v2(call: Call) -> Obj:
    """Return the events of v2 that match, newest first."""
    events = call.simulator.store.select("v2.core.event", call.simulator.config.platform)
    data = [each for each in events if _matches(call, each)]
    limit = call.get("limit", DEFAULT_LIMIT)
    # Pages end between two moments, so that the next one begins with the moment before.
    found = [each for each in data if each["created"] >= data[:limit][-1]["created"]]
    more = _next_page(call, limit, found[-1]["created"]) if len(found) < len(data) else None
    return {"data": found, "next_page_url": more, "previous_page_url": None}


def _next_page(call: Call, limit: int, before: str) -> str:
    created = {**(call.get("created") or {}), "lt": before}
    bounds = {f"created[{name}]": _time(each) for name, each in created.items()}
    types = {f"types[{number}]": each for number, each in enumerate(call.get("types") or ())}
    about = {"object_id": call.get("object_id")} if call.get("object_id") else {}
    return f"{URL_V2}?{urlencode({'limit': limit} | bounds | types | about)}"


def _matches(call: Call, event: Obj) -> bool:
    bounds = call.get("created") or {}
    return (
        call.get("object_id") in {None, event["related_object"]["id"]}
        and (not call.get("types") or event["type"] in call.get("types"))
        and all(_COMPARED[name](event["created"], _time(each)) for name, each in bounds.items())
    )


def _time(bound: str | int) -> str:
    return iso(bound) if isinstance(bound, int) else bound


def _exact(kind: str | None) -> str | None:
    return kind if kind and "*" not in kind else None


OPERATIONS = [
    Operation("GET", URL, "EventList", listed),
    Operation("GET", f"{URL}/{{id}}", "EventRetrieve", retrieve),
    Operation("GET", URL_V2, "v2.core.EventList", listed_v2),
    Operation("GET", f"{URL_V2}/{{id}}", "v2.core.EventRetrieve", retrieve_v2),
]
