"""Second factors: an app that shows codes, recovery codes, and what else is set up."""

from dataclasses import replace
from uuid import UUID

from services.accounts.domain.factors import (
    Factors,
    Totp,
    new_recovery_codes,
    recovery_code_hash,
)
from services.accounts.domain.session import Session, Visitor
from services.accounts.domain.throttle import Act
from services.accounts.ports import Work
from services.accounts.use_cases.letters import tell
from services.accounts.use_cases.proving import account_of, must_be_fresh, session_of
from services.accounts.use_cases.throttling import count, forgive
from shared.errors import Invalid, NotFound, Rejected
from shared.messages.accounts import FactorKind, LetterKind, Role
from shared.messages.factors import (
    ConfirmTotp,
    FactorAddedView,
    FactorsView,
    PasskeyView,
    RecoveryCodesView,
    TotpView,
)
from shared.people import Person

APP = "TOTP"


def show_factors(by: Person, work: Work) -> FactorsView:
    """Return what the caller has set up."""
    session_of(by, work)
    return factors_view(work.factors.of_person(by.person_id))


def start_totp(by: Person, work: Work) -> TotpView:
    """Return a new secret for an app; it counts once a code of it is shown.

    Raises NotAllowed (`reauthentication_needed`), Rejected (`totp_exists`).
    """
    must_be_fresh(by, work)
    account = account_of(by, work)
    known = work.factors.lock(by.person_id).totp
    if known is not None and known.confirmed_at is not None:
        raise Rejected("totp_exists", "An app is set up already. Remove it first.")
    secret = work.codes.new_secret()
    work.factors.keep_totp(Totp(by.person_id, secret, work.clock.now()))
    uri = work.codes.uri(secret, account.email)
    return TotpView(secret=secret, uri=uri, picture=work.codes.picture(uri))


def begin_totp_confirmation(by: Person, visitor: Visitor, work: Work) -> None:
    """Count the try; raise TooMany (`too_many_attempts`)."""
    session_of(by, work)
    count(Act.PROOF, str(by.person_id), visitor, work)


def confirm_totp(command: ConfirmTotp, by: Person, visitor: Visitor, work: Work) -> FactorAddedView:
    """Set the app up by a code of it; with the first factor come recovery codes.

    Raises Rejected (`totp_not_started`), Invalid (`code_wrong`).
    """
    session = session_of(by, work)
    before = work.factors.lock(by.person_id)
    totp = before.totp
    if totp is None or totp.confirmed_at is not None:
        raise Rejected("totp_not_started", "Ask for a secret first, and give it to your app.")
    now = work.clock.now()
    step = work.codes.step_of(totp.secret, command.code.get_secret_value(), now)
    if step is None or step <= totp.last_step:
        raise Invalid("code_wrong", "This code is wrong or was used. Send the one shown now.")
    forgive(Act.PROOF, str(by.person_id), visitor, work)
    work.factors.keep_totp(totp.used(step, now))
    return added(FactorKind.TOTP, APP, before, session, by=by, work=work)


def remove_totp(by: Person, work: Work) -> FactorsView:
    """Forget the app.

    Raises NotAllowed (`reauthentication_needed`), NotFound (`totp_not_found`), Rejected
    (`second_factor_required`).
    """
    session = must_be_fresh(by, work)
    totp = work.factors.lock(by.person_id).totp
    if totp is None:
        raise NotFound("totp_not_found", "No app is set up.")
    work.factors.remove_totp(by.person_id)
    return removed(APP, session, by, work)


def make_recovery_codes(by: Person, work: Work) -> RecoveryCodesView:
    """Make new recovery codes in place of all before, and show them this once.

    Raises NotAllowed (`reauthentication_needed`), Rejected (`no_second_factor`).
    """
    session = must_be_fresh(by, work)
    if not work.factors.lock(by.person_id).kinds:
        raise Rejected("no_second_factor", "Set up an app or a passkey first.")
    codes = _new_codes(by.person_id, work)
    account = account_of(by, work)
    tell(LetterKind.RECOVERY_CODES_MADE, account, work, device=session.device)
    return RecoveryCodesView(codes=codes)


def added(
    kind: FactorKind, name: str, before: Factors, session: Session, *, by: Person, work: Work
) -> FactorAddedView:
    """Tell the owner of a new factor, and return what is set up by now.

    Whoever has just shown it is in a session that has it.
    """
    codes = () if before.kinds else _new_codes(by.person_id, work)
    work.sessions.keep(replace(session, second_factor=session.second_factor or kind))
    tell(LetterKind.FACTOR_ADDED, account_of(by, work), work, device=session.device, about=name)
    now = factors_view(work.factors.of_person(by.person_id))
    return FactorAddedView(**now.model_dump(), recovery_codes=codes)


def removed(name: str, session: Session, by: Person, work: Work) -> FactorsView:
    """Tell the owner that a factor is gone. Recovery codes go with the last.

    Raises Rejected (`second_factor_required`) when it was the last of an operator.
    """
    account = account_of(by, work)
    if not work.factors.of_person(by.person_id).kinds:
        if Role.OPERATOR in account.roles and work.rules.operators_need_second_factor:
            raise Rejected("second_factor_required", "Set up another factor before you do this.")
        work.factors.replace_recovery_codes(by.person_id, ())
    tell(LetterKind.FACTOR_REMOVED, account, work, device=session.device, about=name)
    return factors_view(work.factors.of_person(by.person_id))


def factors_view(of: Factors) -> FactorsView:
    """Return what somebody has set up, as they see it."""
    return FactorsView(
        totp_since=of.totp.confirmed_at if of.totp else None,
        passkeys=tuple(
            PasskeyView(
                passkey_id=each.passkey_id,
                name=each.name,
                synced=each.synced,
                added_at=each.added_at,
                last_used_at=each.last_used_at,
            )
            for each in of.passkeys
        ),
        recovery_codes_left=of.recovery_codes_left,
    )


def _new_codes(person_id: UUID, work: Work) -> tuple[str, ...]:
    codes = new_recovery_codes()
    hashes = [recovery_code_hash(person_id, each) for each in codes]
    work.factors.replace_recovery_codes(person_id, hashes)
    return codes
