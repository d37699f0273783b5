"""What people do with their accounts, in memory: each step as an endpoint takes it."""

from typing import Any

from pydantic import SecretStr

from services.accounts.domain.session import Visitor
from services.accounts.use_cases import registering, signing_in
from services.accounts.use_cases.proving import PasswordResult
from shared.messages.accounts import (
    ConfirmPerson,
    PersonView,
    RegisterPerson,
    Role,
    SecondFactorNeeded,
    SecretLetter,
    SignIn,
    TokenView,
)
from shared.people import Person
from tests.unit.accounts.fakes import Fakes

PASSWORD = "correct horse battery"
HOME = Visitor("192.0.2.1", "Firefox, Linux")


def ask_for_account(
    fakes: Fakes, email: str = "Hanako@example.jp", visitor: Visitor = HOME, **changes: Any
) -> PersonView:
    command = RegisterPerson.model_validate(
        {
            "email": email,
            "password": PASSWORD,
            "display_name": "花子",
            "roles": [Role.ASSISTANT],
        }
        | changes
    )
    task = registering.prepare_registration(command, visitor, fakes.work)
    return registering.register_person(command, task.done(), fakes.work)


def letters(fakes: Fakes) -> list[SecretLetter]:
    """Return the letters that were written since they were read last."""
    return [each for each in fakes.told() if isinstance(each, SecretLetter)]


def follow_link(fakes: Fakes) -> PersonView:
    """Follow the link of the one letter that was written."""
    [letter] = letters(fakes)
    command = ConfirmPerson(secret=SecretStr(letter.secret or ""))
    return registering.confirm_person(command, fakes.work)


def open_account(fakes: Fakes, email: str = "Hanako@example.jp", **changes: Any) -> PersonView:
    fakes.told()
    ask_for_account(fakes, email, **changes)
    view = follow_link(fakes)
    fakes.told()
    return view


def try_sign_in(
    fakes: Fakes, email: str, password: str = PASSWORD, visitor: Visitor = HOME
) -> TokenView | SecondFactorNeeded:
    command = SignIn(email=email, password=SecretStr(password))
    result: PasswordResult = signing_in.begin_sign_in(command, visitor, fakes.work).done()
    return signing_in.sign_in(command, result, visitor, fakes.work)


def sign_in(
    fakes: Fakes, email: str = "Hanako@example.jp", password: str = PASSWORD, at: Visitor = HOME
) -> TokenView:
    signed_in = try_sign_in(fakes, email, password, at)
    assert isinstance(signed_in, TokenView)
    return signed_in


def person_of(fakes: Fakes, tokens: TokenView) -> Person:
    """Return who an access token would say is asking."""
    session = fakes.sessions.kept[tokens.session_id]
    return Person(session.person_id, frozenset(), session_id=session.session_id)
