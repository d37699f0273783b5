"""People and how they sign in."""

from services.accounts.domain.account import Account
from services.accounts.domain.appointment import AppointOperator
from services.accounts.ports import Work
from shared.errors import NotAuthenticated, NotFound, Rejected
from shared.ids import new_id
from shared.messages.accounts import (
    PersonRegistered,
    PersonView,
    RegisterPerson,
    Role,
    SignIn,
    TokenView,
)
from shared.people import Person


def register_person(command: RegisterPerson, work: Work) -> PersonView:
    """Open an account for a client or an assistant; `email_taken` when there is one already."""
    return _open_account(command, frozenset(Role(role) for role in command.roles), work)


def appoint_operator(command: AppointOperator, work: Work) -> PersonView:
    """Open an account for an operator; `email_taken` when there is one already."""
    return _open_account(command, frozenset({Role.OPERATOR}), work)


def sign_in(command: SignIn, work: Work) -> TokenView:
    """Return an access token, with what the person may do in companies from now on.

    An unknown address and a wrong password are refused alike and take as long, so that nobody
    learns here who has an account.
    """
    account = work.people.by_email(command.email)
    password = command.password.get_secret_value()
    right = work.passwords.verify(account.password_hash if account else None, password)
    if account is None or not right:
        raise NotAuthenticated(
            "sign_in_failed", "E-mail address or password is wrong. Check both and try again."
        )
    if work.passwords.is_outdated(account.password_hash):
        work.people.keep_password_hash(account.person_id, work.passwords.hash(password))
    return work.tokens.issue(account, work.companies.rights_of(account.person_id))


def show_person(by: Person, work: Work) -> PersonView:
    """Return the account of whoever asks."""
    account = work.people.by_id(by.person_id)
    if account is None:
        raise NotFound("person_not_found", "This account is gone. Register again.")
    return _view(account)


def _open_account(
    command: RegisterPerson | AppointOperator, roles: frozenset[Role], work: Work
) -> PersonView:
    if work.people.by_email(command.email):
        raise _email_taken()  # before the hash, which costs a hundred times as much as the look-up
    account = Account(
        person_id=new_id(),
        email=command.email,
        display_name=command.display_name,
        roles=roles,
        locale=command.locale,
        registered_at=work.clock.now(),
        password_hash=work.passwords.hash(command.password.get_secret_value()),
    )
    if not work.people.add(account):
        raise _email_taken()
    work.outbox.emit(
        PersonRegistered(
            person_id=account.person_id,
            email=account.email,
            display_name=account.display_name,
            roles=account.roles,
            locale=account.locale,
        ),
        subject=account.person_id,
    )
    return _view(account)


def _email_taken() -> Rejected:
    return Rejected("email_taken", "There is an account with this e-mail address. Sign in instead.")


def _view(account: Account) -> PersonView:
    return PersonView(
        person_id=account.person_id,
        email=account.email,
        display_name=account.display_name,
        roles=account.roles,
        locale=account.locale,
        registered_at=account.registered_at,
    )
