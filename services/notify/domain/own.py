"""What notify itself tells people of: nobody else knows of it, and nobody is told by message."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.messages.base import Event


class AddressRefused(Event, service="notify"):
    """Mail to somebody's address was refused for good: nothing is mailed there any more."""

    person_id: UUID
    email: str
    refused_at: datetime


class LineLinked(Event, service="notify"):
    """Somebody has linked their account with LINE."""

    person_id: UUID
    linked_at: datetime


class EndpointDisabled(Event, service="notify"):
    """Nothing is sent any more to an address that an account gave for its webhooks."""

    account_id: UUID
    url: str
    reason: Literal["gone", "failing"]
    disabled_at: datetime
