"""Commands and queries of jobs over HTTP; decides nothing."""

import re
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi import Query as QueryParameter
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from services.jobs.ports import Work
from services.jobs.use_cases import asking, posting
from shared.http.app import MAX_BODY_BYTES
from shared.http.edge import Answered, Command, Query, command, query
from shared.http.etags import TAGGED, Edits, Shown
from shared.http.files import (
    BODY,
    MAX_FILE_BYTES,
    FileName,
    Stores,
    for_saving,
    media_type_of,
    receive,
)
from shared.http.pagination import After, Limit, page
from shared.messages.base import Page
from shared.messages.files import FileView
from shared.messages.jobs import (
    AnswerQuestion,
    AskQuestion,
    Category,
    InvitationView,
    InviteAssistant,
    JobDetails,
    JobView,
    PostJob,
    QuestionView,
)

PREFIX = "/api/v1/jobs"
_FILES_PATH = re.compile(PREFIX + r"/[^/]+/files")

router = APIRouter(prefix=PREFIX, tags=["jobs"])

Commands = Annotated[Command[Work], Depends(command)]
Queries = Annotated[Query[Work], Depends(query)]

Invited = Annotated[bool, QueryParameter(description="Only those that the caller is invited to")]
Mine = Annotated[bool, QueryParameter(description="All jobs of the caller, not only open ones")]


def max_body_bytes(path: str) -> int:
    """Return how large a body may be: files are larger than JSON."""
    return MAX_FILE_BYTES if _FILES_PATH.fullmatch(path) else MAX_BODY_BYTES


@router.post("", status_code=201, response_model=JobView)
def post_job(body: PostJob, command: Commands) -> Answered:
    """Ask for work to be done (role client, or a member of the company who may post)."""
    return command.run(lambda work: posting.post_job(body, command.person, work))


@router.get("")
def list_jobs(
    query: Queries,
    *,
    category: Category | None = None,
    after: After = None,
    limit: Limit = 20,
    mine: Mine = False,
    invited: Invited = False,
) -> Page[JobView]:
    """Return jobs, newest first: the open ones that one may see, or all of one's own."""
    person = query.person
    jobs = query.run(
        lambda work: posting.list_jobs(
            person,
            work,
            mine=mine,
            invited=invited,
            category=category,
            after=after,
            limit=limit + 1,
        )
    )
    return page(jobs, limit, lambda job: job.job_id)


@router.get("/{job_id}", responses=TAGGED)
def get_job(job_id: UUID, query: Queries, shown: Shown) -> JobView:
    """Return a job, to whoever may see it."""
    return shown.as_of(query.run(lambda work: posting.get_job(job_id, query.person, work)))


@router.put("/{job_id}", response_model=JobView)
def edit_job(job_id: UUID, body: JobDetails, command: Commands, edit: Edits) -> Answered:
    """Say other things in a job (its client), as long as nobody has proposed to it."""
    return edit.run(
        command,
        lambda work: posting.get_job(job_id, command.person, work),
        lambda work: posting.edit_job(job_id, body, command.person, work),
    )


@router.post("/{job_id}/publication", response_model=JobView)
def publish_job(job_id: UUID, command: Commands) -> Answered:
    """Open a draft to proposals (its client)."""
    return command.run(lambda work: posting.publish_job(job_id, command.person, work))


@router.post("/{job_id}/pause", response_model=JobView)
def pause_job(job_id: UUID, command: Commands) -> Answered:
    """Take no proposals for a while (the job's client)."""
    return command.run(lambda work: posting.pause_job(job_id, command.person, work))


@router.post("/{job_id}/resumption", response_model=JobView)
def resume_job(job_id: UUID, command: Commands) -> Answered:
    """Take proposals again (the job's client)."""
    return command.run(lambda work: posting.resume_job(job_id, command.person, work))


@router.post("/{job_id}/closure", response_model=JobView)
def close_job(job_id: UUID, command: Commands) -> Answered:
    """Take no more proposals (the job's client). Standing proposals are declined."""
    return command.run(lambda work: posting.close_job(job_id, command.person, work))


@router.post("/{job_id}/files", status_code=201, openapi_extra=dict(BODY))
async def upload_file(
    job_id: UUID, name: FileName, request: Request, query: Queries, store: Stores
) -> FileView:
    """Attach a file, sent as the body, of at most 50 MiB and no program (the job's client).

    No Idempotency-Key is needed: the same bytes under the same name are the same file.
    """
    person = query.person
    await run_in_threadpool(query.run, lambda work: posting.check_manager(job_id, person, work))
    content = await receive(request, store, name)
    media_type = media_type_of(request)
    return await run_in_threadpool(
        query.run,
        lambda work: posting.add_file(
            job_id, content, person, work, name=name, media_type=media_type
        ),
    )


@router.get("/{job_id}/files/{file_id}", response_class=StreamingResponse)
def download_file(job_id: UUID, file_id: UUID, query: Queries, store: Stores) -> StreamingResponse:
    """Return a file's bytes, for saving, to whoever may see the job."""
    file = query.run(lambda work: posting.get_file(job_id, file_id, query.person, work))
    return for_saving(file, store)


@router.post("/{job_id}/questions", status_code=201, response_model=QuestionView)
def ask_question(job_id: UUID, body: AskQuestion, command: Commands) -> Answered:
    """Ask the client something about an open job (role assistant)."""
    return command.run(lambda work: asking.ask(job_id, body, command.person, work))


@router.post(
    "/{job_id}/questions/{question_id}/answer", status_code=201, response_model=QuestionView
)
def answer_question(
    job_id: UUID, question_id: UUID, body: AnswerQuestion, command: Commands
) -> Answered:
    """Answer a question (the job's client)."""
    return command.run(lambda work: asking.answer(job_id, question_id, body, command.person, work))


@router.get("/{job_id}/questions")
def list_questions(
    job_id: UUID, query: Queries, after: After = None, limit: Limit = 20
) -> Page[QuestionView]:
    """Return the questions about a job: to its client all, to others the answered and their own."""
    found = query.run(
        lambda work: asking.list_questions(job_id, query.person, work, after=after, limit=limit + 1)
    )
    return page(found, limit, lambda question: question.question_id)


@router.post("/{job_id}/invitations", status_code=201, response_model=InvitationView)
def invite_assistant(job_id: UUID, body: InviteAssistant, command: Commands) -> Answered:
    """Invite an assistant to propose (the job's client)."""
    return command.run(lambda work: asking.invite(job_id, body, command.person, work))


@router.get("/{job_id}/invitations")
def list_invitations(job_id: UUID, query: Queries) -> list[InvitationView]:
    """Return who was invited, the newest first (the job's client)."""
    return list(query.run(lambda work: asking.list_invitations(job_id, query.person, work)))
