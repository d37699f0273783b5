"""What people see of what they were told."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from services.notify.ports import Work
from shared.errors import NotFound
from shared.messages.notify import MarkNotificationsRead, NotificationView, UnreadView
from shared.people import Person

# A page that was away for long is told that there is much, not all of it.
MOST_NEWS = 20


class News(NamedTuple):
    """What is new to an open page: `latest` is where the next look begins."""

    notices: Sequence[NotificationView]
    unread: int
    latest: UUID | None


def news(by: Person, last: UUID | None, work: Work) -> News:
    """Return what the person was told after that one; without it, nothing: the page has it."""
    found = work.notifications.since(by.person_id, last, MOST_NEWS)
    latest = found[-1].notification_id if found else last
    return News(found if last else (), work.notifications.unread(by.person_id), latest)


def list_notifications(
    by: Person, after: UUID | None, limit: int, work: Work, *, unread: bool = False
) -> list[NotificationView]:
    """Return what the person was told, newest first."""
    return work.notifications.newest(by.person_id, after, limit, unread=unread)


def count_unread(by: Person, work: Work) -> UnreadView:
    """Return how much the person has not read."""
    return UnreadView(unread=work.notifications.unread(by.person_id))


def mark_one_read(notification_id: UUID, by: Person, work: Work) -> NotificationView:
    """Write down that the person has read this; NotFound (`notification_not_found`)."""
    work.notifications.mark_read(by.person_id, notification_id)
    found = work.notifications.find(by.person_id, notification_id)
    if found is None:
        raise NotFound("notification_not_found", "You were told no such thing. See your inbox.")
    return found


def mark_all_read(command: MarkNotificationsRead, by: Person, work: Work) -> UnreadView:
    """Write down that the person has read all, up to and with the one that they saw last."""
    work.notifications.mark_all_read(by.person_id, command.up_to)
    return count_unread(by, work)
