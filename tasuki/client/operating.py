"""What every service offers its operators, whichever service it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar
from uuid import UUID

from pydantic import BaseModel

from shared.messages.operations import (
    ArchivedEvents,
    ArchivedPage,
    DeadLetterList,
    DeadLettersMoved,
    DeadLetterView,
    DiscardDeadLetter,
    DrainService,
    DrainView,
    QueuesView,
    ReplayDeadLetters,
    ReplayList,
    ReplayView,
    RequestReplay,
    SelectArchived,
    StandingView,
    TrialView,
    UnhandledView,
)
from tasuki.client.transport import Request, Transport

V = TypeVar("V", bound=BaseModel)

SERVICES: Final = ("accounts", "jobs", "contracts", "payments", "programs", "notify")


@dataclass(frozen=True)
class Operating:
    """The operations of one service that are for operators; role operator for all of them."""

    service: str
    transport: Transport

    def standing(self) -> StandingView:
        """Return how the service stands now."""
        return self._get("standing", StandingView)

    def drain(self, reason: str) -> DrainView:
        """Let its events processes stand still once what is in hand is done."""
        return self._post("drain", DrainView, DrainService(reason=reason), None)

    def resume(self) -> DrainView:
        """Let them work again."""
        return self._post("resume", DrainView, None, None)

    def dead_letters(self, limit: int = 50) -> DeadLetterList:
        """Return what the service could not handle, oldest first."""
        return self._get("dead-letters", DeadLetterList, {"limit": limit})

    def dead_letter(self, letter_id: str) -> DeadLetterView:
        """Return a dead letter with its event; that it was read is noted."""
        return self._get(f"dead-letters/{letter_id}", DeadLetterView)

    def try_letter(self, letter_id: str) -> TrialView:
        """Return what a replay would do; it is done, and undone."""
        return self._get(f"dead-letters/{letter_id}/trial", TrialView)

    def replay_letter(self, letter_id: str) -> DeadLettersMoved:
        """Put a dead letter back into its queue."""
        return self._post(f"dead-letters/{letter_id}/replay", DeadLettersMoved, None, None)

    def replay_letters(self, queue: str | None = None) -> DeadLettersMoved:
        """Put all dead letters, or those of one queue, back into their queues."""
        body = ReplayDeadLetters(queue=queue)
        return self._post("dead-letters/replay", DeadLettersMoved, body, None)

    def discard_letter(self, letter_id: str, reason: str) -> DeadLettersMoved:
        """Delete a dead letter for good."""
        body = DiscardDeadLetter(reason=reason)
        return self._post(f"dead-letters/{letter_id}/discard", DeadLettersMoved, body, None)

    def queues(self) -> QueuesView:
        """Return what is in the service's queues."""
        return self._get("queues", QueuesView)

    def told(self, event_type: str, since: datetime, after: int = 0) -> ArchivedPage:
        """Return what was published of a type, but for the last minute."""
        query: dict[str, object] = {"event_type": event_type, "since": since, "after": after}
        return self._get("told", ArchivedPage, query)

    def unhandled(self, queue: str, message_ids: Sequence[UUID]) -> UnhandledView:
        """Return which of at most 100 messages a queue's handler has not handled."""
        query: dict[str, object] = {"queue": queue, "message_id": list(message_ids)}
        return self._get("unhandled", UnhandledView, query)

    def count_archived_events(self, wanted: SelectArchived) -> ArchivedEvents:
        """Return how many events a replay would tell: its dry run."""
        query = wanted.model_dump(mode="json", exclude_defaults=True, include=_SELECTION)
        return self._get("archive", ArchivedEvents, query)

    def list_replays(self, *, limit: int = 50) -> ReplayList:
        """Return the replays that were asked for last."""
        return self._get("replays", ReplayList, {"limit": limit})

    def request_replay(self, body: RequestReplay, *, key: str | None = None) -> ReplayView:
        """Tell archived events once more; the relay does it, within its rate."""
        return self._post("replays", ReplayView, body, key)

    def get_replay(self, replay_id: UUID) -> ReplayView:
        """Return how far a replay is."""
        return self._get(f"replays/{replay_id}", ReplayView)

    def stop_replay(self, replay_id: UUID, *, key: str | None = None) -> ReplayView:
        """Stop a replay; what it has told stays told."""
        return self._post(f"replays/{replay_id}/stop", ReplayView, None, key)

    def _get(self, path: str, answer: type[V], query: dict[str, object] | None = None) -> V:
        return self.transport.send(Request("GET", self._at(path), query or {}), answer)

    def _post(self, path: str, answer: type[V], body: BaseModel | None, key: str | None) -> V:
        return self.transport.send(Request("POST", self._at(path), body=body, key=key), answer)

    def _at(self, path: str) -> str:
        return f"/api/v1/{self.service}/operations/{path}"


_SELECTION = set(SelectArchived.model_fields)
