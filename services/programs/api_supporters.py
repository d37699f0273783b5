"""Who stands by whom, over HTTP; decides nothing."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from services.programs.ports import Work
from services.programs.use_cases import supporting
from shared.http.edge import Answered, Command, Query, command, query
from shared.messages.program_people import (
    AddSupporter,
    AssignSupporter,
    ParticipantView,
    SupporterView,
)

router = APIRouter(prefix="/api/v1/programs", tags=["programs"])

Commands = Annotated[Command[Work], Depends(command)]
Queries = Annotated[Query[Work], Depends(query)]


@router.post("/{program_id}/supporters", status_code=201, response_model=SupporterView)
def add_supporter(program_id: UUID, body: AddSupporter, command: Commands) -> Answered:
    """Let somebody stand by people of a program, or set their limit (partner, may post)."""
    return command.run(
        lambda work: supporting.add_supporter(program_id, body, command.person, work)
    )


@router.get("/{program_id}/supporters")
def list_supporters(program_id: UUID, query: Queries) -> list[SupporterView]:
    """Return a program's supporters (the partner's members who may post)."""
    return query.run(lambda work: supporting.list_supporters(program_id, query.person, work))


@router.delete("/{program_id}/supporters/{person_id}", response_model=list[SupporterView])
def remove_supporter(program_id: UUID, person_id: UUID, command: Commands) -> Answered:
    """Let somebody support no more, who stands by nobody (the partner's members who may post)."""
    return command.run(
        lambda work: supporting.remove_supporter(program_id, person_id, command.person, work)
    )


@router.put("/participants/{participant_id}/supporter", response_model=ParticipantView)
def assign_supporter(participant_id: UUID, body: AssignSupporter, command: Commands) -> Answered:
    """Set who stands by a participant (the partner's members who may post)."""
    return command.run(
        lambda work: supporting.assign_supporter(participant_id, body, command.person, work)
    )
