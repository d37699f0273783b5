"""Writes tasuki/client/operations.py out of the services' routers: `make client`.

A method for each operation, with the types of its parameters, its body and its answer. A test
compares the file with what the routers say now.
"""

import enum
import importlib
import pkgutil
import re
import subprocess
import sys
import types
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from inspect import cleandoc
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from fastapi import APIRouter
from fastapi.dependencies.models import Dependant
from fastapi.responses import Response
from fastapi.routing import APIRoute

TARGET = Path(__file__).parent.parent / "tasuki" / "client" / "operations.py"
SERVICES = ("accounts", "jobs", "contracts", "payments", "programs", "notify")
# For others than people and their programs.
NOT_FOR_PEOPLE = frozenset(
    {"/api/v1/payments/webhooks/stripe", "/api/v1/payments/webhooks/stripe/thin"}
)
_PLAIN = {str: "str", int: "int", bool: "bool", float: "float", type(None): "None", Any: "Any"}

HEADER = '''# ruff: noqa: E501
"""The operations of the API, written by `make client` from the services: not to be edited."""

'''


@dataclass
class Imports:
    """What the written module has to import, by module."""

    named: dict[str, set[str]] = field(default_factory=dict)

    def name(self, thing: Any) -> str:
        """Return the name of a class, and remember where it comes from."""
        self.named.setdefault(thing.__module__, set()).add(thing.__name__)
        return str(thing.__name__)

    def lines(self) -> Iterator[str]:
        """Yield the statements."""
        for module, names in sorted(self.named.items()):
            yield f"from {module} import {', '.join(sorted(names))}"


def routes_of(service: str) -> list[APIRoute]:
    """Return the operations of a service that are for people."""
    package = importlib.import_module(f"services.{service}")
    modules = sorted(each.name for each in pkgutil.iter_modules(package.__path__))
    found = [
        route
        for name in modules
        if name.startswith("api")
        for each in vars(importlib.import_module(f"services.{service}.{name}")).values()
        if isinstance(each, APIRouter)
        for route in each.routes
        if isinstance(route, APIRoute) and route.include_in_schema
    ]
    return [route for route in found if route.path not in NOT_FOR_PEOPLE]


def source_of(annotation: Any, imports: Imports) -> str:
    """Return a type as it is written in code."""
    if annotation in _PLAIN:
        return _imported(annotation, imports)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return source_of(arguments[0], imports)
    if origin in {Union, types.UnionType}:
        return " | ".join(source_of(each, imports) for each in arguments)
    if origin is Literal:
        imports.named.setdefault("typing", set()).add("Literal")
        return f"Literal[{', '.join(_literal(each, imports) for each in arguments)}]"
    if origin is None:
        return _class_name(annotation, imports)
    inside = ", ".join("..." if each is ... else source_of(each, imports) for each in arguments)
    return f"{origin.__name__}[{inside}]"


def _class_name(annotation: Any, imports: Imports) -> str:
    if not isinstance(annotation, type):
        raise TypeError(f"no way to write {annotation!r} is known")
    generic = getattr(annotation, "__pydantic_generic_metadata__", {})
    if not generic.get("origin"):
        return imports.name(annotation)
    inside = ", ".join(source_of(each, imports) for each in generic["args"])
    return f"{imports.name(generic['origin'])}[{inside}]"


def _flat(dependant: Dependant) -> Iterator[Dependant]:
    """Yield what an endpoint depends on, its own parameters first."""
    yield dependant
    for each in dependant.dependencies:
        yield from _flat(each)


def _imported(annotation: Any, imports: Imports) -> str:
    if annotation is Any:
        imports.named.setdefault("typing", set()).add("Any")
    return _PLAIN[annotation]


def _literal(value: object, imports: Imports) -> str:
    if isinstance(value, enum.Enum):
        return f"{imports.name(type(value))}.{value.name}"
    return repr(value)


@dataclass(frozen=True)
class Operation:
    """One operation, ready to be written."""

    route: APIRoute
    name: str

    def code(self, imports: Imports) -> str:
        """Return the method."""
        asked = list(_flat(self.route.dependant))
        path = {each.alias: each for dependant in asked for each in dependant.path_params}
        query = {each.alias: each for dependant in asked for each in dependant.query_params}
        arguments, optional = ["self"], []
        for alias in re.findall(r"{(\w+)}", self.route.path):
            kind = source_of(path[alias].field_info.annotation, imports)
            arguments.append(f"{path[alias].name}: {kind}")
        body = self._body(imports)
        if body:
            arguments.append(body)
        for each in query.values():
            kind = source_of(each.field_info.annotation, imports)
            if each.field_info.is_required():
                optional.append(f"{each.name}: {kind}")
            else:
                optional.append(
                    f"{each.name}: {kind if kind.endswith('None') else f'{kind} | None'} = None"
                )
        method = next(iter((self.route.methods or set()) - {"HEAD"}))
        if method != "GET":
            optional.append("key: str | None = None")
        if method == "PUT":
            optional.append("if_match: str | None = None")
        if optional:
            arguments += ["*", *optional]
        answer = self._answer(imports)
        return "\n".join(
            [
                f"    def {self.name}({', '.join(arguments)}) -> {answer}:",
                *self._docstring(),
                *self._send(method, path, list(query.values()), body, answer),
            ]
        )

    def _body(self, imports: Imports) -> str | None:
        if self.route.body_field is not None:
            kind = source_of(self.route.body_field.field_info.annotation, imports)
            optional = " = None" if kind.endswith("None") else ""
            return f"body: {kind}{optional}"
        content = (self.route.openapi_extra or {}).get("requestBody", {}).get("content", {})
        if content:
            imports.named.setdefault("pathlib", set()).add("Path")
            return "content: Path"
        return None

    def _answer(self, imports: Imports) -> str:
        if self.route.status_code == 204:  # noqa: PLR2004  (No Content)
            return "None"
        if self.route.response_model is not None:
            return source_of(self.route.response_model, imports)
        returned = self.route.response_class
        is_file = isinstance(returned, type) and issubclass(returned, Response)
        return "bytes" if is_file else "None"

    def _docstring(self) -> Sequence[str]:
        said = cleandoc(self.route.endpoint.__doc__ or self.name).replace("\\", "\\\\").splitlines()
        if len(said) == 1:
            return [f'        """{said[0]}"""']
        rest = [f"        {line}".rstrip() for line in said[1:]]
        return [f'        """{said[0]}', *rest, '        """']

    def _send(
        self, method: str, path: Mapping[str, Any], query: Any, body: str | None, answer: str
    ) -> Sequence[str]:
        place = self.route.path
        for alias, each in path.items():
            place = place.replace("{" + alias + "}", "{" + each.name + "}")
        text = f'f"{place}"' if "{" in place else f'"{place}"'
        named = "{" + ", ".join(f'"{each.alias}": {each.name}' for each in query) + "}"
        given = [f'"{method}"', text]
        given += [f"query={named}"] if query else []
        given += [f"body={body.partition(':')[0]}"] if body else []
        given += ["key=key"] if method != "GET" else []
        given += ["if_match=if_match"] if method == "PUT" else []
        request = f"Request({', '.join(given)})"
        if answer == "None":
            return [f"        self.transport.send({request}, None)"]
        if " | " in answer:  # a type checker takes no union for a type
            union = f"self.transport.send({request}, cast(Any, {answer}))"
            return [f"        return cast({answer!r}, {union})"]
        return [f"        return self.transport.send({request}, {answer})"]


def code() -> str:
    """Return the module's code, as the formatter leaves it."""
    imports = Imports(
        {
            "dataclasses": {"dataclass"},
            "tasuki.client.transport": {"Request", "Transport"},
            "typing": {"Any", "cast"},
        }
    )
    classes = [_class(service, imports) for service in SERVICES]
    text = HEADER + "\n".join(imports.lines()) + "\n\n\n" + "\n\n".join(classes) + "\n"
    for command in (["check", "--fix", "--quiet", "--select", "I,F401,TC"], ["format"]):
        text = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--stdin-filename", str(TARGET), "-"],
            input=text,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    return text


def _class(service: str, imports: Imports) -> str:
    routes = routes_of(service)
    times = Counter(route.name for route in routes)
    operations = []
    for route in routes:
        inner = [each for each in re.sub(r"{\w+}", "", route.path).split("/") if each]
        name = route.name if times[route.name] == 1 else f"{route.name}_{'_'.join(inner[3:])}"
        operations.append(Operation(route, name.replace("-", "_")).code(imports))
    head = (
        f"@dataclass(frozen=True)\nclass {service.title()}:\n"
        f'    """The operations of {service}."""\n\n    transport: Transport\n'
    )
    return head + "\n" + "\n\n".join(operations) + "\n"


if __name__ == "__main__":
    TARGET.write_text(code(), encoding="utf-8")
