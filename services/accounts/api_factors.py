"""Second factors and passkeys over HTTP: set up, and signed in by; decides nothing.

What is shown once takes no Idempotency-Key: that would mean to keep it.
"""

from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter

from services.accounts.api_support import LIVE_SESSION, Commands, Queries, Unkept, Visitors
from services.accounts.use_cases import factors, passkeys, second_factor
from shared.http.edge import Answered
from shared.messages.accounts import SessionView, TokenView
from shared.messages.factors import (
    AddPasskey,
    AskSecondFactorPasskey,
    CompleteSignIn,
    ConfirmTotp,
    FactorAddedView,
    FactorsView,
    PasskeyOptionsView,
    ProvePresenceByPasskey,
    RecoveryCodesView,
    SignInWithPasskey,
    TotpView,
)

router = APIRouter(prefix="/api/v1/accounts", tags=["factors"], dependencies=[LIVE_SESSION])
signing_in = APIRouter(prefix="/api/v1/accounts/sessions", tags=["factors"])


@router.get("/factors")
def show_factors(query: Queries) -> FactorsView:
    """Return what the caller has set up to prove who they are."""
    person = query.person
    return query.run(lambda work: factors.show_factors(person, work))


@router.post("/factors/totp", status_code=HTTPStatus.CREATED, response_model=TotpView)
def start_totp(command: Unkept) -> Answered:
    """Get a secret for an app that shows codes; it counts once a code is sent."""
    person = command.person
    return command.run(lambda work: factors.start_totp(person, work))


@router.post("/factors/totp/confirmation", response_model=FactorAddedView)
def confirm_totp(body: ConfirmTotp, command: Unkept, visitor: Visitors) -> Answered:
    """Set the app up by a code of it; with the first factor come recovery codes."""
    person = command.person
    return command.run_around(
        lambda work: factors.begin_totp_confirmation(person, visitor, work),
        lambda counted: counted,
        lambda work, _, __: factors.confirm_totp(body, person, visitor, work),
    )


@router.delete("/factors/totp", response_model=FactorsView)
def remove_totp(command: Commands) -> Answered:
    """Do without the app from now on."""
    person = command.person
    return command.run(lambda work: factors.remove_totp(person, work))


@router.post(
    "/factors/recovery-codes", status_code=HTTPStatus.CREATED, response_model=RecoveryCodesView
)
def make_recovery_codes(command: Unkept) -> Answered:
    """Make ten new recovery codes; those of before are worth nothing any more."""
    person = command.person
    return command.run(lambda work: factors.make_recovery_codes(person, work))


@router.post("/factors/passkeys/options", response_model=PasskeyOptionsView)
def start_passkey(command: Unkept) -> Answered:
    """Get what a browser needs to make a passkey."""
    person = command.person
    return command.run(lambda work: passkeys.start_passkey(person, work))


@router.post("/factors/passkeys", status_code=HTTPStatus.CREATED, response_model=FactorAddedView)
def add_passkey(body: AddPasskey, command: Unkept) -> Answered:
    """Keep the passkey that a device has made; with the first factor come recovery codes."""
    person = command.person
    return command.run(lambda work: passkeys.add_passkey(body, person, work))


@router.delete("/factors/passkeys/{passkey_id}", response_model=FactorsView)
def remove_passkey(passkey_id: UUID, command: Commands) -> Answered:
    """Do without a passkey from now on."""
    person = command.person
    return command.run(lambda work: passkeys.remove_passkey(passkey_id, person, work))


@signing_in.post("/second-factor/passkey-options", response_model=PasskeyOptionsView)
def ask_second_factor_passkey(body: AskSecondFactorPasskey, command: Unkept) -> Answered:
    """Get what a browser needs to be the second factor of a sign-in."""
    return command.run(lambda work: second_factor.ask_passkey(body, work))


@signing_in.post("/second-factor", status_code=HTTPStatus.CREATED, response_model=TokenView)
def complete_sign_in(body: CompleteSignIn, command: Unkept, visitor: Visitors) -> Answered:
    """End a sign-in with a code of an app, a recovery code, or a passkey."""
    return command.run_around(
        lambda work: second_factor.begin_completion(body, visitor, work),
        lambda counted: counted,
        lambda work, _, __: second_factor.complete_sign_in(body, visitor, work),
    )


@signing_in.post("/passkey-options", response_model=PasskeyOptionsView)
def start_passkey_sign_in(command: Unkept, visitor: Visitors) -> Answered:
    """Get what a browser needs to sign somebody in by a passkey alone."""
    return command.run(lambda work: passkeys.start_passkey_sign_in(visitor, work))


@signing_in.post("/passkey", status_code=HTTPStatus.CREATED, response_model=TokenView)
def sign_in_with_passkey(body: SignInWithPasskey, command: Unkept, visitor: Visitors) -> Answered:
    """Sign in by a passkey alone: it is both factors in one."""
    return command.run(lambda work: passkeys.sign_in_with_passkey(body, visitor, work))


@router.post("/sessions/me/proof/passkey-options", response_model=PasskeyOptionsView)
def start_passkey_proof(command: Unkept) -> Answered:
    """Get what a browser needs to prove once more who is there."""
    person = command.person
    return command.run(lambda work: passkeys.start_proof(person, work))


@router.post("/sessions/me/proof/passkey", response_model=SessionView)
def prove_presence_by_passkey(body: ProvePresenceByPasskey, command: Unkept) -> Answered:
    """Prove once more who one is, where `reauthentication_needed` has been answered."""
    person = command.person
    return command.run(lambda work: passkeys.prove_presence(body, person, work))
