"""Telling archived events once more, for a consumer that is new or was rebuilt: operators only."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from fastapi import Query as QueryParameter

from shared.errors import Invalid, NotFound
from shared.http.desk import Commands, Desk, Queries
from shared.http.pagination import Limit
from shared.messages.operations import (
    ArchivedEvents,
    ReplayList,
    ReplayView,
    RequestReplay,
    SelectArchived,
)
from shared.messaging import replays
from shared.messaging.topology import hearers


def add_replays(router: APIRouter, service: str) -> None:
    """Return the endpoints of a service that tells events."""

    @router.get("/archive")
    def count_archived_events(
        query: Queries, wanted: Annotated[SelectArchived, QueryParameter()]
    ) -> ArchivedEvents:
        """Return how many events a replay would tell: its dry run (role operator)."""
        _must_hear(wanted.consumer, service)
        found = query.run(lambda desk: replays.counted(desk.connection, wanted))
        return ArchivedEvents(events=found)

    @router.get("/replays")
    def list_replays(query: Queries, limit: Limit = 50) -> ReplayList:
        """Return the replays that were asked for last (role operator)."""
        found = query.run(lambda desk: replays.newest(desk.connection, limit))
        return ReplayList(replays=tuple(found))

    @router.post("/replays", status_code=202)
    def request_replay(body: RequestReplay, command: Commands) -> ReplayView:
        """Tell archived events once more; the relay does it, within its rate (role operator).

        They are the same messages as then: who has handled one refuses it.
        """
        _must_hear(body.consumer, service)
        by = command.person.person_id
        return command.run(lambda desk: replays.request(desk.connection, body, by))

    @router.get("/replays/{replay_id}")
    def get_replay(replay_id: UUID, query: Queries) -> ReplayView:
        """Return how far a replay is (role operator)."""
        return query.run(lambda desk: _found(desk, replay_id))

    @router.post("/replays/{replay_id}/stop")
    def stop_replay(replay_id: UUID, command: Commands) -> ReplayView:
        """Stop a replay; what it has told stays told (role operator)."""

        def stop(desk: Desk) -> ReplayView:
            _found(desk, replay_id)
            replays.stop(desk.connection, replay_id)
            return _found(desk, replay_id)

        return command.run(stop)


def _must_hear(consumer: str | None, service: str) -> None:
    if consumer is not None and consumer.partition(".")[0] not in hearers(service):
        raise Invalid("replay_consumer_unknown", consumer=consumer, hears=hearers(service))


def _found(desk: Desk, replay_id: UUID) -> ReplayView:
    replay = replays.find(desk.connection, replay_id)
    if replay is None:
        raise NotFound("replay_not_found", "Nobody has asked for such a replay here.")
    return replay
