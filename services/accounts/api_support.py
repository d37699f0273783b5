"""What the endpoints of accounts have in common."""

from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request

from services.accounts.domain.session import Visitor, device_of
from services.accounts.ports import Work
from services.accounts.use_cases.proving import PasswordTask, check_session
from shared.errors import DomainError
from shared.http.edge import Caller, Command, Query, command, query

T = TypeVar("T")


async def _visitor(request: Request) -> Visitor:
    address = request.client.host if request.client else ""
    return Visitor(address, device_of(None, request.headers.get("user-agent")))


async def _unkept(request: Request, who: Caller) -> Command[Any]:
    return await command(request, who)


def _live_session(query: Annotated[Query[Work], Depends(query)]) -> None:
    if query.caller:
        caller = query.caller
        query.run(lambda work: check_session(caller, work))


def done(task: PasswordTask) -> Any:
    """Do what takes too long for a transaction."""
    return task.done()


def settled(outcome: T | DomainError) -> T:
    """Return the view; or raise the refusal that had something to be committed with it."""
    if isinstance(outcome, DomainError):
        raise outcome
    return outcome


Commands = Annotated[Command[Work], Depends(command)]
# Takes no Idempotency-Key: to replay the answer would mean to keep its secrets.
Unkept = Annotated[Command[Work], Depends(_unkept)]
Queries = Annotated[Query[Work], Depends(query)]
Visitors = Annotated[Visitor, Depends(_visitor)]
# For every router of accounts: here a session that was ended is over at once.
LIVE_SESSION = Depends(_live_session)
