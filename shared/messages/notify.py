"""The published language of notify: what a person was told."""

from datetime import datetime
from uuid import UUID

from shared.messages.base import View


class NotificationView(View):
    """Something that a person was told."""

    notification_id: UUID
    what: str
    subject: str
    body: str
    told_at: datetime
    mailed_at: datetime | None = None
