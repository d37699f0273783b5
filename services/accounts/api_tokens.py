"""Personal access tokens over HTTP; decides nothing."""

from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter
from pydantic import SecretStr

from services.accounts.api_support import LIVE_SESSION, Commands, Queries, Unkept
from services.accounts.ports import Work
from services.accounts.use_cases import personal_tokens
from shared.http.edge import Answered, Edge
from shared.http.tokens import EXCHANGE_PATH, Exchange
from shared.messages.personal_tokens import (
    ExchangeToken,
    MakeToken,
    NewTokenView,
    PersonalTokenView,
    ScopedTokenView,
)

router = APIRouter(prefix="/api/v1/accounts/tokens", tags=["tokens"], dependencies=[LIVE_SESSION])
exchange = APIRouter(tags=["tokens"])


@router.post("", status_code=HTTPStatus.CREATED, response_model=NewTokenView)
def make_token(body: MakeToken, command: Unkept) -> Answered:
    """Make a personal access token; it is shown this once.

    Takes no Idempotency-Key: that would mean to keep the token.
    """
    person = command.person
    return command.run(lambda work: personal_tokens.make_token(body, person, work))


@router.get("")
def list_tokens(query: Queries) -> list[PersonalTokenView]:
    """Return the caller's tokens that hold, newest first."""
    person = query.person
    return query.run(lambda work: personal_tokens.list_tokens(person, work))


@router.delete("/{token_id}", response_model=PersonalTokenView)
def revoke_token(token_id: UUID, command: Commands) -> Answered:
    """Make a token worth nothing. Services that have just seen it may take it a minute longer."""
    person = command.person
    return command.run(lambda work: personal_tokens.revoke_token(token_id, person, work))


@exchange.post(EXCHANGE_PATH, response_model=ScopedTokenView)
def exchange_token(body: ExchangeToken, command: Unkept) -> Answered:
    """Exchange a personal access token for an access token, as every service does by itself."""
    return command.run(lambda work: personal_tokens.exchange_token(body, work))


def exchange_in(edge: Edge[Work]) -> Exchange:
    """Return what exchanges tokens within accounts, which needs not ask itself over HTTP."""

    def exchanged(token: str) -> str:
        # Not validated: what is too long to be a token is the hash of none.
        command = ExchangeToken.model_construct(token=SecretStr(token))
        with edge.database.transaction() as connection:
            work = edge.work(connection, edge.clock)
            return personal_tokens.exchange_token(command, work).access_token

    return exchanged
