"""Sessions: opened by a sign-in, kept going by refresh tokens, ended by their owner."""

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from services.accounts.domain.account import Account
from services.accounts.domain.factors import vouched
from services.accounts.domain.secrets import REFRESH_PREFIX, hash_of, new_secret
from services.accounts.domain.session import (
    IDLE,
    Ending,
    RefreshToken,
    Session,
    SignInBy,
    Visitor,
)
from services.accounts.ports import Work
from services.accounts.use_cases.letters import tell
from services.accounts.use_cases.proving import (
    PasswordResult,
    PasswordTask,
    ask_for_proof,
    check_proof,
    session_ended,
    session_of,
)
from services.accounts.use_cases.viewing import session_view
from shared.errors import DomainError, NotAllowed, NotAuthenticated, NotFound
from shared.ids import new_id
from shared.messages.accounts import (
    LetterKind,
    ProvePresence,
    RefreshSession,
    SessionView,
    TokenView,
)
from shared.observability import security
from shared.people import Person


def open_session(account: Account, by: SignInBy, work: Work) -> TokenView:
    """Sign somebody in who has proven who they are; tell them when it is from a new device.

    Raises NotAllowed (`account_suspended`).
    """
    if work.suspensions.holding(account.person_id):
        raise NotAllowed(
            "account_suspended", "This account is suspended. Write to whoever runs this market."
        )
    now = work.clock.now()
    session = Session(
        session_id=new_id(),
        person_id=account.person_id,
        device=by.device,
        method=by.method,
        second_factor=by.second_factor,
        signed_in_at=now,
        authenticated_at=now,
        last_seen_at=now,
        expires_at=now + IDLE,
    )
    devices = work.sessions.devices(account.person_id)
    if devices and by.device not in devices:
        tell(LetterKind.NEW_SIGN_IN, account, work, device=by.device)
    work.sessions.add(session)
    security.note(
        "signed in",
        person_id=session.person_id,
        session_id=session.session_id,
        method=by.method,
        second_factor=by.second_factor,
    )
    return _tokens(session, account, work)


def refresh(command: RefreshSession, work: Work) -> TokenView | DomainError:
    """Return new tokens for a refresh token, which is used up by that.

    One that comes again later is in two hands: the session ends, and its owner is told. That
    refusal is returned, not raised, so that the end is committed. Raises NotAuthenticated
    (`refresh_token_invalid`, `session_ended`).
    """
    now = work.clock.now()
    found = work.sessions.by_token(hash_of(command.refresh_token.get_secret_value()))
    if found is None:
        raise NotAuthenticated("refresh_token_invalid", "Sign in again.")
    session, token = found
    account = work.people.by_id(session.person_id)
    if not session.holds_at(now) or account is None:
        raise session_ended()
    if token.is_reused_at(now):
        _end([session], Ending.TOKEN_REUSED, work)
        tell(LetterKind.SESSION_ENDED, account, work, device=session.device)
        return NotAuthenticated(
            "refresh_token_reused",
            "This refresh token was used before: its session was ended. Sign in again.",
        )
    if token.used_at is None:
        work.sessions.note_used(replace(token, used_at=now))
    seen = session.seen(now)
    work.sessions.keep(seen)
    return _tokens(seen, account, work)


def list_sessions(by: Person, work: Work) -> list[SessionView]:
    """Return the caller's sessions that hold, the one seen last first."""
    by.must_have_signed_in()
    held = work.sessions.of_person(by.person_id, work.clock.now())
    return [session_view(each, by.session_id) for each in held]


def end_session(session_id: UUID, by: Person, work: Work) -> list[SessionView]:
    """End one of the caller's sessions, and return those that are left.

    Raises NotFound (`session_not_found`).
    """
    by.must_have_signed_in()
    held = work.sessions.of_person(by.person_id, work.clock.now())
    ending = [each for each in held if each.session_id == session_id]
    if not ending:
        raise NotFound("session_not_found", "There is no such session of yours that holds.")
    _end(ending, Ending.ENDED_BY_OWNER, work)
    return [session_view(each, by.session_id) for each in held if each.session_id != session_id]


def end_others(by: Person, work: Work) -> list[SessionView]:
    """End all of the caller's sessions but this one, and return it."""
    session = session_of(by, work)
    end_all(by.person_id, Ending.ENDED_BY_OWNER, work, but=session.session_id)
    return [session_view(session, by.session_id)]


def sign_out(by: Person, work: Work) -> list[SessionView]:
    """End the session that the caller's token is of; harmless when it has ended."""
    by.must_have_signed_in()
    held = work.sessions.of_person(by.person_id, work.clock.now())
    _end([each for each in held if each.session_id == by.session_id], Ending.SIGNED_OUT, work)
    return []


def end_all(person_id: UUID, why: Ending, work: Work, *, but: UUID | None = None) -> None:
    """End all of somebody's sessions, but one of them where they may go on."""
    held = work.sessions.of_person(person_id, work.clock.now())
    _end([each for each in held if each.session_id != but], why, work)


def prepare_proof(command: ProvePresence, by: Person, visitor: Visitor, work: Work) -> PasswordTask:
    """Return what is to be checked."""
    return ask_for_proof(command.password, by, visitor, work)


def prove_presence(result: PasswordResult, by: Person, visitor: Visitor, work: Work) -> SessionView:
    """Note that whoever is in this session proved who they are; raise NotAllowed."""
    check_proof(result, by, visitor, work)
    return note_presence(by, work)


def note_presence(by: Person, work: Work) -> SessionView:
    """Note it in the caller's session: its next access token says so, accounts knows at once."""
    proven = session_of(by, work).proven(work.clock.now())
    work.sessions.keep(proven)
    return session_view(proven, by.session_id)


def _end(sessions: Iterable[Session], why: Ending, work: Work) -> None:
    now = work.clock.now()
    for session in sessions:
        work.sessions.keep(session.ended(why, now))
        security.note(
            "session ended", person_id=session.person_id, session_id=session.session_id, why=why
        )


def _tokens(session: Session, account: Account, work: Work) -> TokenView:
    now = work.clock.now()
    secret = new_secret(REFRESH_PREFIX)
    work.sessions.add_token(RefreshToken(hash_of(secret), session.session_id, now))
    companies = work.companies.rights_of(account.person_id)
    shown = vouched(
        account,
        session,
        operators_need_second_factor=work.rules.operators_need_second_factor,
    )
    access = work.tokens.issue(shown, companies, session=session)
    return TokenView(
        access_token=access.token,
        expires_in=access.seconds,
        refresh_token=secret,
        refresh_expires_in=int((session.expires_at - now).total_seconds()),
        session_id=session.session_id,
    )
