"""What every service offers its operators: the audit, dead letters, the length of its queues."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, TypeVar
from uuid import UUID

from fastapi import APIRouter
from fastapi import Query as QueryParameter
from pika.exceptions import AMQPError, UnroutableError
from sqlalchemy import text

from shared.errors import NotFound, Rejected, Transient
from shared.http.audit import list_actions
from shared.http.consistency import add_consistency
from shared.http.desk import Commands, Desk, LetterId, Queries
from shared.http.drain import add_drain
from shared.http.edge import Answered
from shared.http.pagination import After, Limit, page
from shared.http.replays import add_replays
from shared.http.standing import add_standing
from shared.http.trials import add_trials
from shared.messages.base import Page
from shared.messages.operations import (
    DeadLetterList,
    DeadLettersMoved,
    DeadLetterSummary,
    DeadLetterView,
    DiscardDeadLetter,
    OperatorActionView,
    QueuesView,
    ReplayDeadLetters,
)
from shared.messaging import dead_letters, queues
from shared.messaging.dead_letters import DeadLetter
from shared.messaging.envelope import PREFIX
from shared.messaging.queues import Depths
from shared.messaging.topology import hearers

T = TypeVar("T")

# Values under such names open doors: an operator has no business with them.
SECRETS: Final = ("secret", "password", "token", "code")
HIDDEN: Final = "…"
_OUTBOX = text("SELECT count(*) AS length, min(occurred_at) AS oldest FROM outbox")


def operations_router(service: str) -> APIRouter:
    """Return the endpoints, all of them for operators only."""
    router = APIRouter(prefix=f"/api/v1/{service}/operations", tags=["operations"])
    _add_actions(router)
    _add_queues(router, service)
    add_drain(router, service)
    if hearers(service):
        add_replays(router, service)
    add_standing(router, service)
    add_consistency(router, service)
    letters = _Letters(service)
    _add_dead_letters(router, letters)
    add_trials(router, letters.one, without_secrets)
    return router


def _add_actions(router: APIRouter) -> None:
    @router.get("/actions")
    def list_operator_actions(
        query: Queries,
        person_id: Annotated[UUID | None, QueryParameter(description="Whose")] = None,
        object_id: Annotated[
            str | None, QueryParameter(max_length=200, description="To what")
        ] = None,
        after: After = None,
        limit: Limit = 50,
    ) -> Page[OperatorActionView]:
        """Return what operators did and tried, newest first (role operator)."""
        found = query.run(
            lambda desk: list_actions(
                desk.connection, by=person_id, about=object_id, after=after, limit=limit + 1
            )
        )
        return page(found, limit, lambda action: action.action_id)


def _add_queues(router: APIRouter, service: str) -> None:
    @router.get("/queues")
    def get_queues(query: Queries) -> QueuesView:
        """Return what is still to be told and to be heard (role operator)."""
        length, age, names = query.run(_standing)
        found = Depths(service, query.edge.amqp_url).of(names) if query.edge.amqp_url else None
        return QueuesView(
            service=service,
            outbox=length,
            outbox_age_seconds=age,
            broker=found is not None,
            queues=tuple(found or ()),
        )


def _standing(desk: Desk) -> tuple[int, float, list[str]]:
    waiting = desk.connection.execute(_OUTBOX).one()
    age = (desk.clock.now() - waiting.oldest).total_seconds() if waiting.oldest else 0.0
    return waiting.length, max(age, 0.0), queues.heard(desk.connection)


def _add_dead_letters(router: APIRouter, letters: "_Letters") -> None:
    @router.get("/dead-letters")
    def list_dead_letters(query: Queries, limit: Limit = 50) -> DeadLetterList:
        """Return what the service could not handle, oldest first (role operator)."""
        found = letters.find(query.edge.amqp_url)
        return DeadLetterList(count=len(found), letters=tuple(map(_summary, found[:limit])))

    @router.post("/dead-letters/replay", response_model=DeadLettersMoved)
    def replay_dead_letters(body: ReplayDeadLetters, command: Commands) -> Answered:
        """Put all dead letters, or those of one queue, back into their queues (operator)."""
        return _moved(
            command,
            lambda: letters.move(
                dead_letters.replay,
                command.edge.amqp_url,
                lambda letter: body.queue in {None, letter.queue},
            ),
        )

    @router.get("/dead-letters/{letter_id}")
    def get_dead_letter(letter_id: LetterId, query: Queries) -> DeadLetterView:
        """Return a dead letter with its event (role operator); that it was read is noted."""
        query.run_noted(lambda _: None)
        return _view(letters.one(query.edge.amqp_url, letter_id))

    @router.post("/dead-letters/{letter_id}/replay", response_model=DeadLettersMoved)
    def replay_dead_letter(letter_id: LetterId, command: Commands) -> Answered:
        """Put a dead letter back into its queue; handled twice it is not (role operator)."""
        return _moved(
            command,
            lambda: letters.move_one(dead_letters.replay, command.edge.amqp_url, letter_id),
        )

    @router.post("/dead-letters/{letter_id}/discard", response_model=DeadLettersMoved)
    def discard_dead_letter(
        letter_id: LetterId, command: Commands, body: DiscardDeadLetter | None = None
    ) -> Answered:
        """Delete a dead letter for good; the reason is kept with who did it (role operator)."""
        del body  # the audit takes the reason from the request
        return _moved(
            command,
            lambda: letters.move_one(dead_letters.discard, command.edge.amqp_url, letter_id),
        )


def _moved(command: Commands, move: Callable[[], list[DeadLetter]]) -> Answered:
    """Write down that it is tried, call the broker without a transaction, write down what was."""

    def told(_desk: Desk, _: None, moved: list[DeadLetter]) -> DeadLettersMoved:
        return DeadLettersMoved(count=len(moved), letter_ids=tuple(each.id for each in moved))

    return command.run_around(lambda _: None, lambda _: move(), told)


@dataclass(frozen=True)
class _Letters:
    """The dead letters of a service at the broker, with our refusals in place of the broker's."""

    service: str

    def find(self, amqp_url: str) -> list[DeadLetter]:
        return self._asked(amqp_url, lambda: dead_letters.find(self.service, amqp_url))

    def one(self, amqp_url: str, letter_id: str) -> DeadLetter:
        found = self._asked(
            amqp_url,
            lambda: dead_letters.find(self.service, amqp_url, lambda each: each.id == letter_id),
        )
        return self._there(found)[0]

    def move(
        self,
        act: Callable[[str, str, dead_letters.Choice], list[DeadLetter]],
        amqp_url: str,
        chosen: dead_letters.Choice,
    ) -> list[DeadLetter]:
        return self._asked(amqp_url, lambda: act(self.service, amqp_url, chosen))

    def move_one(
        self,
        act: Callable[[str, str, dead_letters.Choice], list[DeadLetter]],
        amqp_url: str,
        letter_id: str,
    ) -> list[DeadLetter]:
        return self._there(self.move(act, amqp_url, lambda letter: letter.id == letter_id))

    @staticmethod
    def _there(found: list[DeadLetter]) -> list[DeadLetter]:
        if not found:
            raise NotFound(
                "dead_letter_not_found", "It is not there any more: replayed or discarded?"
            )
        return found

    @staticmethod
    def _asked(amqp_url: str, ask: Callable[[], T]) -> T:
        if not amqp_url:
            raise Transient("broker_unavailable", "This process doesn't know the broker: AMQP_URL.")
        try:
            return ask()
        except UnroutableError as error:
            raise Rejected(
                "dead_letter_queue_gone",
                "The queue of a letter is gone; it stays. Is the service's events process up?",
            ) from error
        except (AMQPError, OSError) as error:
            raise Transient("broker_unavailable", "The broker can't be asked now.") from error


def _summary(letter: DeadLetter) -> DeadLetterSummary:
    return DeadLetterSummary(**_facts(letter))


def _view(letter: DeadLetter) -> DeadLetterView:
    headers = {str(name): str(value) for name, value in letter.received.headers.items()}
    return DeadLetterView(**_facts(letter), headers=headers, content=_content(letter))


def _facts(letter: DeadLetter) -> Any:
    headers = letter.received.headers
    return {
        "letter_id": letter.id,
        "queue": letter.queue,
        "event_type": str(headers.get(f"{PREFIX}type", "")),
        "subject": str(headers.get(f"{PREFIX}subject", "")),
        "error": letter.error,
        "attempts": letter.attempts,
        "told_at": headers.get(f"{PREFIX}time"),
    }


def _content(letter: DeadLetter) -> Any:
    """Return the event without its secrets; a text that is none is shown as it came."""
    try:
        return without_secrets(json.loads(letter.received.body))
    except ValueError:
        return letter.received.body.decode(errors="replace")


def without_secrets(value: Any) -> Any:
    """Return JSON with what is secret in it left out, at any depth."""
    if isinstance(value, Mapping):
        return {name: _hidden(str(name), each) for name, each in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [without_secrets(each) for each in value]
    return value


def _hidden(name: str, value: Any) -> Any:
    secret = any(each in name.lower().split("_") for each in SECRETS)
    return HIDDEN if secret and value is not None else without_secrets(value)
