"""The practice job and drafts over HTTP; decides nothing."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from services.programs.ports import Work
from services.programs.use_cases import drafts, practising
from shared.http.edge import Answered, Command, Query, command, query
from shared.messages.program_path import (
    CommentDraft,
    DeliverPractice,
    DraftView,
    PracticeView,
    ReviewPractice,
    ShowDraft,
)

router = APIRouter(prefix="/api/v1/programs", tags=["programs"])

Commands = Annotated[Command[Work], Depends(command)]
Queries = Annotated[Query[Work], Depends(query)]


@router.get("/participants/{participant_id}/practice")
def get_practice(participant_id: UUID, query: Queries) -> PracticeView:
    """Return the practice job (the participant, their supporter)."""
    return query.run(lambda work: practising.get_practice(participant_id, query.person, work))


@router.post(
    "/participants/{participant_id}/practice/deliveries",
    status_code=201,
    response_model=PracticeView,
)
def deliver_practice(participant_id: UUID, body: DeliverPractice, command: Commands) -> Answered:
    """Hand in the practice job (the participant)."""
    return command.run(lambda work: practising.deliver(participant_id, body, command.person, work))


@router.post("/participants/{participant_id}/practice/review", response_model=PracticeView)
def review_practice(participant_id: UUID, body: ReviewPractice, command: Commands) -> Answered:
    """Accept the practice job, or name the criterion that isn't met (the supporter)."""
    return command.run(lambda work: practising.review(participant_id, body, command.person, work))


@router.post("/participants/{participant_id}/drafts", status_code=201, response_model=DraftView)
def show_draft(participant_id: UUID, body: ShowDraft, command: Commands) -> Answered:
    """Show what one is going to deliver for a milestone of one's own (the participant)."""
    return command.run(lambda work: drafts.show(participant_id, body, command.person, work))


@router.get("/participants/{participant_id}/drafts")
def list_drafts(participant_id: UUID, query: Queries) -> tuple[DraftView, ...]:
    """Return drafts, newest first (participant, supporter; the partner sees escalated ones)."""
    return query.run(lambda work: drafts.list_drafts(participant_id, query.person, work))


@router.post("/drafts/{draft_id}/look", response_model=DraftView)
def look_at_draft(draft_id: UUID, body: CommentDraft, command: Commands) -> Answered:
    """Say that one has looked (the supporter; once escalated, the partner's members, too)."""
    return command.run(lambda work: drafts.look(draft_id, body, command.person, work))
