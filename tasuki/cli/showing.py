"""Shows views to people: tables of many, and all of one."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import Enum
from functools import singledispatch
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import BaseModel
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from shared.money import Money

JAPAN = ZoneInfo("Asia/Tokyo")
MOST_COLUMNS = 7
LONGEST = 60
# What tells things apart at a glance, after their ids.
FIRST = ("title", "name", "display_name", "subject", "what", "status", "price", "budget", "amount")


def show(view: object, console: Console) -> None:
    """Print a view: a page or a list as a table, anything else field by field."""
    items = getattr(view, "items", view)
    if isinstance(items, list | tuple):
        _show_many(items, console)
        if cursor := getattr(view, "next", None):
            console.print(f"There is more: --after {cursor}", style="dim", highlight=False)
    elif isinstance(view, BaseModel):
        console.print(_one(view))
    elif view is not None:
        console.print(_text(view))
    else:
        console.print("Done.")


def _show_many(items: Sequence[Any], console: Console) -> None:
    if not items:
        console.print("There is nothing here.")
    elif isinstance(items[0], BaseModel):
        console.print(_table(items))
    else:
        for item in items:
            console.print(_text(item))


def _one(view: BaseModel) -> RenderableType:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in view:
        if value is not None and value != ():
            grid.add_row(_title(name), _value(value))
    return grid


def _value(value: object) -> RenderableType:
    if isinstance(value, list | tuple) and value and isinstance(value[0], BaseModel):
        return _table(value) if _is_flat(value[0]) else _stacked(value)
    if isinstance(value, BaseModel) and not isinstance(value, Money):
        return _one(value)
    return _text(value)


def _stacked(values: Iterable[BaseModel]) -> RenderableType:
    grid = Table.grid()
    for value in values:
        grid.add_row(Padding(_one(value), (0, 0, 1, 0)))
    return grid


def _table(items: Sequence[BaseModel]) -> Table:
    """Return a table of what says most: single values, and those that any of them has."""
    own_id, *names = type(items[0]).model_fields
    names.sort(key=lambda name: FIRST.index(name) if name in FIRST else len(FIRST))
    says_much = [name for name in names if _says_much([getattr(each, name) for each in items])]
    columns = [own_id, *says_much][:MOST_COLUMNS]
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for name in columns:
        values = [getattr(each, name) for each in items]
        right = any(isinstance(value, int | Money) for value in values)
        # An id is there to be copied: it stays in one piece.
        whole = any(isinstance(value, UUID) for value in values)
        justify: Literal["left", "right"] = "right" if right else "left"
        table.add_column(_title(name), justify=justify, overflow="fold", no_wrap=whole)
    for each in items:
        table.add_row(*(_text(getattr(each, name)) for name in columns))
    return table


def _says_much(values: Sequence[object]) -> bool:
    """Tell whether a column is worth its room: single values, short ones, and no others' ids."""
    single = all(_is_single(value) and not isinstance(value, UUID) for value in values)
    return (
        single
        and any(value not in {None, ""} for value in values)
        and not any(
            isinstance(value, str) and (len(value) > LONGEST or "\n" in value) for value in values
        )
    )


def _is_single(value: object) -> bool:
    return isinstance(value, Money) or not isinstance(
        value, BaseModel | list | tuple | set | frozenset | dict
    )


def _is_flat(view: BaseModel) -> bool:
    return all(_is_single(value) for _, value in view)


def _title(name: str) -> str:
    return name.replace("_", " ")


def _text(value: object) -> Text:
    """Return one value as people write it, without reading it as markup."""
    return Text(_plain(value))


@singledispatch
def _plain(value: object) -> str:
    return _safe(str(value))


@_plain.register
def _(_value: None) -> str:
    return ""


@_plain.register
def _(value: bool) -> str:  # noqa: FBT001  (singledispatch goes by the type)
    return "yes" if value else "no"


@_plain.register
def _(value: Money) -> str:
    return f"{value.amount:,} {value.currency}"


@_plain.register
def _(value: datetime) -> str:
    return f"{value.astimezone(JAPAN):%Y-%m-%d %H:%M}"


@_plain.register
def _(value: Enum) -> str:
    return str(value.value)


@_plain.register(list)
@_plain.register(tuple)
def _(value: Sequence[object]) -> str:
    return ", ".join(_plain(each) for each in value)


@_plain.register(set)
@_plain.register(frozenset)
def _(value: Iterable[object]) -> str:
    return ", ".join(sorted(_plain(each) for each in value))


@_plain.register
def _(value: BaseModel) -> str:
    return ", ".join(f"{_title(name)} {_plain(each)}" for name, each in value)


def _safe(text: str) -> str:
    """Return the text without what would steer the terminal: it may be somebody else's."""
    return "".join(each if each.isprintable() or each == "\n" else "�" for each in text)
