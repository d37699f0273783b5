"""Programs over HTTP; decides nothing."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi import Query as QueryParameter

from services.programs.ports import Work
from services.programs.use_cases import programs
from shared.http.edge import Answered, Command, Query, command, query
from shared.http.etags import TAGGED, Edits, Shown
from shared.http.pagination import After, Limit, page
from shared.messages.base import Page
from shared.messages.programs import (
    DescribeProgram,
    LocalClientView,
    ProgramView,
    SetCurriculum,
)

router = APIRouter(prefix="/api/v1/programs", tags=["programs"])

Commands = Annotated[Command[Work], Depends(command)]
Queries = Annotated[Query[Work], Depends(query)]
Mine = Annotated[
    bool, QueryParameter(description="All that the caller's accounts sponsor or run, not open ones")
]


@router.post("", status_code=201, response_model=ProgramView)
def describe_program(body: DescribeProgram, command: Commands) -> Answered:
    """Begin a program as a draft (the sponsor's members who may post)."""
    return command.run(lambda work: programs.describe_program(body, command.person, work))


@router.get("")
def list_programs(
    query: Queries, *, mine: Mine = False, after: After = None, limit: Limit = 20
) -> Page[ProgramView]:
    """Return programs, newest first: the open ones, or all that one's accounts sponsor or run."""
    person = query.person
    found = query.run(
        lambda work: programs.list_programs(person, work, mine=mine, after=after, limit=limit + 1)
    )
    return page(found, limit, lambda program: program.program_id)


@router.get("/{program_id}", responses=TAGGED)
def get_program(program_id: UUID, query: Queries, shown: Shown) -> ProgramView:
    """Return a program: open ones to who signed in, others to who runs it or is in it."""
    return shown.as_of(query.run(lambda work: programs.get_program(program_id, query.person, work)))


@router.put("/{program_id}", response_model=ProgramView)
def change_program(
    program_id: UUID, body: DescribeProgram, command: Commands, edit: Edits
) -> Answered:
    """Describe a program anew (the sponsor's members who may post); open ones only raise caps."""
    return edit.run(
        command,
        lambda work: programs.get_program(program_id, command.person, work),
        lambda work: programs.change_program(program_id, body, command.person, work),
    )


@router.put("/{program_id}/curriculum", response_model=ProgramView)
def set_curriculum(
    program_id: UUID, body: SetCurriculum, command: Commands, edit: Edits
) -> Answered:
    """Set the units and the practice job (the partner's members who may post).

    `If-Match` is held against the ETag of the program, of which the curriculum is a part.
    """
    return edit.run(
        command,
        lambda work: programs.get_program(program_id, command.person, work),
        lambda work: programs.set_curriculum(program_id, body, command.person, work),
    )


@router.post("/{program_id}/opening", response_model=ProgramView)
def open_program(program_id: UUID, command: Commands) -> Answered:
    """Open a draft (the sponsor's members who may post), once the sponsor is confirmed."""
    return command.run(lambda work: programs.open_program(program_id, command.person, work))


@router.post("/{program_id}/closure", response_model=ProgramView)
def close_program(program_id: UUID, command: Commands) -> Answered:
    """Take nobody any more (the sponsor's members who may post); who takes part goes on."""
    return command.run(lambda work: programs.close_program(program_id, command.person, work))


@router.get("/{program_id}/local-clients")
def list_local_clients(program_id: UUID, query: Queries) -> list[LocalClientView]:
    """Return the clients that count as local (the partner's members who may post)."""
    return query.run(lambda work: programs.list_local_clients(program_id, query.person, work))


@router.put("/{program_id}/local-clients/{account_id}", response_model=list[LocalClientView])
def add_local_client(program_id: UUID, account_id: UUID, command: Commands) -> Answered:
    """Count the jobs of a client as local (the partner's members who may post)."""
    return command.run(
        lambda work: programs.add_local_client(program_id, account_id, command.person, work)
    )


@router.delete("/{program_id}/local-clients/{account_id}", response_model=list[LocalClientView])
def remove_local_client(program_id: UUID, account_id: UUID, command: Commands) -> Answered:
    """Count the jobs of a client as local no more (the partner's members who may post)."""
    return command.run(
        lambda work: programs.remove_local_client(program_id, account_id, command.person, work)
    )
