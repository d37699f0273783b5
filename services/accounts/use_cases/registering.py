"""Registering: an account is opened once its address is shown to be the registrant's.

Whoever registers an address that has an account is answered as everybody else, after the same
work; its owner is told. So nobody learns here who has an account.
"""

from services.accounts.domain.account import Account, Registration, email_key
from services.accounts.domain.secrets import CONFIRMATION_LASTS, LinkFor, hash_of
from services.accounts.domain.session import Visitor
from services.accounts.domain.throttle import Act
from services.accounts.ports import Work
from services.accounts.use_cases.letters import link_invalid, new_link, send_link, tell
from services.accounts.use_cases.proving import PasswordResult, PasswordTask, task
from services.accounts.use_cases.throttling import count
from services.accounts.use_cases.viewing import person_view
from shared.ids import new_id
from shared.messages.accounts import (
    AskConfirmationLetter,
    ConfirmPerson,
    LetterAsked,
    LetterKind,
    PersonRegistered,
    PersonView,
    RegisterPerson,
    Role,
)

# Of so many registrations of one address a letter is sent again, each with a link of its own.
LETTERS_AT_ONCE = 3


def prepare_registration(command: RegisterPerson, visitor: Visitor, work: Work) -> PasswordTask:
    """Return what there is to do with the password; raise TooMany (`too_many_attempts`)."""
    count(Act.LETTER, email_key(command.email), visitor, work)
    own_words = (command.email, command.display_name)
    return task(work, new=command.password, own_words=own_words)


def register_person(command: RegisterPerson, result: PasswordResult, work: Work) -> PersonView:
    """Keep the registration and write to its address."""
    registration = Registration(
        person_id=new_id(),
        email=command.email,
        display_name=command.display_name,
        reading=command.reading,
        roles=frozenset(Role(role) for role in command.roles),
        locale=command.locale,
        password_hash=result.new_hash or "",
        registered_at=work.clock.now(),
    )
    work.registrations.add(registration)
    if owner := work.people.by_email(command.email):
        # As much work as for everybody, for a link that nobody is sent.
        new_link(
            LinkFor.REGISTRATION,
            registration.person_id,
            registration.email,
            CONFIRMATION_LASTS,
            work,
        )
        tell(LetterKind.ALREADY_REGISTERED, owner, work)
    else:
        _send_confirmation(registration, work)
    return person_view(registration.account(), email_verified=False)


def send_confirmation_again(
    command: AskConfirmationLetter, visitor: Visitor, work: Work
) -> LetterAsked:
    """Write again to an address that waits for its confirmation, or that has an account.

    The answer is always the same. Raises TooMany (`too_many_attempts`).
    """
    count(Act.LETTER, email_key(command.email), visitor, work)
    if owner := work.people.by_email(command.email):
        tell(LetterKind.ALREADY_REGISTERED, owner, work)
        return LetterAsked()
    since = work.clock.now() - CONFIRMATION_LASTS
    for registration in work.registrations.newest(command.email, since, LETTERS_AT_ONCE):
        _send_confirmation(registration, work)
    return LetterAsked()


def confirm_person(command: ConfirmPerson, work: Work) -> PersonView:
    """Open the account whose registration the link is of; a second time, show it.

    Raises Rejected (`link_invalid`).
    """
    now = work.clock.now()
    link = work.links.lock(hash_of(command.secret.get_secret_value()), LinkFor.REGISTRATION)
    if link is None or now >= link.expires_at:
        raise link_invalid()
    if link.used_at and (account := work.people.by_id(link.subject)):
        return person_view(account)
    registration = work.registrations.find(link.subject)
    if registration is None or not open_account(registration.account(), work):
        raise link_invalid()
    work.links.note_used(link.used(now))
    return person_view(registration.account())


def open_account(account: Account, work: Work) -> bool:
    """Open the account of somebody whose address is known to be theirs, and tell the others.

    Returns False when the address has an account.
    """
    if not work.people.add(account):
        return False
    work.registrations.forget(account.email)
    work.outbox.emit(
        PersonRegistered(
            person_id=account.person_id,
            email=account.email,
            display_name=account.display_name,
            roles=account.roles,
            locale=account.locale,
            reading=account.reading,
        ),
        subject=account.person_id,
    )
    return True


def _send_confirmation(registration: Registration, work: Work) -> None:
    send_link(
        LetterKind.CONFIRM_EMAIL, LinkFor.REGISTRATION, registration, CONFIRMATION_LASTS, work
    )
