"""People over HTTP: registering, and what one may change of oneself; decides nothing."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from services.accounts.api_support import (
    LIVE_SESSION,
    Commands,
    Queries,
    Unkept,
    Visitors,
    done,
)
from services.accounts.use_cases import changing, passwords, people, registering
from shared.http.edge import Answered
from shared.http.etags import TAGGED, Edits, Shown
from shared.messages.accounts import (
    AskConfirmationLetter,
    AskPasswordReset,
    ChangeEmail,
    ChangePassword,
    ChangePerson,
    ConfirmEmail,
    ConfirmPerson,
    LetterAsked,
    PersonView,
    RegisterPerson,
    ResetPassword,
)

JWKS_MAX_AGE_SECONDS = 300

router = APIRouter(prefix="/api/v1/accounts", tags=["accounts"], dependencies=[LIVE_SESSION])


@router.post("/people", status_code=HTTPStatus.CREATED, response_model=PersonView)
def register_person(body: RegisterPerson, command: Commands, visitor: Visitors) -> Answered:
    """Ask for an account: a letter goes to the address, and its link opens the account.

    The answer is the same for an address that has an account: its owner is written to instead.
    """
    return command.run_around(
        lambda work: registering.prepare_registration(body, visitor, work),
        done,
        lambda work, _, result: registering.register_person(body, result, work),
    )


@router.post("/people/confirmation", response_model=PersonView)
def confirm_person(body: ConfirmPerson, command: Unkept) -> Answered:
    """Open the account that a letter's link is about; a second time, show it again."""
    return command.run(lambda work: registering.confirm_person(body, work))


@router.post("/people/confirmation-letters", response_model=LetterAsked)
def send_confirmation_again(
    body: AskConfirmationLetter, command: Commands, visitor: Visitors
) -> Answered:
    """Have the letter with the confirmation link sent again, if the address waits for it."""
    return command.run(lambda work: registering.send_confirmation_again(body, visitor, work))


@router.get("/people/me", responses=TAGGED)
def show_me(query: Queries, shown: Shown) -> PersonView:
    """Show the account of whoever asks."""
    person = query.person
    return shown.as_of(query.run(lambda work: people.show_person(person, work)))


@router.put("/people/me", response_model=PersonView)
def change_me(body: ChangePerson, command: Commands, edit: Edits) -> Answered:
    """Set the name that others see, how it is read, and the language that one is written to in."""
    person = command.person
    person.must_have_signed_in()
    return edit.run(
        command,
        lambda work: people.show_person(person, work),
        lambda work: changing.change_person(body, person, work),
    )


@router.put("/people/me/password", response_model=PersonView)
def change_password(body: ChangePassword, command: Unkept, visitor: Visitors) -> Answered:
    """Replace one's password. Every other session ends."""
    person = command.person
    return command.run_around(
        lambda work: passwords.prepare_change(body, person, visitor, work),
        done,
        lambda work, _, result: passwords.change_password(result, person, visitor, work),
    )


@router.post("/people/me/email", response_model=PersonView)
def change_email(body: ChangeEmail, command: Unkept, visitor: Visitors) -> Answered:
    """Ask for another e-mail address: a letter goes there, and its link makes it hold.

    Takes the password, or a proof of who one is that was given within 10 minutes.
    """
    person = command.person
    return command.run_around(
        lambda work: changing.prepare_email_change(body, person, visitor, work),
        done,
        lambda work, _, result: changing.ask_email_change(body, result, person, visitor, work),
    )


@router.post("/people/email-confirmation", response_model=PersonView)
def confirm_email(body: ConfirmEmail, command: Unkept) -> Answered:
    """Let a new address hold, by the link of the letter to it."""
    return command.run(lambda work: changing.confirm_email(body, work))


@router.post("/password-resets", response_model=LetterAsked)
def ask_password_reset(body: AskPasswordReset, command: Commands, visitor: Visitors) -> Answered:
    """Ask for a letter with a link to set a new password, if the address has an account."""
    return command.run(lambda work: passwords.ask_password_reset(body, visitor, work))


@router.post("/password-resets/redemption", response_model=LetterAsked)
def reset_password(body: ResetPassword, command: Unkept, visitor: Visitors) -> Answered:
    """Set a new password by the link of a letter. Every session ends."""
    return command.run_around(
        lambda work: passwords.prepare_reset(body, visitor, work),
        done,
        lambda work, _, result: passwords.reset_password(body, result, work),
    )


class JwkSet(JSONResponse):
    """Public keys (RFC 7517)."""

    media_type = "application/jwk-set+json"


def well_known(jwks: Callable[[], Mapping[str, Any]]) -> APIRouter:
    """Return the endpoints that publish the public keys of access tokens (RFC 7517)."""
    published = APIRouter(tags=["accounts"])
    headers = {"Cache-Control": f"public, max-age={JWKS_MAX_AGE_SECONDS}"}

    def keys() -> JwkSet:
        """Publish the keys that verify access tokens, as a JWK set."""
        return JwkSet(dict(jwks()), headers=headers)

    published.get("/api/v1/accounts/.well-known/jwks.json", response_class=JwkSet)(keys)
    published.get("/.well-known/jwks.json", include_in_schema=False)(keys)
    return published
