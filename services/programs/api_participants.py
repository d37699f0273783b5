"""Those who take part, over HTTP; decides nothing."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from services.programs.ports import Work
from services.programs.use_cases import attending, viewing
from shared.http.edge import Answered, Command, Query, command, query
from shared.messages.program_people import (
    ChangeConsent,
    ChangeHours,
    MateView,
    ParticipantView,
    RateProgram,
)

router = APIRouter(prefix="/api/v1/programs", tags=["programs"])

Commands = Annotated[Command[Work], Depends(command)]
Queries = Annotated[Query[Work], Depends(query)]


@router.get("/participants/mine")
def get_own_participation(query: Queries) -> ParticipantView:
    """Return as whom one takes part now."""
    return query.run(lambda work: viewing.own(query.person, work))


@router.get("/participants/mine/mates")
def list_mates(query: Queries) -> list[MateView]:
    """Return those of one's own cohort who have come as far as to work."""
    return query.run(lambda work: viewing.mates(query.person, work))


@router.get("/participants/{participant_id}")
def get_participant(participant_id: UUID, query: Queries) -> ParticipantView:
    """Return a participant (themselves, their supporter, the partner's members)."""
    return query.run(lambda work: viewing.get_participant(participant_id, query.person, work))


@router.post("/participants/{participant_id}/departure", response_model=ParticipantView)
def leave_program(participant_id: UUID, command: Commands) -> Answered:
    """Take part no longer (oneself, or the partner's members who may accept)."""
    return command.run(lambda work: attending.leave(participant_id, command.person, work))


@router.put("/participants/{participant_id}/consent", response_model=ParticipantView)
def change_consent(participant_id: UUID, body: ChangeConsent, command: Commands) -> Answered:
    """Say whether to be counted in a program's figures (the participant, at will)."""
    return command.run(
        lambda work: attending.change_consent(participant_id, body, command.person, work)
    )


@router.put("/participants/{participant_id}/weekly-hours", response_model=ParticipantView)
def change_hours(participant_id: UUID, body: ChangeHours, command: Commands) -> Answered:
    """Say how many hours a week one wants to work (the participant)."""
    return command.run(
        lambda work: attending.change_hours(participant_id, body, command.person, work)
    )


@router.put("/participants/{participant_id}/rating", response_model=ParticipantView)
def rate_program(participant_id: UUID, body: RateProgram, command: Commands) -> Answered:
    """Say how content one is with the program (the participant); the last word counts."""
    return command.run(lambda work: attending.rate(participant_id, body, command.person, work))
