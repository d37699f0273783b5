"""Stable pages: a cursor is the id of the last thing seen, so nothing is shown twice or missed."""

from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import Query as QueryParameter
from pydantic import BaseModel

from shared.messages.base import Page

V = TypeVar("V", bound=BaseModel)

MAX_PAGE = 100

Limit = Annotated[int, QueryParameter(ge=1, le=MAX_PAGE, description="How many at the most")]
After = Annotated[
    UUID | None, QueryParameter(description="The `next` of the page before; none for the first")
]


def page(rows: Sequence[V], limit: int, id_of: Callable[[V], UUID]) -> Page[V]:
    """Return a page of `limit` rows out of `limit + 1` that were asked for."""
    shown = rows[:limit]
    return Page(items=tuple(shown), next=id_of(shown[-1]) if len(rows) > limit else None)
