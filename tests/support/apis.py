"""A service's API over its real database, with tokens and a clock of the test's own."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import APIRouter
from fastapi.testclient import TestClient
from sqlalchemy import Connection

from shared.clock import Clock
from shared.db import Database
from shared.http.app import MAX_BODY_BYTES, create_app
from shared.http.edge import Edge
from shared.http.tokens import ALGORITHM, AUDIENCE, ISSUER, TYPE, TokenVerifier
from shared.ids import new_id
from shared.people import Right
from tests.support.fakes import SetClock


@dataclass
class Signer:
    """Signs access tokens as accounts does."""

    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    def find(self, key_id: str) -> Any:
        """Return the public key, as JwksKeys does."""
        return self.key.public_key() if key_id == "test" else None

    def headers(
        self,
        person_id: UUID,
        *roles: str,
        companies: Mapping[UUID, Iterable[Right]] = MappingProxyType({}),
    ) -> dict[str, str]:
        """Return the header that an access token goes in; it is good for centuries."""
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(person_id),
            "roles": roles,
            "companies": {str(each): sorted(rights) for each, rights in companies.items()},
            "iat": 0,
            "exp": int(datetime(2500, 1, 1, tzinfo=UTC).timestamp()),
        }
        token = jwt.encode(claims, self.key, ALGORITHM, headers={"kid": "test", "typ": TYPE})
        return {"Authorization": f"Bearer {token}"}


@dataclass(frozen=True)
class Caller:
    """A signed-in person at an API."""

    person_id: UUID
    headers: dict[str, str]
    client: TestClient

    def get(self, path: str, **options: Any) -> Any:
        """Ask."""
        return self.client.get(path, headers=self.headers, **options)

    def post(self, path: str, json: object = None, *, key: str = "", **options: Any) -> Any:
        """Command; `key` is the Idempotency-Key."""
        headers = self.headers | ({"Idempotency-Key": key} if key else {})
        headers |= options.pop("headers", {})
        body = options if json is None else {"json": json, **options}
        return self.client.post(path, headers=headers, **body)


@dataclass(frozen=True)
class Api:
    """A service's API."""

    client: TestClient
    clock: SetClock
    database: Database
    signer: Signer

    @contextmanager
    def begin(self) -> Iterator[Any]:
        """Yield the Work of a transaction, as an events process gets it."""
        edge: Edge[Any] = self.client.app.state.edge  # type: ignore[attr-defined]  # FastAPI's
        with self.database.transaction() as connection:
            yield edge.work(connection, self.clock)

    def person(
        self,
        *roles: str,
        person_id: UUID | None = None,
        companies: Mapping[UUID, Iterable[Right]] = MappingProxyType({}),
    ) -> Caller:
        """Return somebody who signed in with these roles, and rights in these companies."""
        person_id = person_id or new_id()
        headers = self.signer.headers(person_id, *roles, companies=companies)
        return Caller(person_id, headers, self.client)


@contextmanager
def api_of(
    service: str,
    routers: Iterable[APIRouter],
    work: Callable[[Connection, Clock], Any],
    url: str,
    *,
    max_body_bytes: Callable[[str], int] = lambda _: MAX_BODY_BYTES,
) -> Iterator[Api]:
    """Yield the service's API over the database at this URL."""
    clock, signer, database = SetClock(), Signer(), Database(url)
    edge = Edge(database, work, clock, TokenVerifier(signer.find, clock))
    app = create_app(service, routers, edge, max_body_bytes=max_body_bytes)
    try:
        with TestClient(app, raise_server_exceptions=False) as client:
            yield Api(client, clock, database, signer)
    finally:
        database.engine.dispose()
