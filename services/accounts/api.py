"""The HTTP API of accounts: decides nothing."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse

from services.accounts.ports import Work
from services.accounts.use_cases import people
from shared.http.edge import Answered, Command, Query, command, query
from shared.messages.accounts import PersonView, RegisterPerson, SignIn, TokenView

JWKS_MAX_AGE_SECONDS = 300

Commands = Annotated[Command[Work], Depends(command)]
Queries = Annotated[Query[Work], Depends(query)]

router = APIRouter(prefix="/api/v1/accounts", tags=["accounts"])


@router.post("/people", status_code=HTTPStatus.CREATED, response_model=PersonView)
def register_person(body: RegisterPerson, command: Commands) -> Answered:
    """Open an account. The e-mail address is unique, however it is capitalised."""
    return command.run(lambda work: people.register_person(body, work))


@router.post("/sessions", status_code=HTTPStatus.CREATED)
def sign_in(body: SignIn, query: Queries) -> TokenView:
    """Sign in: exchange e-mail and password for an access token.

    Takes no Idempotency-Key: that would mean to keep the token.
    """
    return query.run(lambda work: people.sign_in(body, work))


@router.get("/people/me")
def show_me(query: Queries) -> PersonView:
    """Show the account of whoever asks."""
    person = query.person
    return query.run(lambda work: people.show_person(person, work))


def well_known(jwks: Mapping[str, Any]) -> APIRouter:
    """Return the endpoints that publish the public keys of access tokens (RFC 7517)."""
    published = APIRouter(tags=["accounts"])
    headers = {"Cache-Control": f"public, max-age={JWKS_MAX_AGE_SECONDS}"}

    def keys() -> JSONResponse:
        """Publish the keys that verify access tokens, as a JWK set."""
        return JSONResponse(dict(jwks), headers=headers, media_type="application/jwk-set+json")

    published.get("/api/v1/accounts/.well-known/jwks.json")(keys)
    published.get("/.well-known/jwks.json", include_in_schema=False)(keys)
    return published
