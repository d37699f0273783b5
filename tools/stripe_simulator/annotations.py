"""JSON Schema from the annotations of the installed `stripe` library, read without importing it.

The library's types are generated from Stripe's own specification, so its TypedDicts say which
parameters an operation takes, and its classes say what an object looks like.
"""

import ast
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

Schema = dict[str, Any]

_PLAIN: dict[str, Schema] = {
    "str": {"type": "string"},
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "bool": {"type": "boolean"},
    "Decimal": {"type": "string"},
    "Any": {},
    "UntypedStripeObject": {"type": "object"},
}


@dataclass
class _Scope:
    """The classes that a name may mean, innermost first."""

    classes: dict[str, ast.ClassDef]
    outer: "_Scope | None" = None
    making: list[str] = field(default_factory=list)

    def find(self, name: str) -> "tuple[ast.ClassDef, _Scope] | None":
        found = self.classes.get(name)
        if found:
            return found, self
        return self.outer.find(name) if self.outer else None


@cache
def schema_of(module: str, name: str) -> Schema:
    """Return the schema of a class of the library, with its inner classes in place.

    `module` is a dotted name below `stripe`. A class of another module becomes
    `{"x-class": its name}`. An object takes no properties but its own.
    """
    spec = find_spec("stripe")
    if spec is None or not spec.submodule_search_locations:
        raise LookupError("the stripe library is not installed")
    folder = Path(spec.submodule_search_locations[0])
    file = folder.joinpath(*module.split(".")).with_suffix(".py")
    tree = ast.parse(file.read_text(encoding="utf-8"))
    scope = _Scope(_classes(tree.body))
    return _object(scope.classes[name], scope)


def _classes(body: list[ast.stmt]) -> dict[str, ast.ClassDef]:
    return {node.name: node for node in body if isinstance(node, ast.ClassDef)}


def _object(node: ast.ClassDef, scope: _Scope) -> Schema:
    inner = _Scope(_classes(node.body), scope)
    properties: dict[str, Schema] = {}
    required: list[str] = []
    for statement in node.body:
        if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
            continue
        name = statement.target.id
        wrapper, annotation = _unwrap(statement.annotation)
        if wrapper == "ClassVar" or name.startswith("_"):
            continue
        name = name.rstrip("_")
        properties[name] = _schema(annotation, inner)
        if wrapper == "Optional":
            properties[name] = {**properties[name], "nullable": True}
        elif wrapper != "NotRequired":
            required.append(name)
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _unwrap(annotation: ast.expr) -> tuple[str, ast.expr]:
    """Return what stands around an annotation (NotRequired, Optional, ClassVar), and the rest."""
    if isinstance(annotation, ast.Subscript) and isinstance(annotation.value, ast.Name):
        wrapper = annotation.value.id
        if wrapper in {"NotRequired", "Optional", "ClassVar"}:
            return wrapper, annotation.slice
    return "", annotation


def _schema(node: ast.expr, scope: _Scope) -> Schema:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return _schema(ast.parse(node.value, mode="eval").body, scope)
    if isinstance(node, ast.BinOp):
        return _any_of([_schema(node.left, scope), _schema(node.right, scope)])
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        return _generic(node.value.id, node.slice, scope)
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    if name in _PLAIN:
        return dict(_PLAIN[name])
    found = scope.find(name)
    return _object(*found) if found else {"x-class": name}


def _generic(name: str, argument: ast.expr, scope: _Scope) -> Schema:
    arguments = argument.elts if isinstance(argument, ast.Tuple) else [argument]
    if name == "Literal":
        return _literal([ast.literal_eval(each) for each in arguments])
    schemas = [_schema(each, scope) for each in arguments]
    last = schemas[-1]
    made: dict[str, Schema] = {
        "List": {"type": "array", "items": last},
        "Dict": {"type": "object", "additionalProperties": last},
        "UntypedStripeObject": {"type": "object", "additionalProperties": last},
        "ExpandableField": _any_of([{"type": "string"}, last]),
        "ListObject": _list_object(last),
        "Union": _any_of(schemas),
        "Optional": {**last, "nullable": True},
    }
    return made[name]


def _list_object(items: Schema) -> Schema:
    return {
        "type": "object",
        "properties": {
            "object": {"type": "string", "enum": ["list"]},
            "data": {"type": "array", "items": items},
            "has_more": {"type": "boolean"},
            "url": {"type": "string"},
        },
        "required": ["object", "data", "has_more", "url"],
    }


def _literal(values: list[Any]) -> Schema:
    kind = "boolean" if isinstance(values[0], bool) else "string"
    return {"type": kind, "enum": values}


def _any_of(schemas: list[Schema]) -> Schema:
    flat = [each for schema in schemas for each in schema.get("anyOf", [schema])]
    if {"type": "string"} in flat:
        # `Literal[...] | str` is an open enumeration: any text will do.
        flat = [each for each in flat if each.get("type") != "string"] + [{"type": "string"}]
    unique = [each for index, each in enumerate(flat) if each not in flat[:index]]
    return unique[0] if len(unique) == 1 else {"anyOf": unique}
