"""Signing in, and the sessions that it opens, over HTTP; decides nothing."""

from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter

from services.accounts.api_support import (
    LIVE_SESSION,
    Commands,
    Queries,
    Unkept,
    Visitors,
    done,
    settled,
)
from services.accounts.domain.session import Visitor
from services.accounts.use_cases import sessions, signing_in
from shared.http.edge import Answered
from shared.messages.accounts import (
    ProvePresence,
    RefreshSession,
    SessionView,
    SignIn,
    SignInView,
    TokenView,
)

router = APIRouter(prefix="/api/v1/accounts/sessions", tags=["sessions"])
own = APIRouter(prefix="/api/v1/accounts/sessions", tags=["sessions"], dependencies=[LIVE_SESSION])


@router.post("", status_code=HTTPStatus.CREATED, response_model=SignInView)
def sign_in(body: SignIn, command: Unkept, visitor: Visitors) -> Answered:
    """Sign in: exchange e-mail and password for tokens.

    Where a second factor is set up, the answer says so: its `kind` is `second_factor`. Takes no
    Idempotency-Key: that would mean to keep the tokens.
    """
    where = Visitor(visitor.address, body.device or visitor.device)
    return command.run_around(
        lambda work: signing_in.begin_sign_in(body, where, work),
        done,
        lambda work, _, result: signing_in.sign_in(body, result, where, work),
    )


@router.post("/refresh", response_model=TokenView)
def refresh(body: RefreshSession, command: Unkept) -> Answered:
    """Exchange a refresh token for new tokens. It is used up by that.

    Two at once each get some; one that comes again half a minute later ends the session, since
    somebody has a copy.
    """
    return settled(command.run(lambda work: sessions.refresh(body, work)))


@own.get("")
def list_sessions(query: Queries) -> list[SessionView]:
    """Return where the caller is signed in, the session seen last first."""
    person = query.person
    return query.run(lambda work: sessions.list_sessions(person, work))


@own.delete("/{session_id}", response_model=list[SessionView])
def end_session(session_id: UUID, command: Commands) -> Answered:
    """End one of the caller's sessions; its access token holds elsewhere until it expires."""
    person = command.person
    return command.run(lambda work: sessions.end_session(session_id, person, work))


@own.post("/others/end", response_model=list[SessionView])
def end_other_sessions(command: Commands) -> Answered:
    """End all of the caller's sessions but this one."""
    person = command.person
    return command.run(lambda work: sessions.end_others(person, work))


@router.post("/me/end", response_model=list[SessionView])
def sign_out(command: Commands) -> Answered:
    """End the session of the token that this is sent with."""
    person = command.person
    return command.run(lambda work: sessions.sign_out(person, work))


@own.post("/me/proof", response_model=SessionView)
def prove_presence(body: ProvePresence, command: Unkept, visitor: Visitors) -> Answered:
    """Prove once more who one is, where `reauthentication_needed` has been answered."""
    person = command.person
    return command.run_around(
        lambda work: sessions.prepare_proof(body, person, visitor, work),
        done,
        lambda work, _, result: sessions.prove_presence(result, person, visitor, work),
    )
