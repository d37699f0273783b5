"""Personal access tokens: made and revoked by their owner, exchanged by the services."""

from dataclasses import replace
from uuid import UUID

from services.accounts.domain.personal_token import (
    EXCHANGED_LASTS,
    HINT_CHARACTERS,
    MOST,
    PersonalToken,
    check_lifetime,
)
from services.accounts.domain.secrets import hash_of, new_secret
from services.accounts.ports import Work
from services.accounts.use_cases.letters import tell
from services.accounts.use_cases.proving import account_of, must_be_fresh, session_of
from shared.errors import NotAuthenticated, NotFound, Rejected
from shared.http.tokens import PERSONAL
from shared.ids import new_id
from shared.messages.accounts import LetterKind, Role
from shared.messages.personal_tokens import (
    ExchangeToken,
    MakeToken,
    NewTokenView,
    PersonalTokenView,
    ScopedTokenView,
)
from shared.observability import security
from shared.people import Person


def make_token(command: MakeToken, by: Person, work: Work) -> NewTokenView:
    """Make a token, and show it this once; its owner is told, in case it wasn't them.

    Raises NotAllowed (`reauthentication_needed`), Invalid (`token_lifetime_invalid`), Rejected
    (`too_many_tokens`).
    """
    session = must_be_fresh(by, work)
    account = account_of(by, work)
    now = work.clock.now()
    check_lifetime(command.expires_at, now)
    if len(work.personal_tokens.of_person(by.person_id, now)) >= MOST:
        raise Rejected("too_many_tokens", "Revoke a token that nothing uses.", at_most=MOST)
    secret = new_secret(PERSONAL)
    token = PersonalToken(
        token_id=new_id(),
        person_id=by.person_id,
        name=command.name,
        token_hash=hash_of(secret),
        hint=secret[:HINT_CHARACTERS],
        scopes=command.scopes,
        made_at=now,
        expires_at=command.expires_at,
    )
    work.personal_tokens.add(token)
    tell(LetterKind.TOKEN_MADE, account, work, device=session.device, about=token.name)
    return NewTokenView(token=secret, **_standing(token))


def list_tokens(by: Person, work: Work) -> list[PersonalTokenView]:
    """Return the caller's tokens that hold, newest first."""
    session_of(by, work)
    held = work.personal_tokens.of_person(by.person_id, work.clock.now())
    return [PersonalTokenView(**_standing(each)) for each in held]


def revoke_token(token_id: UUID, by: Person, work: Work) -> PersonalTokenView:
    """Make a token worth nothing, within a minute; raise NotFound (`token_not_found`)."""
    session_of(by, work)
    token = work.personal_tokens.find(token_id)
    if token is None or token.person_id != by.person_id:
        raise NotFound("token_not_found", "There is no such token of yours.")
    revoked = token.revoked(work.clock.now())
    work.personal_tokens.keep(revoked)
    security.note("token revoked", person_id=by.person_id, token_id=token_id)
    return PersonalTokenView(**_standing(revoked))


def exchange_token(command: ExchangeToken, work: Work) -> ScopedTokenView:
    """Return an access token that is good for a minute and for the scopes of this one.

    It doesn't make an operator: what they do has to be done by a person who is there. Raises
    NotAuthenticated (`token_invalid`).
    """
    now = work.clock.now()
    token = work.personal_tokens.by_hash(hash_of(command.token.get_secret_value()))
    account = work.people.by_id(token.person_id) if token else None
    if account and (account.deleted_at or work.suspensions.holding(account.person_id)):
        account = None
    if token is None or account is None or not token.holds_at(now):
        raise NotAuthenticated(
            "token_invalid", "The personal access token is revoked, expired or mistyped."
        )
    used = token.used(now)
    if used is not token:
        work.personal_tokens.keep(used)
    companies = work.companies.rights_of(account.person_id)
    access = work.tokens.issue(
        replace(account, roles=account.roles - {Role.OPERATOR}),
        companies,
        scopes=frozenset(token.scopes),
        lifetime=EXCHANGED_LASTS,
    )
    return ScopedTokenView(access_token=access.token, expires_in=access.seconds)


def _standing(token: PersonalToken) -> dict[str, object]:
    return {
        "token_id": token.token_id,
        "name": token.name,
        "hint": token.hint,
        "scopes": token.scopes,
        "made_at": token.made_at,
        "expires_at": token.expires_at,
        "last_used_at": token.last_used_at,
    }
