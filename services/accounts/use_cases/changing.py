"""Changing who one is: name, reading, language, e-mail address."""

from services.accounts.domain.account import Account, email_key
from services.accounts.domain.secrets import CONFIRMATION_LASTS, LinkFor, hash_of
from services.accounts.domain.session import Visitor
from services.accounts.domain.throttle import Act
from services.accounts.ports import Work
from services.accounts.use_cases.letters import follow, link_invalid, new_link, send_link, tell
from services.accounts.use_cases.people import show
from services.accounts.use_cases.proving import (
    PasswordResult,
    PasswordTask,
    account_of,
    ask_for_proof,
    check_proof,
    lock_account_of,
)
from services.accounts.use_cases.throttling import count
from shared.messages.accounts import (
    ChangeEmail,
    ChangePerson,
    ConfirmEmail,
    LetterKind,
    PersonChanged,
    PersonView,
)
from shared.people import Person


def change_person(command: ChangePerson, by: Person, work: Work) -> PersonView:
    """Set name, reading and language."""
    account = lock_account_of(by, work)
    after = account.changed(
        display_name=command.display_name, reading=command.reading, locale=command.locale
    )
    _keep(account, after, work)
    return show(after, work)


def prepare_email_change(
    command: ChangeEmail, by: Person, visitor: Visitor, work: Work
) -> PasswordTask:
    """Return what is to be checked; raise TooMany, NotAllowed (`reauthentication_needed`)."""
    count(Act.LETTER, email_key(command.email), visitor, work)
    return ask_for_proof(command.password, by, visitor, work)


def ask_email_change(
    command: ChangeEmail,
    result: PasswordResult,
    by: Person,
    visitor: Visitor,
    work: Work,
) -> PersonView:
    """Write to the new address, whose link makes it hold; in place of one asked for before.

    An address that has an account is answered alike; its owner is told. Raises NotAllowed
    (`password_wrong`).
    """
    check_proof(result, by, visitor, work)
    account = account_of(by, work)
    work.links.drop(account.person_id, {LinkFor.EMAIL_CHANGE})
    owner = work.people.by_email(command.email)
    if owner is None or owner.person_id == account.person_id:
        send_link(
            LetterKind.CHANGE_EMAIL,
            LinkFor.EMAIL_CHANGE,
            account,
            CONFIRMATION_LASTS,
            work,
            email=command.email,
        )
    else:
        new_link(LinkFor.EMAIL_CHANGE, by.person_id, command.email, CONFIRMATION_LASTS, work)
        tell(LetterKind.ALREADY_REGISTERED, owner, work)
    return show(account, work)


def confirm_email(command: ConfirmEmail, work: Work) -> PersonView:
    """Let the new address hold, and tell the one before; a second time, show it.

    Raises Rejected (`link_invalid`).
    """
    secret = command.secret.get_secret_value()
    known = work.links.lock(hash_of(secret), LinkFor.EMAIL_CHANGE)
    if known and known.used_at and work.clock.now() < known.expires_at:
        account = work.people.by_id(known.subject)
        if account and account.email == known.email:
            return show(account, work)
    link = follow(LinkFor.EMAIL_CHANGE, secret, work)
    before = work.people.lock(link.subject)
    if before is None or before.deleted_at:
        raise link_invalid()
    after = before.changed(
        email=link.email,
        display_name=before.display_name,
        reading=before.reading,
        locale=before.locale,
    )
    _keep(before, after, work)
    work.links.drop(after.person_id, {LinkFor.EMAIL_CHANGE, LinkFor.PASSWORD_RESET})
    work.registrations.forget(after.email)
    if after is not before:
        tell(LetterKind.EMAIL_CHANGED, after, work, email=before.email, about=after.email)
    return show(after, work)


def _keep(before: Account, after: Account, work: Work) -> None:
    if after is before:
        return
    # Somebody may have registered the address since the letter was sent.
    if not work.people.keep(after):
        raise link_invalid()
    changed = PersonChanged(
        person_id=after.person_id,
        email=after.email,
        display_name=after.display_name,
        reading=after.reading,
        locale=after.locale,
        change=after.change,
    )
    work.outbox.emit(changed, subject=after.person_id)
