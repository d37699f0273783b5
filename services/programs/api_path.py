"""Steps, units and files of participants over HTTP; decides nothing."""

import re
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from services.programs.ports import Work
from services.programs.use_cases import caring, files, stepping, units, viewing
from shared.http.app import MAX_BODY_BYTES
from shared.http.edge import Answered, Command, Query, command, query
from shared.http.files import (
    BODY,
    MAX_FILE_BYTES,
    FileName,
    Stores,
    for_saving,
    media_type_of,
    receive,
)
from shared.messages.files import FileView
from shared.messages.program_path import AnswerCheck, CheckView
from shared.messages.program_people import ParticipantView, WeekView
from shared.people import Person

PREFIX = "/api/v1/programs"
_FILES_PATH = re.compile(PREFIX + r"/participants/[^/]+/files")

router = APIRouter(prefix=PREFIX, tags=["programs"])

Commands = Annotated[Command[Work], Depends(command)]
Queries = Annotated[Query[Work], Depends(query)]


def max_body_bytes(path: str) -> int:
    """Return how large a body may be: files are larger than JSON."""
    return MAX_FILE_BYTES if _FILES_PATH.fullmatch(path) else MAX_BODY_BYTES


def _confirm(participant_id: UUID, by: Person, work: Work) -> ParticipantView:
    there = stepping.confirm_orientation(participant_id, by, work)
    return viewing.view(there, by, work)


@router.post("/participants/{participant_id}/orientation", response_model=ParticipantView)
def confirm_orientation(participant_id: UUID, command: Commands) -> Answered:
    """Say that one has understood how it works: the units begin (the participant)."""
    return command.run(lambda work: _confirm(participant_id, command.person, work))


@router.post("/participants/{participant_id}/units/{number}/check", response_model=CheckView)
def answer_check(
    participant_id: UUID, number: int, body: AnswerCheck, command: Commands
) -> Answered:
    """Answer a unit's questions, as often as one likes (the participant)."""
    return command.run(
        lambda work: units.answer_check(participant_id, number, body, command.person, work)
    )


@router.post("/participants/{participant_id}/units/{number}/confirmation", response_model=CheckView)
def confirm_unit(participant_id: UUID, number: int, command: Commands) -> Answered:
    """Confirm a unit without questions (the participant's supporter)."""
    return command.run(
        lambda work: units.confirm_unit(participant_id, number, command.person, work)
    )


@router.get("/participants/{participant_id}/weeks")
def list_weeks(participant_id: UUID, query: Queries) -> tuple[WeekView, ...]:
    """Return the hours of the last 12 weeks, newest first: declared, and an estimate of worked."""
    return query.run(lambda work: caring.list_weeks(participant_id, query.person, work))


@router.post("/participants/{participant_id}/files", status_code=201, openapi_extra=dict(BODY))
async def upload_participant_file(
    participant_id: UUID, name: FileName, request: Request, query: Queries, store: Stores
) -> FileView:
    """Keep a file for a draft or the practice job, of at most 50 MiB and no program.

    It is sent as the body (the participant). No Idempotency-Key is needed: the same bytes under
    the same name are the same file.
    """
    person = query.person
    await run_in_threadpool(query.run, lambda work: files.check_owner(participant_id, person, work))
    content = await receive(request, store, name)
    media_type = media_type_of(request)
    return await run_in_threadpool(
        query.run,
        lambda work: files.add_file(
            participant_id, content, person, work, name=name, media_type=media_type
        ),
    )


@router.get("/participants/{participant_id}/files/{file_id}", response_class=StreamingResponse)
def download_participant_file(
    participant_id: UUID, file_id: UUID, query: Queries, store: Stores
) -> StreamingResponse:
    """Return a file's bytes, for saving (the participant, their supporter; escalated: partner)."""
    file = query.run(lambda work: files.get_file(participant_id, file_id, query.person, work))
    return for_saving(file, store)
