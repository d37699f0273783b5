"""Letters of accounts, and the links in them. notify mails them; nobody keeps their secrets."""

from datetime import datetime, timedelta
from uuid import UUID

from services.accounts.domain.account import Account, Registration
from services.accounts.domain.secrets import Link, LinkFor, hash_of, new_secret
from services.accounts.ports import Work
from shared.errors import Rejected
from shared.messages.accounts import LetterKind, SecretLetter
from shared.observability import security


def tell(
    kind: LetterKind,
    account: Account,
    work: Work,
    *,
    email: str | None = None,
    device: str | None = None,
    about: str | None = None,
) -> None:
    """Write to the owner of an account, without any secret; what it is about is of security."""
    security.note("told the owner", kind=kind, person_id=account.person_id)
    letter = SecretLetter(
        kind=kind,
        email=email or account.email,
        display_name=account.display_name,
        locale=account.locale,
        person_id=account.person_id,
        happened_at=work.clock.now(),
        device=device,
        about=about,
    )
    work.outbox.emit(letter, subject=account.person_id)


def send_link(
    kind: LetterKind,
    purpose: LinkFor,
    to: Account | Registration,
    lasts: timedelta,
    work: Work,
    *,
    email: str | None = None,
) -> None:
    """Write to an account or a registration, with a link that is good once and for so long.

    It takes the place of one of its kind that nobody has followed.
    """
    work.links.drop(to.person_id, {purpose})
    secret = new_secret()
    link = new_link(purpose, to.person_id, email or to.email, lasts, work, secret=secret)
    letter = SecretLetter(
        kind=kind,
        email=link.email,
        display_name=to.display_name,
        locale=to.locale,
        person_id=to.person_id if isinstance(to, Account) else None,
        secret=secret,
        expires_at=link.expires_at,
        happened_at=work.clock.now(),
    )
    work.outbox.emit(letter, subject=to.person_id)


def new_link(
    purpose: LinkFor,
    subject: UUID,
    email: str,
    lasts: timedelta,
    work: Work,
    *,
    secret: str = "",
) -> Link:
    """Keep a link under the hash of its secret; without one, under one that nobody is sent."""
    secret = secret or new_secret()
    expires_at = work.clock.now() + lasts
    link = Link(hash_of(secret), purpose, subject, email, expires_at)
    work.links.add(link)
    return link


def follow(purpose: LinkFor, secret: str, work: Work) -> Link:
    """Return the link that a secret opens, used up; raise Rejected (`link_invalid`)."""
    now: datetime = work.clock.now()
    link = work.links.lock(hash_of(secret), purpose)
    if link is None or not link.is_open_at(now):
        raise link_invalid()
    used = link.used(now)
    work.links.note_used(used)
    return used


def link_invalid() -> Rejected:
    """Return the refusal of a link that isn't good for anything."""
    return Rejected("link_invalid", "This link was used, or its time is over. Ask for a new one.")
