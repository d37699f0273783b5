"""Mass assignment: no command takes a field that it doesn't name, at any depth, in any service."""

from collections.abc import Iterator
from typing import Any

import pytest

from services.web.openapi import SCHEMA, Document
from tests.support.documents import SERVICES, document_of, operations


def bodies(document: Document) -> Iterator[tuple[str, Any]]:
    """Return what operations take as JSON, and what is inside of it, by its name."""
    schemas = document["components"]["schemas"]
    waiting = [operation.get("requestBody", {}) for _, _, operation in operations(document)]
    seen = set()
    while waiting:
        node = waiting.pop()
        children = node.values() if isinstance(node, dict) else node
        waiting += [each for each in children if isinstance(each, dict | list)]
        reference = node.get("$ref", "") if isinstance(node, dict) else ""
        name = reference.removeprefix(SCHEMA)
        if reference and name not in seen:
            seen.add(name)
            waiting.append(schemas[name])
            yield name, schemas[name]


@pytest.mark.parametrize("service", SERVICES)
def test_a_body_takes_no_field_that_it_does_not_name(service: str) -> None:
    found = dict(bodies(document_of(service)))
    assert found
    # An answer of a device or the like is an object by itself, as its own standard has it.
    named = {name: body for name, body in found.items() if body.get("properties")}
    open_ones = [
        name for name, body in named.items() if body.get("additionalProperties") is not False
    ]
    assert not open_ones
