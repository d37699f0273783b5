"""One OpenAPI document of all services' documents: a pure function."""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

Document = dict[str, Any]

SCHEMA = "#/components/schemas/"

DESCRIPTION = """\
A market for remote assistants with escrowed milestones: a job is posted and proposed to, agreed \
as a contract with terms in writing, funded, delivered, accepted and paid.

Sign in with `POST /api/v1/accounts/sessions` and send the token as `Authorization: Bearer …`; \
programs bring a personal access token instead. Every refusal is a problem (RFC 9457) with a \
documented `code`. Amounts are integers in minor units; the yen has \
none, so 1 is one yen.

* Commands take an `Idempotency-Key`: the same key and body replays the first answer, with \
`Idempotent-Replayed: true`; another body is refused. Where an answer has a secret in it, it is \
not kept, and no key is taken.
* What two may edit is shown with an `ETag`. Send it as `If-Match` with the change: if somebody \
was faster, nothing is done (412). As `If-None-Match` it saves sending what is known (304).
* Lists have `items` and `next`; send `next` as `after` for the following page, until it is null.
* `RateLimit-Policy` and `RateLimit` say how often you may ask, and how much of that is left; 429 \
and 503 say by `Retry-After` when to come again.
* Every answer has an `X-Request-Id`: yours, if you send one. Quote it when asking for help.
"""


def merge(documents: Mapping[str, Document | None]) -> Document:
    """Return one document of the services' documents, by service; None for one that is away.

    A schema that several services have in common stays one; where they mean different things by
    one name, each gets its service's name before it (`JobsPage`).
    """
    present = {service: document for service, document in documents.items() if document}
    away = [service for service, document in documents.items() if not document]
    clashes = _clashes({service: _schemas(document) for service, document in present.items()})
    paths: Document = {}
    components: defaultdict[str, Document] = defaultdict(dict)
    for service, document in present.items():
        renamed = _map_references(
            document,
            lambda name, service=service: _name(service, name, clashes),  # type: ignore[misc]
        )
        for path, operations in renamed["paths"].items():
            paths[path] = {
                method: _tagged(operation, service) for method, operation in operations.items()
            }
        for kind, members in renamed.get("components", {}).items():
            for name, member in members.items():
                key = _name(service, name, clashes) if kind == "schemas" else name
                components[kind][key] = member
    return {
        "openapi": "3.1.0",
        "info": {"title": "Tasuki", "version": "1", "description": _description(away)},
        "tags": [{"name": service} for service in documents],
        "paths": paths,
        "components": {kind: dict(sorted(members.items())) for kind, members in components.items()},
    }


def _description(away: list[str]) -> str:
    if not away:
        return DESCRIPTION
    return f"{DESCRIPTION}\n**Missing here, since they don't answer now: {', '.join(away)}.**\n"


def _schemas(document: Document) -> Document:
    schemas: Document = document.get("components", {}).get("schemas", {})
    return schemas


def _clashes(schemas: Mapping[str, Document]) -> set[str]:
    """Return the names that don't mean the same in all services, by themselves or by reference."""
    meanings: defaultdict[str, set[str]] = defaultdict(set)
    refers_to: defaultdict[str, set[str]] = defaultdict(set)
    for named in schemas.values():
        for name, schema in named.items():
            text = json.dumps(schema, sort_keys=True)
            meanings[name].add(text)
            refers_to[name] |= set(re.findall(f'"{SCHEMA}([^"]+)"', text))
    shared_by = {name: sum(name in named for named in schemas.values()) for name in meanings}
    clashes = {name for name, texts in meanings.items() if len(texts) > 1}
    while more := {
        name
        for name, names in refers_to.items()
        if name not in clashes and shared_by[name] > 1 and names & clashes
    }:
        clashes |= more
    return clashes


def _name(service: str, name: str, clashes: set[str]) -> str:
    return f"{service.capitalize()}{name}" if name in clashes else name


def _map_references(node: Any, rename: Callable[[str], str]) -> Any:
    if isinstance(node, list):
        return [_map_references(each, rename) for each in node]
    if isinstance(node, dict):
        return {key: _map_references(value, rename) for key, value in node.items()}
    if isinstance(node, str) and node.startswith(SCHEMA):
        return SCHEMA + rename(node.removeprefix(SCHEMA))
    return node


def _tagged(operation: Any, service: str) -> Any:
    return operation | {"tags": [service]} if isinstance(operation, dict) else operation
