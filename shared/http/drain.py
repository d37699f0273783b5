"""Draining a service: an operator lets its events processes stand still, and go on again."""

from fastapi import APIRouter

from shared.http.desk import Commands, Desk, Queries
from shared.http.edge import Answered
from shared.messages.operations import DrainService, DrainView
from shared.messaging import switches


def add_drain(router: APIRouter, service: str) -> None:
    """Add to the service's operations."""

    def shown(desk: Desk) -> DrainView:
        found = switches.drained(desk.connection)
        since, reason = (found.since, found.reason) if found else (None, None)
        return DrainView(service=service, drained=found is not None, since=since, reason=reason)

    @router.get("/drain")
    def get_drain(query: Queries) -> DrainView:
        """Return whether the service stands still (role operator)."""
        return query.run(shown)

    @router.post("/drain", response_model=DrainView)
    def drain_service(body: DrainService, command: Commands) -> Answered:
        """Let its events processes finish what is in hand and stand still (role operator).

        They notice within 2 s, their clocks too. The api and the relay go on.
        """

        def drain(desk: Desk) -> DrainView:
            by, now = command.person.person_id, desk.clock.now()
            switches.drain(desk.connection, by, body.reason, now)
            return shown(desk)

        return command.run(drain)

    @router.post("/resume", response_model=DrainView)
    def resume_service(command: Commands) -> Answered:
        """Let its events processes work again (role operator)."""

        def resume(desk: Desk) -> DrainView:
            switches.resume(desk.connection)
            return shown(desk)

        return command.run(resume)
