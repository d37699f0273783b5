"""Checks and converts what an operation was sent, by the types of the stripe library."""

import re
from typing import Any

from tools.stripe_simulator.annotations import Schema, schema_of
from tools.stripe_simulator.errors import (
    StripeError,
    invalid,
    missing_parameter,
    unknown_parameter,
)

Parameters = dict[str, Any]


def checked(parameters: Parameters, types: str, *, textual: bool) -> Parameters:
    """Return the parameters in their types.

    `types` names the library's TypedDict without its ending: `checkout.SessionCreate` stands for
    `stripe.params.checkout.SessionCreateParams`.
    `textual` says that the leaves came as text (a form or a query); in JSON they have types.
    Raises the StripeError that Stripe would answer: parameter_unknown, parameter_missing, ….
    """
    package, _, name = f"params.{types}Params".rpartition(".")
    module = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
    schema = schema_of(f"{package}._{module}", name)
    value: Parameters = _value(parameters, schema, "", textual=textual)
    return value


def _value(value: Any, schema: Schema, param: str, *, textual: bool) -> Any:
    if "anyOf" in schema:
        return _first_fit(value, schema["anyOf"], param, textual=textual)
    if value is None and (schema.get("nullable") or not textual):
        return None
    kind = schema.get("type")
    if kind == "object":
        return _hash(value, schema, param, textual=textual)
    if kind == "array":
        return _array(value, schema, param, textual=textual)
    if kind in {"integer", "number", "boolean"}:
        return _scalar(value, kind, param, textual=textual)
    if kind == "string" and not isinstance(value, str):
        raise invalid(f"Invalid string: {value}", param=param)
    if "enum" in schema and value not in schema["enum"]:
        allowed = ", ".join(str(each) or "''" for each in schema["enum"])
        raise invalid(f"Invalid {param}: must be one of {allowed}", param=param)
    return value


def _first_fit(value: Any, schemas: list[Schema], param: str, *, textual: bool) -> Any:
    """Try what has more structure first, so that a hash is never taken for something else."""
    refusal: StripeError | None = None
    for schema in sorted(schemas, key=lambda each: each.get("type") != "object"):
        try:
            return _value(value, schema, param, textual=textual)
        except StripeError as error:
            if refusal is None or isinstance(value, dict) == (schema.get("type") == "object"):
                refusal = error
    raise refusal or invalid(f"Invalid value: {value}", param=param)


def _hash(value: Any, schema: Schema, param: str, *, textual: bool) -> Any:
    if not isinstance(value, dict):
        raise invalid(f"Invalid object: {value}", param=param)
    properties = schema.get("properties")
    # A hash without properties is free (metadata); every other one is closed.
    others = schema.get("additionalProperties", {}) if properties is None else None
    result = {}
    for name, each in value.items():
        inner = f"{param}[{name}]" if param else name
        expected = others if properties is None else properties.get(name)
        if expected is None:
            raise unknown_parameter(inner)
        result[name] = _value(each, expected, inner, textual=textual)
    for name in schema.get("required", []):
        if name not in result:
            raise missing_parameter(f"{param}[{name}]" if param else name)
    return result


def _array(value: Any, schema: Schema, param: str, *, textual: bool) -> list[Any]:
    if not isinstance(value, list):
        raise invalid(f"Invalid array: {value}", param=param)
    return [
        _value(each, schema["items"], f"{param}[{index}]", textual=textual)
        for index, each in enumerate(value)
    ]


def _scalar(value: Any, kind: str, param: str, *, textual: bool) -> Any:
    if textual and isinstance(value, str):
        value = _from_text(value, kind)
    fits = {
        "integer": isinstance(value, int) and not isinstance(value, bool),
        "number": isinstance(value, int | float) and not isinstance(value, bool),
        "boolean": isinstance(value, bool),
    }
    if not fits[kind]:
        raise invalid(f"Invalid {kind}: {value}", param=param, code=f"parameter_invalid_{kind}")
    return value


def _from_text(text: str, kind: str) -> Any:
    if kind == "boolean":
        return {"true": True, "false": False}.get(text, text)
    try:
        return int(text) if kind == "integer" else float(text)
    except ValueError:
        return text
