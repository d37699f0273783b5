"""Changing a password, and setting a new one by the link of a letter."""

from uuid import UUID

from services.accounts.domain.account import Account, email_key
from services.accounts.domain.secrets import RESET_LASTS, LinkFor, hash_of
from services.accounts.domain.session import Ending, Visitor
from services.accounts.domain.throttle import Act
from services.accounts.ports import Work
from services.accounts.use_cases.letters import follow, link_invalid, send_link, tell
from services.accounts.use_cases.people import show
from services.accounts.use_cases.proving import (
    PasswordResult,
    PasswordTask,
    account_of,
    ask_for_proof,
    check_proof,
    task,
)
from services.accounts.use_cases.sessions import end_all
from services.accounts.use_cases.throttling import count
from shared.messages.accounts import (
    AskPasswordReset,
    ChangePassword,
    LetterAsked,
    LetterKind,
    PersonView,
    ResetPassword,
)
from shared.people import Person


def prepare_change(
    command: ChangePassword, by: Person, visitor: Visitor, work: Work
) -> PasswordTask:
    """Return what is to be checked; raise Rejected (`password_needed`), TooMany."""
    return ask_for_proof(command.current, by, visitor, work, new=command.new, password_needed=True)


def change_password(result: PasswordResult, by: Person, visitor: Visitor, work: Work) -> PersonView:
    """Replace the password; every other session ends, and so do links to set a new one.

    Raises NotAllowed (`password_wrong`).
    """
    check_proof(result, by, visitor, work)
    account = account_of(by, work)
    _set_password(account, result, work, stays=by.session_id)
    return show(account_of(by, work), work)


def ask_password_reset(command: AskPasswordReset, visitor: Visitor, work: Work) -> LetterAsked:
    """Write to the owner of the account, if there is one; the answer is always the same.

    Raises TooMany (`too_many_attempts`).
    """
    count(Act.LETTER, email_key(command.email), visitor, work)
    if account := work.people.by_email(command.email):
        send_link(LetterKind.RESET_PASSWORD, LinkFor.PASSWORD_RESET, account, RESET_LASTS, work)
    return LetterAsked()


def prepare_reset(command: ResetPassword, visitor: Visitor, work: Work) -> PasswordTask:
    """Return what there is to do with the new password; raise TooMany (`too_many_attempts`)."""
    count(Act.LINK, hash_of(command.secret.get_secret_value()), visitor, work)
    return task(work, new=command.new)


def reset_password(command: ResetPassword, result: PasswordResult, work: Work) -> LetterAsked:
    """Set a new password by the link of a letter; every session ends, every token is revoked.

    Raises Rejected (`link_invalid`).
    """
    link = follow(LinkFor.PASSWORD_RESET, command.secret.get_secret_value(), work)
    account = work.people.lock(link.subject)
    # The letter proves who reads that mailbox, not who read it once.
    if account is None or account.email_key != email_key(link.email):
        raise link_invalid()
    _set_password(account, result, work, stays=None)
    return LetterAsked()


def _set_password(
    account: Account, result: PasswordResult, work: Work, *, stays: UUID | None
) -> None:
    work.people.keep_password_hash(account.person_id, result.new_hash or "")
    work.links.drop(account.person_id, {LinkFor.PASSWORD_RESET, LinkFor.EMAIL_CHANGE})
    end_all(account.person_id, Ending.PASSWORD_CHANGED, work, but=stays)
    if stays is None:
        # Somebody else may have been in, and left a way back.
        work.personal_tokens.revoke_all(account.person_id, work.clock.now())
    tell(LetterKind.PASSWORD_CHANGED, account, work)
