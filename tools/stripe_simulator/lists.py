"""Lists with Stripe's cursor pagination, and the expansion of ids into objects."""

from typing import Any

from tools.stripe_simulator.errors import invalid, no_such
from tools.stripe_simulator.simulator import Call, Simulator, public
from tools.stripe_simulator.store import Obj

DEFAULT_LIMIT = 10
MAX_LIMIT = 100
MAX_DEPTH = 4

_BOUNDS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def page(call: Call, kind: str, url: str, where: dict[str, Any] | None = None) -> Obj:
    """Return the page of the caller's objects that limit, starting_after and ending_before ask for.

    `where` holds the other filters, by field; those that are None weren't given.
    """
    limit = call.get("limit", DEFAULT_LIMIT)
    if not 1 <= limit <= MAX_LIMIT:
        raise invalid("Limit must be between 1 and 100", param="limit")
    backwards = bool(call.get("ending_before"))
    conditions = _created(call.get("created"))
    for cursor, comparison in (("starting_after", "seq < ?"), ("ending_before", "seq > ?")):
        if call.get(cursor):
            conditions.append((comparison, _position(call, kind, cursor)))
    found = call.simulator.store.select(
        kind,
        call.account,
        where={name: value for name, value in (where or {}).items() if value is not None},
        conditions=conditions,
        newest_first=not backwards,
        limit=limit + 1,
    )
    data = found[:limit]
    if backwards:
        data.reverse()
    return listing(data, url, has_more=len(found) > limit)


def listing(data: list[Obj], url: str, *, has_more: bool = False) -> Obj:
    """Return a list object."""
    return {
        "object": "list",
        "data": [public(each) for each in data],
        "has_more": has_more,
        "url": url,
    }


def _created(created: Any) -> list[tuple[str, Any]]:
    if created is None:
        return []
    if isinstance(created, int):
        return [("created = ?", created)]
    return [(f"created {_BOUNDS[bound]} ?", value) for bound, value in created.items()]


def _position(call: Call, kind: str, cursor: str) -> int:
    object_id = call.get(cursor)
    row = call.simulator.store.db.execute(
        "SELECT seq FROM objects WHERE id = ? AND kind = ? AND account = ?",
        (object_id, kind, call.account),
    ).fetchone()
    if not row:
        raise no_such(kind, object_id, param=cursor)
    return int(row[0])


def expand(simulator: Simulator, obj: Obj, paths: list[str]) -> Obj:
    """Put objects in the place of their ids, as far as the paths say (`latest_charge.refunds`)."""
    for index, path in enumerate(paths):
        parts = path.split(".")
        if len(parts) > MAX_DEPTH + (parts[0] == "data"):
            raise invalid("Too many levels of expansion", param=f"expand[{index}]")
        _expand(simulator, obj, parts, f"expand[{index}]")
    return obj


def _expand(simulator: Simulator, node: Any, parts: list[str], param: str) -> None:
    if not parts or node is None:
        return
    if isinstance(node, list):
        for each in node:
            _expand(simulator, each, parts, param)
        return
    name, *rest = parts
    if not isinstance(node, dict) or name not in node:
        raise invalid(
            f"This property cannot be expanded ({name}).", param=param, code="property_unexpandable"
        )
    if isinstance(node[name], str):
        found = simulator.store.find(node[name])
        if not found:
            raise invalid(f"This property cannot be expanded ({name}).", param=param)
        node[name] = public(found)
    _expand(simulator, node[name], rest, param)
