"""The edge of a service's api: who asks, one transaction, one answer.

An endpoint takes `Command[Work]` for what changes something and `Query[Work]` for what only reads:

    @router.post("/jobs", status_code=201, response_model=JobView)
    def post_job(body: PostJob, command: Commands) -> Answered:
        return command.run(lambda work: use_cases.post_job(body, command.person, work))
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Generic, Self, TypeVar

from fastapi import Depends, Header, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic_core import to_json
from sqlalchemy import Connection

from shared.clock import Clock
from shared.db import Database
from shared.errors import NotAuthenticated
from shared.http.idempotency import Answer, IdempotencyKey
from shared.http.limits import Limits
from shared.http.tokens import AccountsExchange, JwksKeys, TokenVerifier
from shared.people import Person
from shared.settings import Settings

W = TypeVar("W")
T = TypeVar("T")

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
        return cls(settings.database(), work, clock, tokens, limits)


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
    access = "read" if request.method in {"GET", "HEAD"} else "write"
    person.must_hold(f"{request.app.state.service}:{access}")
    return person


Caller = Annotated[Person | None, Depends(caller)]


@dataclass(frozen=True)
class Query(Generic[W]):
    """Reads, in one transaction."""

    edge: Edge[W]
    caller: Person | None

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


@dataclass(frozen=True)
class Command(Query[W]):
    """Changes something: once per Idempotency-Key, in one transaction that the edge commits."""

    key: IdempotencyKey | None
    status: int

    def run(self, use_case: Callable[[W], T]) -> T:
        """Run the use case and return its view; or replay the answer that this key already has."""
        with self.edge.database.transaction() as connection:
            if replay := self._claim(connection):
                return replay  # type: ignore[return-value]  # FastAPI sends a Response as it is
            view = use_case(self.edge.work(connection, self.edge.clock))
            self._keep(connection, view)
        return view

    def run_unkept(self, do: Callable[[W], object], show: Callable[[W], object]) -> Answered:
        """Do it, and answer with what `show` reads; of the answer only that it was done is kept.

        For what must not lie about a second time: a replay reads it anew, as it is by then.
        """
        with self.edge.database.transaction() as connection:
            work = self.edge.work(connection, self.edge.clock)
            replay = self._claim(connection)
            if replay is None:
                do(work)
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
        with self.edge.database.transaction() as connection:
            if replay := self._claim(connection):
                return replay
            prepared = prepare(self.edge.work(connection, self.edge.clock))
        result = call(prepared)
        with self.edge.database.transaction() as connection:
            view = record(self.edge.work(connection, self.edge.clock), prepared, result)
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
            self.key.keep(connection, Answer(self.status, to_json(view).decode()))


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
    return Query(request.app.state.edge, who)


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
    return Command(request.app.state.edge, who, key, request.scope["route"].status_code or 200)
