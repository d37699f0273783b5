"""What people are shown of accounts."""

from uuid import UUID

from services.accounts.domain.account import Account
from services.accounts.domain.session import Session
from shared.messages.accounts import PersonView, SessionView


def person_view(
    account: Account, *, email_verified: bool = True, new_email: str | None = None
) -> PersonView:
    """Return an account as its owner sees it."""
    return PersonView(
        person_id=account.person_id,
        email=account.email,
        display_name=account.display_name,
        reading=account.reading,
        roles=account.roles,
        locale=account.locale,
        registered_at=account.registered_at,
        email_verified=email_verified,
        new_email=new_email,
        has_password=account.password_hash is not None,
    )


def session_view(session: Session, current: UUID | None) -> SessionView:
    """Return a session as its owner sees it."""
    return SessionView(
        session_id=session.session_id,
        device=session.device,
        method=session.method,
        second_factor=session.second_factor,
        signed_in_at=session.signed_in_at,
        authenticated_at=session.authenticated_at,
        last_seen_at=session.last_seen_at,
        expires_at=session.expires_at,
        current=session.session_id == current,
    )
