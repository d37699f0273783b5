"""Forgetting what nobody needs any more."""

from datetime import timedelta
from typing import Final

from services.accounts.domain.secrets import CONFIRMATION_LASTS
from services.accounts.ports import Work

# A session that is over tells from which devices somebody has signed in before.
SESSIONS_KEPT: Final = timedelta(days=90)
LINKS_KEPT: Final = timedelta(days=1)
THROTTLES_KEPT: Final = timedelta(days=1)
ANSWERS_KEPT: Final = timedelta(days=30)


def sweep(work: Work) -> None:
    """Delete what has had its time."""
    now = work.clock.now()
    work.registrations.sweep(now - CONFIRMATION_LASTS - LINKS_KEPT)
    work.links.sweep(now - LINKS_KEPT)
    work.invitations.sweep(now)
    work.challenges.sweep(now)
    work.sessions.sweep(now - SESSIONS_KEPT)
    work.throttles.sweep(now - THROTTLES_KEPT)
    work.people.sweep_answers(now - ANSWERS_KEPT)
