"""People: who they are, and those who are appointed."""

from services.accounts.domain.account import Account
from services.accounts.domain.appointment import AppointOperator
from services.accounts.domain.secrets import LinkFor
from services.accounts.ports import Work
from services.accounts.use_cases.proving import account_of
from services.accounts.use_cases.registering import open_account
from services.accounts.use_cases.viewing import person_view
from shared.errors import Rejected
from shared.ids import new_id
from shared.messages.accounts import PersonView, Role
from shared.people import Person


def appoint_operator(command: AppointOperator, work: Work) -> PersonView:
    """Open an account for an operator; `email_taken` when there is one already."""
    if work.people.by_email(command.email):
        raise _email_taken()  # before the hash, which costs a hundred times as much as the look-up
    account = Account(
        person_id=new_id(),
        email=command.email,
        display_name=command.display_name,
        roles=frozenset({Role.OPERATOR}),
        locale=command.locale,
        registered_at=work.clock.now(),
        password_hash=work.passwords.hash(command.password.get_secret_value()),
    )
    if not open_account(account, work):
        raise _email_taken()
    return person_view(account)


def show_person(by: Person, work: Work) -> PersonView:
    """Return the account of whoever asks, with the roles that count in their session."""
    account = account_of(by, work)
    missing = Role.OPERATOR in account.roles and not by.is_a(Role.OPERATOR)
    view = show(account, work)
    if not missing:
        return view
    roles = account.roles - {Role.OPERATOR}
    return view.model_copy(update={"roles": roles, "second_factor_needed": True})


def show(account: Account, work: Work) -> PersonView:
    """Return an account, with the address that it waits to have."""
    asked = work.links.open_of(account.person_id, LinkFor.EMAIL_CHANGE, work.clock.now())
    return person_view(account, new_email=asked[0].email if asked else None)


def _email_taken() -> Rejected:
    return Rejected("email_taken", "There is an account with this e-mail address. Sign in instead.")
