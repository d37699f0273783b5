"""Signing in elsewhere: by a provider that vouches for who somebody is (OpenID Connect).

An account there opens one here only where its owner has said so, signed in here: an address alone,
however verified, would let every provider into everybody's account.
"""

from dataclasses import dataclass

from services.accounts.domain.account import Account
from services.accounts.domain.challenge import Challenge, ChallengeFor
from services.accounts.domain.identity import Begun, Claims, Identity
from services.accounts.domain.secrets import new_secret
from services.accounts.domain.session import SignInBy, Visitor
from services.accounts.ports import Work
from services.accounts.ports_factors import Providers
from services.accounts.use_cases.challenges import LASTS_SECONDS, begin, meet
from services.accounts.use_cases.letters import tell
from services.accounts.use_cases.proving import account_of, must_be_fresh, session_of
from services.accounts.use_cases.registering import open_account
from services.accounts.use_cases.sessions import open_session
from services.accounts.use_cases.signing_in import conclude
from services.accounts.use_cases.ways_in import check_way_in
from shared.errors import NotFound, Rejected
from shared.ids import new_id
from shared.messages.accounts import (
    LetterKind,
    Role,
    SecondFactorNeeded,
    SignInMethod,
    TokenView,
)
from shared.messages.identities import (
    FinishElsewhere,
    IdentityView,
    ProviderView,
    RegisterElsewhere,
    RegistrationNeeded,
    StartedElsewhere,
)
from shared.people import Person


@dataclass(frozen=True)
class Way:
    """A way to a provider, and the state that a browser comes back with."""

    provider: str
    state: str
    begun: Begun


def list_providers(providers: Providers) -> list[ProviderView]:
    """Return where people may sign in beside here."""
    return [ProviderView(name=each.name, label=each.label) for each in providers.all()]


def find_way(provider: str, providers: Providers) -> Way:
    """Ask the provider for the way; outside of any transaction."""
    state = new_secret()
    return Way(provider, state, providers.begin(provider, state))


def start(way: Way, linking: Person | None, visitor: Visitor, work: Work) -> StartedElsewhere:
    """Keep what checks who comes back: somebody, or the person who wants to link.

    Raises NotAllowed (`reauthentication_needed`) when it is to link.
    """
    if linking is not None:
        must_be_fresh(linking, work)
    begin(
        ChallengeFor.ELSEWHERE,
        work,
        person_id=linking.person_id if linking else None,
        method=SignInMethod.OIDC,
        device=visitor.device,
        secret=way.state,
        facts={
            "provider": way.provider,
            "nonce": way.begun.nonce,
            "verifier": way.begun.verifier,
        },
    )
    return StartedElsewhere(
        authorization_url=way.begun.authorization_url,
        state=way.state,
        expires_in=LASTS_SECONDS,
    )


def come_back(
    provider: str, command: FinishElsewhere, linking: Person | None, work: Work
) -> Challenge:
    """Return what was kept; it is used up, whatever becomes of it.

    Raises Rejected (`challenge_invalid`): also when it was begun for the other purpose, by
    somebody else, or for another provider.
    """
    state = command.state.get_secret_value()
    challenge = meet(state, ChallengeFor.ELSEWHERE, work)
    owner = linking.person_id if linking else None
    if challenge.person_id != owner or challenge.facts["provider"] != provider:
        raise Rejected("challenge_invalid", "This was begun otherwise. Begin anew.")
    return challenge


def redeem(command: FinishElsewhere, challenge: Challenge, providers: Providers) -> Claims:
    """Return what the provider says of who has come back; outside of any transaction."""
    begun = Begun("", challenge.facts["nonce"], challenge.facts["verifier"])
    return providers.redeem(challenge.facts["provider"], command.code.get_secret_value(), begun)


def sign_in(
    challenge: Challenge, claims: Claims, device: str | None, work: Work
) -> TokenView | SecondFactorNeeded | RegistrationNeeded:
    """Return tokens, or ask for the second factor that is set up here, or for a registration.

    Raises Rejected (`provider_email_unverified`, `provider_link_needed`).
    """
    provider, device = challenge.facts["provider"], device or challenge.device
    known = work.identities.find(provider, claims.subject)
    account = work.people.by_id(known.person_id) if known else None
    if known is not None and account is not None and not account.deleted_at:
        work.identities.note_used(known.used(work.clock.now()))
        return conclude(account, SignInBy(SignInMethod.OIDC, device), work)
    email = _verified_email(claims)
    if work.people.by_email(email) is not None:
        raise _link_needed()
    facts = {"provider": provider, "subject": claims.subject, "email": email}
    secret = begin(
        ChallengeFor.ELSEWHERE_REGISTRATION,
        work,
        method=SignInMethod.OIDC,
        device=device,
        facts=facts,
    )
    return RegistrationNeeded(
        challenge=secret,
        email=email,
        display_name=claims.display_name,
        expires_in=LASTS_SECONDS,
    )


def register(command: RegisterElsewhere, work: Work) -> TokenView:
    """Open an account for whom a provider vouches, and sign them in.

    The address is confirmed by that. Raises Rejected (`challenge_invalid`,
    `provider_link_needed`).
    """
    secret = command.challenge.get_secret_value()
    challenge = meet(secret, ChallengeFor.ELSEWHERE_REGISTRATION, work)
    now = work.clock.now()
    account = Account(
        person_id=new_id(),
        email=challenge.facts["email"],
        display_name=command.display_name,
        roles=frozenset(Role(role) for role in command.roles),
        locale=command.locale,
        registered_at=now,
        password_hash=None,
        reading=command.reading,
    )
    identity = Identity(
        provider=challenge.facts["provider"],
        subject=challenge.facts["subject"],
        person_id=account.person_id,
        email=account.email,
        linked_at=now,
        last_used_at=now,
    )
    if not open_account(account, work) or not work.identities.add(identity):
        raise _link_needed()
    return open_session(account, SignInBy(SignInMethod.OIDC, challenge.device), work)


def link(
    challenge: Challenge, claims: Claims, by: Person, providers: Providers, work: Work
) -> list[IdentityView]:
    """Let the account elsewhere open the caller's own here; its owner is told.

    Raises Rejected (`provider_email_unverified`, `provider_linked_already`).
    """
    session = session_of(by, work)
    account = account_of(by, work)
    provider = challenge.facts["provider"]
    identity = Identity(
        provider=provider,
        subject=claims.subject,
        person_id=by.person_id,
        email=_verified_email(claims),
        linked_at=work.clock.now(),
    )
    if not work.identities.add(identity):
        raise Rejected(
            "provider_linked_already",
            "That account is linked with one here, or yours with another there. Unlink it first.",
        )
    label = _labels(providers)[provider]
    tell(LetterKind.PROVIDER_LINKED, account, work, device=session.device, about=label)
    return list_identities(by, providers, work)


def unlink(provider: str, by: Person, providers: Providers, work: Work) -> list[IdentityView]:
    """Let the account elsewhere open the caller's no more.

    Raises NotAllowed (`reauthentication_needed`), NotFound (`identity_not_found`), Rejected
    (`last_way_in`).
    """
    session = must_be_fresh(by, work)
    account = account_of(by, work)
    work.factors.lock(by.person_id)  # no other way in may be taken away meanwhile
    held = work.identities.of_person(by.person_id)
    gone = next((each for each in held if each.provider == provider), None)
    if gone is None:
        raise NotFound("identity_not_found", "You have no account linked there.")
    work.identities.remove(gone)
    check_way_in(account, work)
    label = _labels(providers).get(provider, provider)
    tell(LetterKind.PROVIDER_UNLINKED, account, work, device=session.device, about=label)
    return list_identities(by, providers, work)


def list_identities(by: Person, providers: Providers, work: Work) -> list[IdentityView]:
    """Return the accounts elsewhere that open the caller's."""
    session_of(by, work)
    labels = _labels(providers)
    return [
        IdentityView(
            provider=each.provider,
            label=labels.get(each.provider, each.provider),
            email=each.email,
            linked_at=each.linked_at,
            last_used_at=each.last_used_at,
        )
        for each in work.identities.of_person(by.person_id)
    ]


def _labels(providers: Providers) -> dict[str, str]:
    return {each.name: each.label for each in providers.all()}


def _verified_email(claims: Claims) -> str:
    if claims.email is None:
        raise Rejected(
            "provider_email_unverified",
            "The provider doesn't vouch for your address. Confirm it there, or register here.",
        )
    return claims.email


def _link_needed() -> Rejected:
    return Rejected(
        "provider_link_needed",
        "An account here has this address. Sign in to it, then link the two in its settings.",
    )
