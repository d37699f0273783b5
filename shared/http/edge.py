"""The edge of a service's api: who asks, one transaction, one answer.

An endpoint takes `Command[Work]` for what changes something and `Query[Work]` for what only reads:

    @router.post("/jobs", status_code=201, response_model=JobView)
    def post_job(body: PostJob, command: Commands) -> Answered:
        return command.run(lambda work: use_cases.post_job(body, command.person, work))
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Annotated, Any, Generic, Self, TypeVar

from fastapi import Depends, Header, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic_core import to_json
from sqlalchemy import Connection

from shared.clock import Clock
from shared.db import Database
from shared.errors import DomainError, NotAuthenticated, Transient
from shared.http import audit
from shared.http.audit import Action
from shared.http.idempotency import Answer, IdempotencyKey
from shared.http.limits import Limits
from shared.http.tokens import AccountsExchange, JwksKeys, TokenVerifier
from shared.messages.operations import ApprovalView
from shared.people import Person
from shared.settings import Settings

W = TypeVar("W")
T = TypeVar("T")

logger = logging.getLogger(__name__)

Answered = Any  # a view, or the response that replays one

_bearer = HTTPBearer(
    auto_error=False, description="An access token from accounts, or a personal access token"
)


@dataclass(frozen=True)
class Edge(Generic[W]):
    """What an api needs to serve commands and queries; `create_app` keeps it in `app.state`."""

    database: Database
    work: Callable[[Connection, Clock], W]
    clock: Clock
    tokens: TokenVerifier
    limits: Limits = field(default_factory=Limits)
    amqp_url: str = ""

    @classmethod
    def of(
        cls,
        settings: Settings,
        work: Callable[[Connection, Clock], W],
        tokens: TokenVerifier | None = None,
    ) -> "Edge[W]":
        """Return the edge of a process; tokens are verified by accounts' published keys."""
        clock = settings.clock()
        tokens = tokens or TokenVerifier(
            JwksKeys(settings.jwks_url, clock), clock, AccountsExchange(settings.jwks_url)
        )
        limits = Limits.per_minute(settings.rate_limit_person, settings.rate_limit_anonymous)
        return cls(settings.database(), work, clock, tokens, limits, amqp_url=settings.amqp_url)


async def caller(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Person | None:
    """Return who is asking, or None without a token.

    A bad token is always refused, and one that is for something else than this.
    """
    if credentials is None:
        return None
    edge: Edge[Any] = request.app.state.edge
    token = credentials.credentials
    # The way through a thread costs more than all else here: only what may wait for keys takes it.
    person = edge.tokens.remembered(token)
    if person is None:
        person = await run_in_threadpool(edge.tokens.verify, token)
    request.state.person_id = person.person_id
    access = "read" if request.method in {"GET", "HEAD"} else "write"
    person.must_hold(f"{request.app.state.service}:{access}")
    return person


Caller = Annotated[Person | None, Depends(caller)]


@dataclass(frozen=True)
class Query(Generic[W]):
    """Reads, in one transaction. `action` is what is asked for, when an operator asks."""

    edge: Edge[W]
    caller: Person | None
    action: Action | None = field(default=None, kw_only=True)

    @property
    def person(self) -> Person:
        """Return who is asking; raise NotAuthenticated when nobody signed in."""
        if self.caller is None:
            raise NotAuthenticated("token_missing", "Sign in and send the access token.")
        return self.caller

    def over(self, work: Callable[[Connection, Clock], Any]) -> Self:
        """Return the same on another Work: a service may have several, each with its own ports."""
        return replace(self, edge=replace(self.edge, work=work))

    def run(self, read: Callable[[W], T]) -> T:
        """Return what `read` finds."""
        with self.edge.database.transaction() as connection:
            return read(self.edge.work(connection, self.edge.clock))

    def run_noted(self, read: Callable[[W], T]) -> T:
        """Return what `read` finds, and write down that an operator has looked at it.

        For what people would not want to be looked at without a trace.
        """
        with self._refusals_noted(), self.edge.database.transaction() as connection:
            found = read(self.edge.work(connection, self.edge.clock))
            self._note(connection, audit.LOOKED)
            return found

    def _note(self, connection: Connection, outcome: str, answer: object = None) -> None:
        if self.action:
            self.action.write(connection, self.edge.clock.now(), outcome, answer)

    @contextmanager
    def _refusals_noted(self) -> Iterator[None]:
        """Write down, in a transaction of its own, what an operator tried and was refused."""
        try:
            yield
        except Transient:
            raise  # nobody has judged it
        except DomainError as error:
            if self.action:
                self._note_refusal(error)
            raise

    def _note_refusal(self, error: DomainError) -> None:
        try:
            with self.edge.database.transaction() as connection:
                self._note(connection, error.code)
        except Transient:
            # Nothing was changed, and the refusal is what the operator has to be told.
            logger.warning("a refused action was not written down", extra={"code": error.code})


@dataclass(frozen=True)
class Command(Query[W]):
    """Changes something: once per Idempotency-Key, in one transaction that the edge commits."""

    key: IdempotencyKey | None
    status: int

    def run(self, use_case: Callable[[W], T]) -> T:
        """Run the use case and return its view; or replay the answer that this key already has."""
        with self._refusals_noted(), self.edge.database.transaction() as connection:
            if replay := self._claim(connection):
                return replay  # type: ignore[return-value]  # FastAPI sends a Response as it is
            view = use_case(self.edge.work(connection, self.edge.clock))
            self._note(connection, audit.WAITING if _waits(view) else audit.DONE, view)
            self._keep(connection, view)
        if _waits(view):
            return self._waiting(view)  # type: ignore[return-value]  # as above
        return view

    def run_unkept(self, do: Callable[[W], object], show: Callable[[W], object]) -> Answered:
        """Do it, and answer with what `show` reads; of the answer only that it was done is kept.

        For what must not lie about a second time: a replay reads it anew, as it is by then.
        """
        with self._refusals_noted(), self.edge.database.transaction() as connection:
            work = self.edge.work(connection, self.edge.clock)
            replay = self._claim(connection)
            if replay is None:
                do(work)
                self._note(connection, audit.DONE)
                self._keep(connection, None)
            view = show(work)
        return self._replayed(to_json(view).decode(), replay.status_code) if replay else view

    def run_around(
        self,
        prepare: Callable[[W], T],
        call: Callable[[T], Any],
        record: Callable[[W, T, Any], Any],
    ) -> Answered:
        """Prepare and commit; call the outside without any transaction; record and commit.

        What `prepare` leaves behind (an operation row) must let a later attempt go on where a
        crash ended this one.
        """
        with self._refusals_noted():
            with self.edge.database.transaction() as connection:
                if replay := self._claim(connection):
                    return replay
                prepared = prepare(self.edge.work(connection, self.edge.clock))
                self._note(connection, audit.BEGUN)
            result = call(prepared)
            with self.edge.database.transaction() as connection:
                view = record(self.edge.work(connection, self.edge.clock), prepared, result)
                self._note(connection, audit.DONE, view)
                self._keep(connection, view)
            return view

    def _claim(self, connection: Connection) -> Response | None:
        known = self.key.claim(connection, self.edge.clock.now()) if self.key else None
        return self._replayed(known.body, known.status) if known else None

    @staticmethod
    def _replayed(body: str, status: int) -> Response:
        headers = {"Idempotent-Replayed": "true"}
        return Response(body, status, headers=headers, media_type=JSONResponse.media_type)

    def _keep(self, connection: Connection, view: object) -> None:
        if self.key:
            status = HTTPStatus.ACCEPTED if _waits(view) else self.status
            self.key.keep(connection, Answer(status, to_json(view).decode()))

    @staticmethod
    def _waiting(view: object) -> Response:
        body = to_json(view).decode()
        return Response(body, HTTPStatus.ACCEPTED, media_type=JSONResponse.media_type)


def _waits(view: object) -> bool:
    """Tell whether nothing was done yet: a second operator has to approve it."""
    return isinstance(view, ApprovalView) and view.status == audit.WAITING


IdempotencyKeyHeader = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        description="The same key and body replays the first answer; another body is refused.",
    ),
]


async def query(request: Request, who: Caller) -> Query[Any]:
    """FastAPI dependency: a Query of this app's edge."""
    return Query(request.app.state.edge, who, action=await _action(request, who))


async def command(
    request: Request, who: Caller, idempotency_key: IdempotencyKeyHeader = None
) -> Command[Any]:
    """FastAPI dependency: a Command of this app's edge."""
    key = None
    if idempotency_key:
        key = IdempotencyKey.of(
            str(who.person_id) if who else "anonymous",
            idempotency_key,
            request.method.encode(),
            request.url.path.encode(),
            await request.body(),
        )
    return Command(
        request.app.state.edge,
        who,
        key,
        request.scope["route"].status_code or 200,
        action=await _action(request, who),
    )


async def _action(request: Request, who: Person | None) -> Action | None:
    if who is None or not who.is_a(audit.OPERATOR):
        return None
    return await Action.of(request, who.person_id)
