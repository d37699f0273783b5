"""Signing in elsewhere over HTTP (OpenID Connect); decides nothing."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from services.accounts.api_support import LIVE_SESSION, Commands, Queries, Unkept, Visitors
from services.accounts.ports_factors import Providers
from services.accounts.use_cases import elsewhere
from shared.http.edge import Answered
from shared.messages.accounts import TokenView
from shared.messages.identities import (
    ElsewhereView,
    FinishElsewhere,
    IdentityView,
    ProviderView,
    RegisterElsewhere,
    StartedElsewhere,
    StartElsewhere,
)

router = APIRouter(prefix="/api/v1/accounts/oidc", tags=["oidc"], dependencies=[LIVE_SESSION])

ProviderName = Annotated[str, Path(pattern=r"^[a-z0-9-]{1,40}$")]


async def _providers(request: Request) -> Providers:
    providers: Providers = request.app.state.providers
    return providers


ProvidersOfApp = Annotated[Providers, Depends(_providers)]


@router.get("")
def list_providers(providers: ProvidersOfApp) -> list[ProviderView]:
    """Return where people may sign in beside here."""
    return elsewhere.list_providers(providers)


@router.get("/identities")
def list_identities(query: Queries, providers: ProvidersOfApp) -> list[IdentityView]:
    """Return the accounts elsewhere that open the caller's own here."""
    person = query.person
    return query.run(lambda work: elsewhere.list_identities(person, providers, work))


@router.post("/registrations", status_code=HTTPStatus.CREATED, response_model=TokenView)
def register_elsewhere(body: RegisterElsewhere, command: Unkept) -> Answered:
    """Open an account for whom a provider vouches, and sign them in."""
    return command.run(lambda work: elsewhere.register(body, work))


@router.post("/{provider}/start", response_model=StartedElsewhere)
def start_elsewhere(
    provider: ProviderName,
    body: StartElsewhere,
    command: Unkept,
    visitor: Visitors,
    providers: ProvidersOfApp,
) -> Answered:
    """Begin to sign in at a provider, or to link the account there with the caller's own."""
    linking = command.person if body.purpose == "link" else None
    way = elsewhere.find_way(provider, providers)
    return command.run(lambda work: elsewhere.start(way, linking, visitor, work))


@router.post("/{provider}/callback", response_model=ElsewhereView)
def come_back(
    provider: ProviderName, body: FinishElsewhere, command: Unkept, providers: ProvidersOfApp
) -> Answered:
    """Sign in with what the provider has sent the browser back with.

    Where nobody has an account yet, the answer says what is needed: its `kind` is `registration`.
    """
    return command.run_around(
        lambda work: elsewhere.come_back(provider, body, None, work),
        lambda challenge: elsewhere.redeem(body, challenge, providers),
        lambda work, challenge, claims: elsewhere.sign_in(challenge, claims, body.device, work),
    )


@router.post("/{provider}/link", response_model=list[IdentityView])
def link(
    provider: ProviderName, body: FinishElsewhere, command: Unkept, providers: ProvidersOfApp
) -> Answered:
    """Let the account at the provider open the caller's own here from now on."""
    person = command.person
    return command.run_around(
        lambda work: elsewhere.come_back(provider, body, person, work),
        lambda challenge: elsewhere.redeem(body, challenge, providers),
        lambda work, challenge, claims: elsewhere.link(challenge, claims, person, providers, work),
    )


@router.delete("/{provider}/link", response_model=list[IdentityView])
def unlink(provider: ProviderName, command: Commands, providers: ProvidersOfApp) -> Answered:
    """Let the account at the provider open the caller's no more."""
    person = command.person
    return command.run(lambda work: elsewhere.unlink(provider, person, providers, work))
