"""Signing in with a password, and with a second factor where there is one."""

from services.accounts.domain.account import Account, email_key
from services.accounts.domain.challenge import Challenge, ChallengeFor
from services.accounts.domain.secrets import CHALLENGE_LASTS, hash_of, new_secret
from services.accounts.domain.session import SignInBy, Visitor
from services.accounts.domain.throttle import Act
from services.accounts.ports import Work
from services.accounts.use_cases.proving import PasswordResult, PasswordTask, task
from services.accounts.use_cases.sessions import open_session
from services.accounts.use_cases.throttling import count, forgive
from shared.errors import NotAuthenticated
from shared.messages.accounts import SecondFactorNeeded, SignIn, SignInMethod, TokenView


def begin_sign_in(command: SignIn, visitor: Visitor, work: Work) -> PasswordTask:
    """Count the try, and return what is to be checked; raise TooMany (`too_many_attempts`)."""
    count(Act.SIGN_IN, email_key(command.email), visitor, work)
    account = work.people.by_email(command.email)
    known_hash = account.password_hash if account else None
    return task(work, known_hash=known_hash, given=command.password)


def sign_in(
    command: SignIn, result: PasswordResult, visitor: Visitor, work: Work
) -> TokenView | SecondFactorNeeded:
    """Return tokens, with what the person may do in companies from now on.

    Where a second factor is set up: what it is to be sent with. An unknown address, one that is
    not confirmed and a wrong password are refused alike and take as long, so that nobody learns
    here who has an account.
    """
    account = work.people.by_email(command.email)
    # Whose password was changed meanwhile is not let in with the one before.
    if account is None or not result.right or account.password_hash != result.known_hash:
        raise NotAuthenticated(
            "sign_in_failed",
            "E-mail address or password is wrong, or the address is not confirmed yet. "
            "Check them, or have the letter sent again.",
        )
    forgive(Act.SIGN_IN, email_key(command.email), visitor, work)
    if result.new_hash:
        work.people.keep_password_hash(account.person_id, result.new_hash)
    by = SignInBy(SignInMethod.PASSWORD, visitor.device)
    return conclude(account, by, work)


def conclude(account: Account, by: SignInBy, work: Work) -> TokenView | SecondFactorNeeded:
    """Open a session, or ask for the second factor that the person has set up."""
    factors = work.factors.of_person(account.person_id).kinds
    if not factors or by.second_factor:
        return open_session(account, by, work)
    secret = new_secret()
    challenge = Challenge(
        challenge_hash=hash_of(secret),
        purpose=ChallengeFor.SECOND_FACTOR,
        person_id=account.person_id,
        method=by.method,
        device=by.device,
        expires_at=work.clock.now() + CHALLENGE_LASTS,
    )
    work.challenges.add(challenge)
    return SecondFactorNeeded(
        challenge=secret, factors=factors, expires_in=int(CHALLENGE_LASTS.total_seconds())
    )
