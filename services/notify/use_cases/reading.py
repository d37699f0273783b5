"""What people see of what they were told."""

from uuid import UUID

from services.notify.ports import Work
from shared.messages.notify import NotificationView
from shared.people import Person


def list_notifications(
    by: Person, after: UUID | None, limit: int, work: Work
) -> list[NotificationView]:
    """Return what the person was told, newest first."""
    return work.notifications.newest(by.person_id, after, limit)
