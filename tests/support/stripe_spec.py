"""Checks requests, responses and events against Stripe's specification.

The document in tests/data/stripe is OpenAPI 3.0; it's turned into JSON Schema 2020-12 (`nullable`
into a union of types). Checkout sessions aren't in it: they are read from the stripe library's
types. Requests and responses are closed: a name that Stripe doesn't have is a violation.

Tens of thousands of values are checked, and nearly all of them fit, which jsonschema-rs tells in a
small part of the time; what is wrong with one that doesn't is jsonschema's to say.
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from tests.support.stripe_forms import decoded
from tools.stripe_simulator.annotations import schema_of

Schema = dict[str, Any]

DATA = Path(__file__).parent.parent / "data" / "stripe"
DOCUMENT = DATA / "stripe-2026-10-28.endive.derived.openapi.json"
FORM = "application/x-www-form-urlencoded"
OK = 200
COMPONENTS = "stripe:components"

# The library's classes of v2 events don't name what their notifications carry beside the event.
_V2_EVENT = ("data", "related_object")
_CHECKOUT = {
    ("post", ""): "create",
    ("get", ""): "list",
    ("get", "/{session}"): "retrieve",
    ("post", "/{session}"): "update",
    ("post", "/{session}/expire"): "expire",
    ("get", "/{session}/line_items"): "line_item_list",
}


class SpecViolationError(AssertionError):
    """Something was said that isn't in Stripe's specification."""


@dataclass(frozen=True)
class _Operation:
    pattern: re.Pattern[str]
    method: str
    request: Schema
    content_type: str
    response: Schema


def check_request(method: str, path: str, content_type: str, body: str) -> None:
    """Check a request: its parameters, by name and type, at any depth.

    `path` may end with a query, which is checked for GET and DELETE instead of the body.
    """
    bare, _, query = path.partition("?")
    operation = _operation(method, bare)
    if method in {"GET", "DELETE"}:
        value: Any = _typed(decoded(query), operation.request)
    elif operation.content_type == FORM:
        if body and not content_type.startswith(FORM):
            raise SpecViolationError(f"{method} {bare} takes a form, not {content_type}")
        value = _typed(decoded(body), operation.request)
    else:
        if body and not content_type.startswith("application/json"):
            raise SpecViolationError(f"{method} {bare} takes JSON, not {content_type}")
        value = json.loads(body or "{}")
    _check(value, operation.request, f"request {method} {bare}")


def check_response(method: str, path: str, status: int, body: str | bytes) -> None:
    """Check a response: the operation's object for 200, an error for everything else."""
    bare = path.partition("?")[0]
    value = json.loads(body)
    if status == OK:
        _check(value, _operation(method, bare).response, f"response of {method} {bare}")
    else:
        _check(value, _ref("error"), f"error {status} of {method} {bare}")


def check_event(body: str | bytes) -> None:
    """Check what a webhook carries: a v1 event with its object, or the notice of a v2 event."""
    event = json.loads(body)
    kind = event.get("object")
    if kind == "v2.core.event":
        _check(event, _ref("v2.core.event"), f"event {event.get('type')}")
        if event["type"] not in _v2_types():
            raise SpecViolationError(f"there is no event of type {event['type']}")
        return
    _check(event, _ref("event"), f"event {event.get('type')}")
    if event["type"] not in _components()["event"]["properties"]["type"]["x-known"]:
        raise SpecViolationError(f"there is no event of type {event['type']}")
    inner = event["data"]["object"]
    _check(inner, _ref(inner["object"]), f"object of event {event['type']}")


def check_record(file: Path) -> int:
    """Check everything that a simulator wrote down (`--record`); return how many lines it was."""
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    for line in lines:
        if line["record"] == "webhook":
            check_event(json.dumps(line["body"]))
            continue
        method, path = line["method"], line["path"]
        whole = f"{path}?{line['query']}" if line["query"] else path
        if line["status"] == OK:
            check_request(method, whole, line["content_type"], line["body"])
        check_response(method, path, line["status"], json.dumps(line["answer"]))
    return len(lines)


def required_names(kind: str) -> list[str]:
    """Return the names that an object of this kind must have."""
    if kind in {"list", "search_result"}:
        return ["data", "has_more", "object", "url"]
    return list(_components()[kind].get("required", []))


def _check(value: Any, schema: Schema, what: str) -> None:
    if not _fits(value, schema):
        raise SpecViolationError(f"{what}: {_fault(value, schema)}")


def _fits(value: Any, schema: Schema) -> bool:
    return _validator(json.dumps(schema)).is_valid(value)


def _fault(value: Any, schema: Schema) -> str:
    """Return what is wrong with a value, in the words for the likeliest of several reasons."""
    from jsonschema.exceptions import best_match  # noqa: PLC0415 - slow to import, seldom needed

    error = best_match(_explainer(json.dumps(schema)).iter_errors(value))
    if error is None:
        return f"doesn't fit {json.dumps(schema)[:500]}"
    place = error.json_path.removeprefix("$.")
    return f"{place}: {error.message[:500]}"


@cache
def _explainer(schema: str) -> Any:
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - as above
    from referencing import Registry  # noqa: PLC0415
    from referencing.jsonschema import DRAFT202012  # noqa: PLC0415

    resource = DRAFT202012.create_resource(_components())
    registry: Registry[Any] = Registry()
    registry = registry.with_resource(COMPONENTS, resource)
    return Draft202012Validator(json.loads(schema), registry=registry)


def _typed(value: Any, schema: Schema) -> Any:
    """Return what was sent as text in the types that the schema wants, as far as they fit."""
    if "$ref" in schema:
        return _typed(value, _components()[schema["$ref"].rpartition("/")[2]])
    for option in schema.get("anyOf", ()):
        typed = _typed(value, option)
        if _fits(typed, option):
            return typed
    if isinstance(value, dict):
        inner = schema.get("properties", {})
        others = schema.get("additionalProperties") or {}
        return {name: _typed(each, inner.get(name, others)) for name, each in value.items()}
    if isinstance(value, list):
        return [_typed(each, schema.get("items", {})) for each in value]
    return _scalar(value, schema.get("type"))


def _scalar(text: str, kind: Any) -> Any:
    if kind == "integer" and re.fullmatch(r"-?\d+", text):
        return int(text)
    if kind == "number" and re.fullmatch(r"-?\d+(\.\d+)?", text):
        return float(text)
    if kind == "boolean" and text in {"true", "false"}:
        return text == "true"
    return text


def _operation(method: str, path: str) -> _Operation:
    for operation in _operations():
        if operation.method == method.lower() and operation.pattern.fullmatch(path):
            return operation
    raise SpecViolationError(f"there is no operation {method} {path}")


@cache
def _operations() -> list[_Operation]:
    made = [
        _from_document(path, method, operation)
        for path, methods in _document()["paths"].items()
        for method, operation in methods.items()
    ]
    made += [_checkout(method, path, name) for (method, path), name in _CHECKOUT.items()]
    return sorted(made, key=lambda each: each.pattern.pattern.count("[^/]+"))


def _from_document(path: str, method: str, operation: Schema) -> _Operation:
    ok = operation["responses"]["200"]["content"]["application/json"]["schema"]
    if method == "post":
        ((content_type, content),) = operation["requestBody"]["content"].items()
        request = _converted(content["schema"])
    else:
        content_type = FORM
        queries = [each for each in operation["parameters"] if each["in"] == "query"]
        request = {
            "type": "object",
            "properties": {each["name"]: _converted(each["schema"]) for each in queries},
            "additionalProperties": False,
        }
    return _Operation(_pattern(path), method, request, content_type, _converted(ok))


def _checkout(method: str, path: str, name: str) -> _Operation:
    words = "".join(word.capitalize() for word in name.split("_"))
    request = schema_of(f"params.checkout._session_{name}_params", f"Session{words}Params")
    response = _ref("checkout.session")
    if name == "list":
        response = _list_of(response)
    elif name == "line_item_list":
        response = _list_of(_ref("item"))
    url = f"/v1/checkout/sessions{path}"
    return _Operation(_pattern(url), method, _converted(request), FORM, response)


def _list_of(items: Schema) -> Schema:
    properties = {
        "object": {"const": "list"},
        "data": {"type": "array", "items": items},
        "has_more": {"type": "boolean"},
        "url": {"type": "string"},
    }
    return {"type": "object", "properties": properties, "required": list(properties)}


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{\w+\}", "[^/]+", path))


def _ref(name: str) -> Schema:
    return {"$ref": f"{COMPONENTS}#/{name}"}


@cache
def _document() -> Schema:
    document: Schema = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    return document


@cache
def _components() -> dict[str, Schema]:
    given = _document()["components"]["schemas"]
    components = {name: _closed(_converted(schema)) for name, schema in given.items()}
    components["checkout.session"] = _converted(schema_of("checkout._session", "Session"))
    components["item"] = _converted(schema_of("_line_item", "LineItem"))
    components["v2.core.event"]["properties"] |= {name: {"type": "object"} for name in _V2_EVENT}
    components["event"]["properties"]["type"]["x-known"] = given["event"]["properties"]["type"][
        "enum"
    ]
    return components


def _closed(schema: Schema) -> Schema:
    """Refuse names that an object doesn't have; an error may carry more than the types tell."""
    if schema.get("properties") and "additionalProperties" not in schema:
        return {**schema, "additionalProperties": False}
    return schema


@cache
def _v2_types() -> frozenset[str]:
    from stripe.events._event_classes import (  # noqa: PLC0415 - slow to import, seldom needed
        _V2_EVENT_CLASS_LOOKUP,
    )

    return frozenset(_V2_EVENT_CLASS_LOOKUP)


def _converted(schema: Any) -> Any:
    """Return an OpenAPI 3.0 schema as JSON Schema 2020-12."""
    if isinstance(schema, list):
        return [_converted(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "x-class" in schema:
        return _class(schema["x-class"], nullable=schema.get("nullable", False))
    result = {
        key: _converted(value)
        for key, value in schema.items()
        if not key.startswith("x-") and key not in {"nullable", "format"}
    }
    if schema.get("x-open-enum"):
        result.pop("enum", None)
    if "$ref" in result:
        result["$ref"] = _ref(result["$ref"].rpartition("/")[2])["$ref"]
    return _nullable(result) if schema.get("nullable") is True else result


def _class(name: str, *, nullable: bool) -> Schema:
    """Return what a class of another module stands for, when the document knows it."""
    kind = re.sub(r"(?<!^)(?=[A-Z])", "_", name.removesuffix("Resource")).lower()
    if name == "LineItem":
        schema = _ref("item")
    elif kind in _document()["components"]["schemas"]:
        schema = _ref(kind)
    else:
        schema = {"type": "object"}
    return _nullable(schema) if nullable else schema


def _nullable(schema: Schema) -> Schema:
    if "anyOf" in schema:
        return {**schema, "anyOf": [*schema["anyOf"], {"type": "null"}]}
    if "enum" in schema:
        schema = {**schema, "enum": [*schema["enum"], None]}
    if "type" in schema:
        return {**schema, "type": [schema["type"], "null"]}
    return {"anyOf": [schema, {"type": "null"}]} if schema else schema


@cache
def _validator(schema: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(json.loads(schema), registry=_registry())


@cache
def _registry() -> jsonschema_rs.Registry:
    return jsonschema_rs.Registry([(COMPONENTS, _components())], draft=jsonschema_rs.Draft202012)
