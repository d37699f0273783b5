"""The second half of a sign-in: a code of an app, a recovery code, or a passkey."""

from services.accounts.domain.account import Account
from services.accounts.domain.challenge import Challenge, ChallengeFor
from services.accounts.domain.factors import recovery_code_hash
from services.accounts.domain.session import SignInBy, Visitor
from services.accounts.domain.throttle import Act
from services.accounts.ports import Work
from services.accounts.use_cases.challenges import find, meet
from services.accounts.use_cases.letters import tell
from services.accounts.use_cases.passkeys import check_passkey, second_factor_options
from services.accounts.use_cases.sessions import open_session
from services.accounts.use_cases.throttling import count, forgive
from shared.errors import NotAuthenticated
from shared.messages.accounts import FactorKind, LetterKind, TokenView
from shared.messages.factors import (
    AskSecondFactorPasskey,
    CompleteSignIn,
    PasskeyOptionsView,
)


def ask_passkey(command: AskSecondFactorPasskey, work: Work) -> PasskeyOptionsView:
    """Return what a device is to sign; raise Rejected (`challenge_invalid`)."""
    secret = command.challenge.get_secret_value()
    challenge = find(secret, ChallengeFor.SECOND_FACTOR, work)
    return second_factor_options(secret, _account(challenge, work).person_id, work)


def begin_completion(command: CompleteSignIn, visitor: Visitor, work: Work) -> None:
    """Count the try, whatever becomes of it.

    Raises Rejected (`challenge_invalid`), TooMany (`too_many_attempts`).
    """
    secret = command.challenge.get_secret_value()
    challenge = find(secret, ChallengeFor.SECOND_FACTOR, work)
    count(Act.SECOND_FACTOR, str(challenge.person_id), visitor, work)


def complete_sign_in(command: CompleteSignIn, visitor: Visitor, work: Work) -> TokenView:
    """Return tokens for whoever has proved both.

    Raises Rejected (`challenge_invalid`), NotAuthenticated (`second_factor_wrong`,
    `passkey_refused`).
    """
    secret = command.challenge.get_secret_value()
    challenge = meet(secret, ChallengeFor.SECOND_FACTOR, work)
    account = _account(challenge, work)
    factor = _check(command, secret, account, challenge, work)
    forgive(Act.SECOND_FACTOR, str(account.person_id), visitor, work)
    by = SignInBy(challenge.method, challenge.device, factor)
    return open_session(account, by, work)


def _check(
    command: CompleteSignIn, secret: str, account: Account, challenge: Challenge, work: Work
) -> FactorKind:
    # Locked: of two that come with one code at once, the second must see that it is used.
    known = work.factors.lock(account.person_id)
    if command.passkey is not None:
        check_passkey(command.passkey, secret, work, person_id=account.person_id, alone=False)
        return FactorKind.PASSKEY
    now = work.clock.now()
    if command.recovery_code is not None:
        code = recovery_code_hash(account.person_id, command.recovery_code.get_secret_value())
        if not work.factors.use_recovery_code(account.person_id, code, now):
            raise _wrong()
        tell(LetterKind.RECOVERY_CODE_USED, account, work, device=challenge.device)
        return FactorKind.RECOVERY_CODE
    if command.totp is None or known.totp is None or known.totp.confirmed_at is None:
        raise _wrong()
    step = work.codes.step_of(known.totp.secret, command.totp.get_secret_value(), now)
    if step is None or step <= known.totp.last_step:
        raise _wrong()
    work.factors.keep_totp(known.totp.used(step, now))
    return FactorKind.TOTP


def _account(challenge: Challenge, work: Work) -> Account:
    account = work.people.by_id(challenge.person_id) if challenge.person_id else None
    if account is None or account.deleted_at:
        raise _wrong()
    return account


def _wrong() -> NotAuthenticated:
    return NotAuthenticated(
        "second_factor_wrong", "This code is wrong, or was used. Send the one shown now."
    )
