"""Stripe's form encoding: `a[b][0]=c` stands for {"a": {"b": ["c"]}}."""

from typing import Any
from urllib.parse import parse_qsl

from tools.stripe_simulator.errors import invalid


def decode(encoded: str) -> dict[str, Any]:
    """Return the nested parameters of a query or form; every leaf is text."""
    root: dict[str, Any] = {}
    for name, value in parse_qsl(encoded, keep_blank_values=True):
        _put(root, _path(name), value)
    return {name: _lists(value) for name, value in root.items()}


def _path(name: str) -> list[str]:
    head, bracket, rest = name.partition("[")
    if not bracket:
        return [head]
    if not rest.endswith("]"):
        raise invalid(f"Invalid parameter name: {name}", param=name)
    return [head, *rest[:-1].split("][")]


def _put(node: dict[str, Any], path: list[str], value: str) -> None:
    *parents, last = path
    for part in parents:
        node = node.setdefault(part or str(len(node)), {})
        if not isinstance(node, dict):
            raise invalid(f"Invalid hash: {part}", param=part)
    node[last or str(len(node))] = value


def _lists(value: Any) -> Any:
    """Turn what has only numbers for keys into a list."""
    if not isinstance(value, dict):
        return value
    if value and all(key.isdigit() for key in value):
        return [_lists(value[key]) for key in sorted(value, key=int)]
    return {key: _lists(each) for key, each in value.items()}
