"""The published language of contracts, on what people say to each other and of each other."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.messages.base import Event

Stars = Annotated[int, Field(ge=1, le=5)]


class MessageSent(Event, service="contracts"):
    """A party has written to the other. What was written stays between the two."""

    contract_id: UUID
    message_id: UUID
    title: str
    from_id: UUID
    to_id: UUID


class RatingsRevealed(Event, service="contracts"):
    """Both have rated, or the time for it is over: now each may read what the other said."""

    contract_id: UUID
    title: str
    client_id: UUID
    assistant_id: UUID
    by_client: Stars | None
    by_assistant: Stars | None
    revealed_at: datetime


class PersonBlocked(Event, service="contracts"):
    """Somebody wants nothing new to begin with this account. It is never told so."""

    blocked_by: UUID
    account_id: UUID
    blocked_at: datetime


class PersonUnblocked(Event, service="contracts"):
    """Somebody has taken a block back."""

    blocked_by: UUID
    account_id: UUID
    unblocked_at: datetime
