"""Passkeys: set up, signed in by, and shown once more before what needs a fresh proof."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from services.accounts.domain.challenge import ChallengeFor
from services.accounts.domain.factors import MOST_PASSKEYS, Passkey, passkey_challenge
from services.accounts.domain.session import SignInBy, Visitor
from services.accounts.ports import Work
from services.accounts.use_cases.challenges import LASTS_SECONDS, begin, meet
from services.accounts.use_cases.factors import added, removed
from services.accounts.use_cases.proving import account_of, must_be_fresh, session_of
from services.accounts.use_cases.sessions import note_presence, open_session
from services.accounts.use_cases.ways_in import check_way_in
from shared.errors import NotAuthenticated, NotFound, Rejected
from shared.ids import new_id
from shared.messages.accounts import FactorKind, SessionView, SignInMethod, TokenView
from shared.messages.factors import (
    AddPasskey,
    FactorAddedView,
    FactorsView,
    PasskeyOptionsView,
    ProvePresenceByPasskey,
    SignInWithPasskey,
)
from shared.people import Person


def start_passkey(by: Person, work: Work) -> PasskeyOptionsView:
    """Return what a device needs to make a passkey.

    Raises NotAllowed (`reauthentication_needed`), Rejected (`too_many_passkeys`).
    """
    must_be_fresh(by, work)
    account = account_of(by, work)
    known = work.factors.of_person(by.person_id).passkeys
    _check_number(known)
    secret = begin(ChallengeFor.PASSKEY_REGISTRATION, work, person_id=by.person_id)
    options = work.authenticators.registration_options(
        by.person_id, account.email, account.display_name, passkey_challenge(secret), known
    )
    return PasskeyOptionsView(challenge=secret, options=options, expires_in=LASTS_SECONDS)


def add_passkey(command: AddPasskey, by: Person, work: Work) -> FactorAddedView:
    """Keep the passkey that a device has made; with the first factor come recovery codes.

    Raises Rejected (`challenge_invalid`, `passkey_known`, `too_many_passkeys`), Invalid
    (`passkey_not_accepted`).
    """
    session = session_of(by, work)
    secret = command.challenge.get_secret_value()
    meet(secret, ChallengeFor.PASSKEY_REGISTRATION, work, person_id=by.person_id)
    before = work.factors.lock(by.person_id)
    _check_number(before.passkeys)
    made = work.authenticators.registered(command.credential, passkey_challenge(secret))
    passkey = Passkey(
        passkey_id=new_id(),
        person_id=by.person_id,
        credential_id=made.credential_id,
        public_key=made.public_key,
        sign_count=made.sign_count,
        synced=made.synced,
        transports=made.transports,
        name=command.name,
        added_at=work.clock.now(),
    )
    if not work.factors.add_passkey(passkey):
        raise Rejected("passkey_known", "This passkey is in use already. Make another one.")
    return added(FactorKind.PASSKEY, passkey.name, before, session, by=by, work=work)


def remove_passkey(passkey_id: UUID, by: Person, work: Work) -> FactorsView:
    """Forget a passkey.

    Raises NotAllowed (`reauthentication_needed`), NotFound (`passkey_not_found`), Rejected
    (`last_way_in`, `second_factor_required`).
    """
    session = must_be_fresh(by, work)
    known = work.factors.lock(by.person_id).passkeys
    gone = next((each for each in known if each.passkey_id == passkey_id), None)
    if gone is None:
        raise NotFound("passkey_not_found", "There is no such passkey of yours.")
    work.factors.remove_passkey(passkey_id)
    check_way_in(account_of(by, work), work)
    return removed(gone.name, session, by, work)


def start_passkey_sign_in(visitor: Visitor, work: Work) -> PasskeyOptionsView:
    """Return what a device needs to sign somebody in; nobody says who they are yet."""
    secret = begin(ChallengeFor.PASSKEY_SIGN_IN, work, device=visitor.device)
    return _asked(secret, (), work)


def sign_in_with_passkey(command: SignInWithPasskey, visitor: Visitor, work: Work) -> TokenView:
    """Return tokens for whose passkey has signed: it is both factors in one.

    Raises Rejected (`challenge_invalid`), NotAuthenticated (`passkey_refused`).
    """
    secret = command.challenge.get_secret_value()
    meet(secret, ChallengeFor.PASSKEY_SIGN_IN, work)
    passkey = check_passkey(command.credential, secret, work, alone=True)
    account = work.people.by_id(passkey.person_id)
    if account is None or account.deleted_at:
        raise passkey_refused()
    by = SignInBy(SignInMethod.PASSKEY, command.device or visitor.device, FactorKind.PASSKEY)
    return open_session(account, by, work)


def start_proof(by: Person, work: Work) -> PasskeyOptionsView:
    """Return what a device needs to prove once more who is there.

    Raises NotFound (`passkey_not_found`).
    """
    session_of(by, work)
    known = work.factors.of_person(by.person_id).passkeys
    if not known:
        raise NotFound("passkey_not_found", "You have no passkey.")
    secret = begin(ChallengeFor.PASSKEY_PROOF, work, person_id=by.person_id)
    return _asked(secret, known, work)


def prove_presence(command: ProvePresenceByPasskey, by: Person, work: Work) -> SessionView:
    """Note that the owner of the session is there.

    Raises Rejected (`challenge_invalid`), NotAuthenticated (`passkey_refused`).
    """
    session_of(by, work)
    secret = command.challenge.get_secret_value()
    meet(secret, ChallengeFor.PASSKEY_PROOF, work, person_id=by.person_id)
    check_passkey(command.credential, secret, work, person_id=by.person_id, alone=True)
    return note_presence(by, work)


def second_factor_options(secret: str, person_id: UUID, work: Work) -> PasskeyOptionsView:
    """Return what a device needs to be the second factor of a sign-in."""
    return _asked(secret, work.factors.of_person(person_id).passkeys, work)


def check_passkey(
    answer: Mapping[str, Any],
    secret: str,
    work: Work,
    *,
    alone: bool,
    person_id: UUID | None = None,
) -> Passkey:
    """Return the passkey that has signed; with `person_id`, only one of theirs.

    Raises NotAuthenticated (`passkey_refused`).
    """
    passkey = work.factors.passkey_by_credential(work.authenticators.credential_of(answer))
    if passkey is None or person_id not in {None, passkey.person_id}:
        raise passkey_refused()
    count = work.authenticators.signed(answer, passkey_challenge(secret), passkey, alone=alone)
    used = passkey.used(count, work.clock.now())
    work.factors.keep_passkey(used)
    return used


def passkey_refused() -> NotAuthenticated:
    """Return the refusal of a passkey, whatever is wrong with it."""
    return NotAuthenticated("passkey_refused", "This passkey isn't accepted. Sign in another way.")


def _asked(secret: str, known: Sequence[Passkey], work: Work) -> PasskeyOptionsView:
    options = work.authenticators.sign_in_options(passkey_challenge(secret), known)
    return PasskeyOptionsView(challenge=secret, options=options, expires_in=LASTS_SECONDS)


def _check_number(known: Sequence[Passkey]) -> None:
    if len(known) >= MOST_PASSKEYS:
        raise Rejected(
            "too_many_passkeys", "Remove a passkey that you don't use.", at_most=MOST_PASSKEYS
        )
