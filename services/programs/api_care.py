"""Help, quiet questions, notes, and a supporter's today over HTTP; decides nothing."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from services.programs.ports import Work
from services.programs.use_cases import caring, helping, noting
from services.programs.use_cases import today as today_
from shared.http.edge import Answered, Command, Query, command, query
from shared.messages.program_path import (
    AnswerCheckIn,
    AnswerHelp,
    AskForHelp,
    CheckInView,
    HelpView,
    PersonToday,
)
from shared.messages.program_people import NoteView, WriteNote

router = APIRouter(prefix="/api/v1/programs", tags=["programs"])

Commands = Annotated[Command[Work], Depends(command)]
Queries = Annotated[Query[Work], Depends(query)]


@router.get("/today")
def list_today(query: Queries) -> list[PersonToday]:
    """Return whom one stands by as a supporter, with what waits, the most urgent first."""
    return query.run(lambda work: today_.list_today(query.person, work))


@router.post("/participants/{participant_id}/helps", status_code=201, response_model=HelpView)
def ask_for_help(participant_id: UUID, body: AskForHelp, command: Commands) -> Answered:
    """Ask one's supporter, from whatever step one is at (the participant)."""
    return command.run(lambda work: helping.ask(participant_id, body, command.person, work))


@router.get("/participants/{participant_id}/helps")
def list_helps(participant_id: UUID, query: Queries) -> tuple[HelpView, ...]:
    """Return questions, newest first (participant, supporter; the partner sees escalated ones)."""
    return query.run(lambda work: helping.list_helps(participant_id, query.person, work))


@router.get("/helps/{help_id}")
def get_help(help_id: UUID, query: Queries) -> HelpView:
    """Return a question with its answers."""
    return query.run(lambda work: helping.get_help(help_id, query.person, work))


@router.post("/helps/{help_id}/answers", status_code=201, response_model=HelpView)
def answer_help(help_id: UUID, body: AnswerHelp, command: Commands) -> Answered:
    """Answer, or write back (supporter, participant; once escalated, the partner's members)."""
    return command.run(lambda work: helping.answer(help_id, body, command.person, work))


@router.post("/helps/{help_id}/settlement", response_model=HelpView)
def settle_help(help_id: UUID, command: Commands) -> Answered:
    """Say that it is settled (the participant)."""
    return command.run(lambda work: helping.settle(help_id, command.person, work))


@router.get("/participants/{participant_id}/check-ins")
def list_check_ins(participant_id: UUID, query: Queries) -> tuple[CheckInView, ...]:
    """Return how somebody was asked, newest first; the supporter sees what was passed on."""
    return query.run(lambda work: caring.list_check_ins(participant_id, query.person, work))


@router.post("/check-ins/{check_in_id}/answer", response_model=CheckInView)
def answer_check_in(check_in_id: UUID, body: AnswerCheckIn, command: Commands) -> Answered:
    """Say how it goes (the participant)."""
    return command.run(lambda work: caring.answer_check_in(check_in_id, body, command.person, work))


@router.post("/participants/{participant_id}/notes", status_code=201, response_model=NoteView)
def write_note(participant_id: UUID, body: WriteNote, command: Commands) -> Answered:
    """Write a note on somebody (their supporter)."""
    return command.run(lambda work: noting.write(participant_id, body, command.person, work))


@router.get("/participants/{participant_id}/notes")
def list_notes(participant_id: UUID, query: Queries) -> tuple[NoteView, ...]:
    """Return the notes on somebody, newest first (their supporter)."""
    return query.run(lambda work: noting.list_notes(participant_id, query.person, work))
