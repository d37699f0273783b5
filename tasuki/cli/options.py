"""Options of the command line for the fields of a command, and a command out of options."""

import enum
import json
import types
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from inspect import Parameter
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from uuid import UUID

import typer
from pydantic import BaseModel, SecretStr, ValidationError

AS_THEY_ARE = (int, bool, UUID, Path)
MANY = (list, tuple, set, frozenset)


class FaultyOptionsError(Exception):
    """The options don't make a command; the message has a line for each fault."""


def parameter(name: str, kind: Any, *, required: bool = False, text: str = "") -> Parameter:
    """Return the option of a field or of a query's parameter, or the argument of a path."""
    option: Any
    if required:
        option = typer.Argument(help=text)
    else:
        flag = name.removesuffix("_").replace("_", "-")
        switch = f"--{flag}/--no-{flag}" if _inside(kind) is bool else f"--{flag}"
        option = typer.Option(switch, help=_help(kind, text), show_default=False)
    shown = _shown(kind) if required else _shown(kind) | None
    return Parameter(
        name,
        Parameter.KEYWORD_ONLY,
        default=Parameter.empty if required else None,
        annotation=Annotated[shown, option],
    )


def of_model(model: type[BaseModel], taken: frozenset[str]) -> Iterator[Parameter]:
    """Yield an option for each field; `taken` are names that are in use beside."""
    for name, field in model.model_fields.items():
        if name not in taken:
            text = field.description or ""
            yield parameter(name, field.annotation, text=text)


def command_of(model: type[BaseModel], body: str | None, given: Mapping[str, Any]) -> BaseModel:
    """Return the command: what `--body` has, and over it what the options say.

    Raises FaultyOptionsError when it is none.
    """
    told: dict[str, Any] = _json("body", body) if body else {}
    if not isinstance(told, dict):
        raise FaultyOptionsError("--body: an object of JSON is needed")
    for name, value in given.items():
        if value is not None and value != []:
            told[name] = _wire(name, model.model_fields[name].annotation, value)
    for name, field in model.model_fields.items():
        if _inside(field.annotation) is SecretStr and name not in told and field.is_required():
            told[name] = typer.prompt(name.replace("_", " ").capitalize(), hide_input=True)
    try:
        return model.model_validate_json(json.dumps(told, default=str))
    except ValidationError as error:
        raise FaultyOptionsError("\n".join(faults(error))) from error


def faults(error: ValidationError) -> Iterator[str]:
    """Yield a line for each option that is no good."""
    for fault in error.errors(include_url=False):
        place = ".".join(str(each) for each in fault["loc"]).replace("_", "-")
        said = fault["msg"].removeprefix("Value error, ")
        yield f"--{place}: {said}" if place else said


def _inside(kind: Any) -> Any:
    """Return the type without Annotated and without None."""
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    if get_origin(kind) in {Union, types.UnionType}:
        some = [each for each in get_args(kind) if each is not type(None)]
        return _inside(some[0]) if len(some) == 1 else kind
    return kind


def _shown(kind: Any) -> Any:
    """Return the type that the command line takes for it."""
    kind = _inside(kind)
    if is_money(kind):
        return int
    if kind in AS_THEY_ARE or (isinstance(kind, type) and issubclass(kind, enum.Enum)):
        return kind
    if get_origin(kind) is Literal and all(isinstance(each, str) for each in get_args(kind)):
        return str
    if get_origin(kind) in MANY and not _is_nested(_element(kind)):
        return list[_shown(_element(kind))]  # type: ignore[misc]  # a type made at run time
    return str


def _element(kind: Any) -> Any:
    return _inside(get_args(kind)[0])


def is_money(kind: Any) -> bool:
    """Tell whether a type is an amount of money: one number of yen at the terminal."""
    return isinstance(kind, type) and {"amount", "currency"} == set(
        getattr(kind, "model_fields", ())
    )


def _is_nested(kind: Any) -> bool:
    is_model = isinstance(kind, type) and issubclass(kind, BaseModel)
    return (is_model and not is_money(kind)) or get_origin(kind) in {*MANY, dict, Union}


def _wire(name: str, kind: Any, value: Any) -> Any:
    """Return an option's value as the API takes it."""
    kind = _inside(kind)
    if is_money(kind):
        return {"amount": value}
    if get_origin(kind) in MANY and isinstance(value, list):
        return [_wire(name, _element(kind), each) for each in value]
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, str) and (_is_nested(kind) or get_origin(kind) in MANY):
        return _json(name, value)
    return value


def _json(name: str, text: str) -> Any:
    """Return JSON that is given in words, or as `@file`."""
    try:
        if text.startswith("@"):
            text = Path(text[1:]).read_text(encoding="utf-8")
        return json.loads(text)
    except OSError as error:
        raise FaultyOptionsError(f"--{name}: {text[1:]} can't be read") from error
    except ValueError as error:
        raise FaultyOptionsError(f"--{name}: this is no JSON: {error}") from error


def _help(kind: Any, text: str) -> str:
    kind = _inside(kind)
    more: Sequence[str] = ()
    if is_money(kind):
        more = ("in yen",)
    elif get_origin(kind) is Literal:
        more = (f"one of {', '.join(str(each) for each in get_args(kind))}",)
    elif _is_nested(kind) and _shown(kind) is str:
        more = ("JSON, or @file",)
    elif kind is datetime:
        more = ("such as 2026-04-01T09:00+09:00",)
    return "; ".join(filter(None, (text, *more)))
