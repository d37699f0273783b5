"""The operators' desk: what every service lets operators do, on its own database."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Path
from sqlalchemy import Connection

from shared.clock import Clock
from shared.http.audit import OPERATOR
from shared.http.edge import Command, Query, command, query
from shared.messages.base import Storable


@dataclass(frozen=True)
class Desk:
    """One transaction of the service's own database, whatever the service is."""

    connection: Connection
    clock: Clock


async def _query(given: Annotated[Query[Any], Depends(query)]) -> object:
    given.person.must_be(OPERATOR)
    return given.over(Desk)


async def _command(given: Annotated[Command[Any], Depends(command)]) -> object:
    given.person.must_be(OPERATOR)
    return given.over(Desk)


Queries = Annotated[Query[Desk], Depends(_query)]
Commands = Annotated[Command[Desk], Depends(_command)]
LetterId = Annotated[
    str, Path(max_length=200, description="The message's id, or a digest of it"), Storable
]
