"""Proving who one is by password, and what needs a proof that is fresh."""

from dataclasses import dataclass

from pydantic import SecretStr

from services.accounts.domain.account import Account
from services.accounts.domain.passwords import is_guessable
from services.accounts.domain.session import Session, Visitor
from services.accounts.domain.throttle import Act
from services.accounts.ports import BreachedPasswords, Passwords, Work
from services.accounts.use_cases.throttling import count, forgive
from shared.errors import Invalid, NotAllowed, NotAuthenticated, NotFound, Rejected
from shared.people import Person


@dataclass(frozen=True)
class PasswordResult:
    """What became of a PasswordTask.

    Attributes:
        given: whether there was a password to check, against `known_hash`.
        right: whether it was right.
        new_hash: the hash to keep from now on, if it is another.
    """

    given: bool
    known_hash: str | None
    right: bool
    new_hash: str | None


@dataclass(frozen=True)
class PasswordTask:
    """What takes too long for a transaction: to hash, and to ask who else knows a password."""

    passwords: Passwords
    breached: BreachedPasswords
    known_hash: str | None = None
    given: SecretStr | None = None
    new: SecretStr | None = None
    own_words: tuple[str, ...] = ()

    def done(self) -> PasswordResult:
        """Do it; raise Invalid (`password_breached`, `password_guessable`).

        Without a known hash it takes as long, so that nobody learns that there is no account.
        """
        given = self.given.get_secret_value() if self.given else None
        right = given is not None and self.passwords.verify(self.known_hash, given)
        return PasswordResult(
            given=given is not None,
            known_hash=self.known_hash,
            right=right,
            new_hash=self._new_hash() or self._renewed(given if right else None),
        )

    def _new_hash(self) -> str | None:
        if self.new is None:
            return None
        new = self.new.get_secret_value()
        if is_guessable(new, self.own_words):
            raise Invalid(
                "password_guessable",
                "Without your name, your address and this market's name too little of it is left.",
            )
        if self.breached.has(new):
            raise Invalid(
                "password_breached",
                "This password is in lists that leaked elsewhere. Choose one that you use nowhere.",
            )
        return self.passwords.hash(new)

    def _renewed(self, right: str | None) -> str | None:
        """Return the right password hashed with today's parameters, if it was with others."""
        if right is None or not self.known_hash:
            return None
        outdated = self.passwords.is_outdated(self.known_hash)
        return self.passwords.hash(right) if outdated else None


def task(
    work: Work,
    *,
    known_hash: str | None = None,
    given: SecretStr | None = None,
    new: SecretStr | None = None,
    own_words: tuple[str, ...] = (),
) -> PasswordTask:
    """Return the work on passwords that is to be done outside of the transaction."""
    return PasswordTask(work.passwords, work.breached, known_hash, given, new, own_words)


def check_session(by: Person, work: Work) -> None:
    """Raise NotAuthenticated (`session_ended`) when a token's session was ended since.

    Elsewhere a session that is ended holds until its access token expires; in accounts at once.
    """
    if by.session_id is None:
        return
    session = work.sessions.find(by.session_id)
    if session is None or not session.holds_at(work.clock.now()):
        raise session_ended()


def session_of(by: Person, work: Work) -> Session:
    """Return the session that a token is of.

    Raises NotAllowed (`sign_in_required`), NotAuthenticated (`session_ended`).
    """
    by.must_have_signed_in()
    session = work.sessions.find(by.session_id) if by.session_id else None
    if session is None or not session.holds_at(work.clock.now()):
        raise session_ended()
    return session


def must_be_fresh(by: Person, work: Work) -> Session:
    """Return the session of somebody who proved minutes ago who they are.

    Raises NotAllowed (`reauthentication_needed`).
    """
    session = session_of(by, work)
    if not session.is_fresh_at(work.clock.now()):
        raise NotAllowed(
            "reauthentication_needed", "Prove once more that it is you, then do this again."
        )
    return session


def account_of(by: Person, work: Work) -> Account:
    """Return the account of whoever asks; raise NotFound (`person_not_found`)."""
    return _still_there(work.people.by_id(by.person_id))


def lock_account_of(by: Person, work: Work) -> Account:
    """Return it as account_of does, and keep others from changing it."""
    return _still_there(work.people.lock(by.person_id))


def _still_there(account: Account | None) -> Account:
    if account is None or account.deleted_at:
        raise NotFound("person_not_found", "This account is gone. Register again.")
    return account


def ask_for_proof(
    given: SecretStr | None,
    by: Person,
    visitor: Visitor,
    work: Work,
    *,
    new: SecretStr | None = None,
    password_needed: bool = False,
) -> PasswordTask:
    """Return what is to be checked before something that needs a proof of who asks.

    That is the password; without it, a proof that was given minutes ago, unless
    `password_needed` and there is a password. Raises as `must_be_fresh` and `count` do, and
    Rejected (`password_needed`).
    """
    account = account_of(by, work)
    own_words = (account.email, account.display_name)
    if given is None:
        if password_needed and account.password_hash:
            raise Rejected("password_needed", "Send your password with this.")
        must_be_fresh(by, work)
        return task(work, new=new, own_words=own_words)
    session_of(by, work)
    count(Act.PROOF, str(by.person_id), visitor, work)
    return task(work, known_hash=account.password_hash, given=given, new=new, own_words=own_words)


def check_proof(result: PasswordResult, by: Person, visitor: Visitor, work: Work) -> None:
    """Raise NotAllowed (`password_wrong`) when a password was sent and isn't right."""
    if not result.given:
        return
    if not result.right:
        raise NotAllowed("password_wrong", "The password is wrong. Check it and try again.")
    forgive(Act.PROOF, str(by.person_id), visitor, work)


def session_ended() -> NotAuthenticated:
    """Return the refusal of a session that doesn't hold."""
    return NotAuthenticated("session_ended", "This session has ended. Sign in again.")
