"""Retainers over HTTP; decides nothing."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from services.contracts.ports import Work
from services.contracts.use_cases import retaining
from services.contracts.use_cases.working import Place
from shared.http.edge import Answered, Command, Query, command, query
from shared.messages.retainers import HoursView, LogHours, RetainerView

router = APIRouter(prefix="/api/v1/contracts", tags=["contracts"])

Commands = Annotated[Command[Work], Depends(command)]
Queries = Annotated[Query[Work], Depends(query)]


async def _place(contract_id: UUID, milestone_id: UUID) -> Place:
    return Place(contract_id, milestone_id)


@router.get("/{contract_id}/retainer")
def get_retainer(contract_id: UUID, query: Queries) -> RetainerView:
    """Return a retainer with its periods, newest first (a party)."""
    return query.run(lambda work: retaining.get_retainer(contract_id, query.person, work))


@router.post("/{contract_id}/retainer/notice", status_code=201, response_model=RetainerView)
def give_notice(contract_id: UUID, command: Commands) -> Answered:
    """End the retainer, with the notice that the terms ask for (either party)."""
    return command.run(lambda work: retaining.give_notice(contract_id, command.person, work))


@router.post("/{contract_id}/retainer/resumption", status_code=201, response_model=RetainerView)
def resume(contract_id: UUID, command: Commands) -> Answered:
    """Begin a new period today, after one that was not paid for (the client)."""
    return command.run(lambda work: retaining.resume(contract_id, command.person, work))


@router.get("/{contract_id}/milestones/{milestone_id}/hours")
def get_hours(place: Annotated[Place, Depends(_place)], query: Queries) -> HoursView:
    """Return the hours of a period (a party)."""
    return query.run(lambda work: retaining.get_hours(place, query.person, work))


@router.post(
    "/{contract_id}/milestones/{milestone_id}/hours", status_code=201, response_model=HoursView
)
def log_hours(
    place: Annotated[Place, Depends(_place)], body: LogHours, command: Commands
) -> Answered:
    """Log time that was worked (the assistant)."""
    return command.run(lambda work: retaining.log_hours(place, body, command.person, work))


@router.put("/{contract_id}/milestones/{milestone_id}/hours/{entry_id}", response_model=HoursView)
def change_entry(
    place: Annotated[Place, Depends(_place)], entry_id: UUID, body: LogHours, command: Commands
) -> Answered:
    """Put an entry right, until the hours are delivered (the assistant)."""
    return command.run(
        lambda work: retaining.change_entry(place, entry_id, body, command.person, work)
    )


@router.delete(
    "/{contract_id}/milestones/{milestone_id}/hours/{entry_id}", response_model=HoursView
)
def remove_entry(
    place: Annotated[Place, Depends(_place)], entry_id: UUID, command: Commands
) -> Answered:
    """Take an entry away, until the hours are delivered (the assistant)."""
    return command.run(lambda work: retaining.remove_entry(place, entry_id, command.person, work))
