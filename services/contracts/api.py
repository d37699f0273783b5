"""Commands and queries of contracts over HTTP; decides nothing."""

import re
from collections.abc import Callable
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi import Query as QueryParameter
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from services.contracts.ports import Work
from services.contracts.use_cases import bonuses, disputes, files, reading, working
from services.contracts.use_cases.disputes import DisputePlace
from services.contracts.use_cases.working import Place
from shared.http.app import MAX_BODY_BYTES
from shared.http.approvals import MAY_WAIT, approvals_router
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
from shared.http.pagination import After, Limit, page
from shared.messages.base import Page
from shared.messages.contracts import (
    AcceptPart,
    AnswerDispute,
    AskToEnd,
    CommentDelivery,
    ContractSummary,
    ContractView,
    DecideDispute,
    Deliver,
    DisputeView,
    GiveBonus,
    MakeStatement,
    MilestoneView,
    OpenDispute,
    ProposeSettlement,
    RequestChanges,
)
from shared.messages.files import FileView

T = TypeVar("T")

PREFIX = "/api/v1/contracts"
_FILES_PATH = re.compile(PREFIX + r"/[^/]+/files")

router = APIRouter(prefix=PREFIX, tags=["contracts"])

approvals = approvals_router("contracts", disputes.carry_out)

Commands = Annotated[Command[Work], Depends(command)]
Queries = Annotated[Query[Work], Depends(query)]
Running = Annotated[
    bool, QueryParameter(description="Only those in which something is still to be done")
]


def max_body_bytes(path: str) -> int:
    """Return how large a body may be: files are larger than JSON."""
    return MAX_FILE_BYTES if _FILES_PATH.fullmatch(path) else MAX_BODY_BYTES


async def _place(contract_id: UUID, milestone_id: UUID) -> Place:
    return Place(contract_id, milestone_id)


async def _dispute_place(contract_id: UUID, dispute_id: UUID) -> DisputePlace:
    return DisputePlace(contract_id, dispute_id)


@router.get("")
def list_contracts(
    query: Queries,
    after: After = None,
    limit: Limit = 20,
    running: Running = False,  # noqa: FBT002  (the query string has no keyword-only parameters)
) -> Page[ContractSummary]:
    """Return one's own contracts, newest first."""
    person = query.person
    found = query.run(
        lambda work: reading.list_contracts(
            person, work, after=after, limit=limit + 1, running=running
        )
    )
    return page(found, limit, lambda contract: contract.contract_id)


# Before the paths of one contract: "disputes" is no contract's id.
@router.get("/disputes")
def list_open_disputes(query: Queries, after: After = None, limit: Limit = 20) -> Page[DisputeView]:
    """Return the disputes that are to be decided, oldest first (an operator)."""
    person = query.person
    found = query.run(lambda work: disputes.list_open(person, work, after=after, limit=limit + 1))
    return page(found, limit, lambda dispute: dispute.dispute_id)


@router.get("/disputes/{dispute_id}")
def get_dispute(dispute_id: UUID, query: Queries) -> DisputeView:
    """Return a dispute, open or decided (an operator)."""
    person = query.person
    return query.run_noted(lambda work: disputes.get_dispute(dispute_id, person, work))


@router.get("/{contract_id}")
def get_contract(contract_id: UUID, query: Queries) -> ContractView:
    """Return a contract: terms, milestones with their clocks, and all that happened (a party).

    An operator may read one with a dispute; that is written down.
    """
    return query.run_noted(lambda work: reading.get_contract(contract_id, query.person, work))


@router.post(
    "/{contract_id}/files",
    status_code=201,
    openapi_extra=dict(BODY),
)
async def upload_file(
    contract_id: UUID, name: FileName, request: Request, query: Queries, store: Stores
) -> FileView:
    """Add a file, sent as the body, of at most 50 MiB and no program (a party).

    No Idempotency-Key is needed: the same bytes under the same name are the same file.
    """
    person = query.person
    await _in_thread(query, lambda work: files.check_party(contract_id, person, work))
    content = await receive(request, store, name)
    media_type = media_type_of(request)
    return await _in_thread(
        query,
        lambda work: files.add_file(
            contract_id, content, person, work, name=name, media_type=media_type
        ),
    )


@router.get("/{contract_id}/files/{file_id}", response_class=StreamingResponse)
def download_file(
    contract_id: UUID, file_id: UUID, query: Queries, store: Stores
) -> StreamingResponse:
    """Return a file's bytes, for saving (a party)."""
    file = query.run_noted(lambda work: files.get_file(contract_id, file_id, query.person, work))
    return for_saving(file, store)


@router.post(
    "/{contract_id}/milestones/{milestone_id}/deliveries",
    status_code=201,
    response_model=MilestoneView,
)
def deliver(place: Annotated[Place, Depends(_place)], body: Deliver, command: Commands) -> Answered:
    """Hand in the work (the assistant). The client's time to review begins."""
    return command.run(lambda work: working.deliver(place, body, command.person, work))


@router.post(
    "/{contract_id}/milestones/{milestone_id}/change-requests",
    status_code=201,
    response_model=MilestoneView,
)
def request_changes(
    place: Annotated[Place, Depends(_place)], body: RequestChanges, command: Commands
) -> Answered:
    """Say what must change in what was delivered (the client)."""
    return command.run(lambda work: working.request_changes(place, body, command.person, work))


@router.post(
    "/{contract_id}/milestones/{milestone_id}/deliveries/{delivery_id}/comments",
    status_code=201,
    response_model=MilestoneView,
)
def comment_delivery(
    place: Annotated[Place, Depends(_place)],
    delivery_id: UUID,
    body: CommentDelivery,
    command: Commands,
) -> Answered:
    """Say something about a delivery (either party)."""
    return command.run(
        lambda work: working.comment_delivery(place, delivery_id, body, command.person, work)
    )


@router.post(
    "/{contract_id}/milestones/{milestone_id}/partial-acceptances",
    status_code=201,
    response_model=MilestoneView,
)
def accept_part(
    place: Annotated[Place, Depends(_place)], body: AcceptPart, command: Commands
) -> Answered:
    """Accept a part, and say what the rest needs (the client): that part is released."""
    return command.run(lambda work: working.accept_part(place, body, command.person, work))


@router.post("/{contract_id}/milestones/{milestone_id}/acceptance", response_model=MilestoneView)
def accept(place: Annotated[Place, Depends(_place)], command: Commands) -> Answered:
    """Accept the work, or the rest of it (the client): what is left in escrow is released."""
    return command.run(lambda work: working.accept(place, command.person, work))


@router.post("/{contract_id}/milestones/{milestone_id}/ending", response_model=MilestoneView)
def ask_to_end(
    place: Annotated[Place, Depends(_place)], body: AskToEnd, command: Commands
) -> Answered:
    """Propose to end the milestone (either party). The other's silence agrees after some days."""
    return command.run(lambda work: working.ask_to_end(place, body, command.person, work))


@router.post(
    "/{contract_id}/milestones/{milestone_id}/ending/agreement", response_model=MilestoneView
)
def agree_to_end(place: Annotated[Place, Depends(_place)], command: Commands) -> Answered:
    """Agree to end (the party who didn't ask): what is in escrow goes back to the client."""
    return command.run(lambda work: working.agree_to_end(place, command.person, work))


@router.post("/{contract_id}/bonuses", status_code=201, response_model=MilestoneView)
def give_bonus(contract_id: UUID, body: GiveBonus, command: Commands) -> Answered:
    """Add a bonus (the client). Once it is paid for, it is accepted and released by itself."""
    return command.run(lambda work: bonuses.give_bonus(contract_id, body, command.person, work))


@router.post(
    "/{contract_id}/milestones/{milestone_id}/disputes",
    status_code=201,
    response_model=MilestoneView,
)
def open_dispute(
    place: Annotated[Place, Depends(_place)], body: OpenDispute, command: Commands
) -> Answered:
    """Open a dispute about what is left (either party). Silence of the other decides it."""
    return command.run(lambda work: disputes.open_dispute(place, body, command.person, work))


@router.post(
    "/{contract_id}/disputes/{dispute_id}/answers", status_code=201, response_model=MilestoneView
)
def answer_dispute(
    place: Annotated[DisputePlace, Depends(_dispute_place)], body: AnswerDispute, command: Commands
) -> Answered:
    """Answer a dispute (the party who didn't open it): then an operator decides, or both agree."""
    return command.run(lambda work: disputes.answer(place, body, command.person, work))


@router.post(
    "/{contract_id}/disputes/{dispute_id}/statements", status_code=201, response_model=DisputeView
)
def make_statement(
    place: Annotated[DisputePlace, Depends(_dispute_place)], body: MakeStatement, command: Commands
) -> Answered:
    """Say more about an open dispute, with files (a party)."""
    return command.run(lambda work: disputes.make_statement(place, body, command.person, work))


@router.post("/{contract_id}/disputes/{dispute_id}/settlement", response_model=MilestoneView)
def settle_dispute(
    place: Annotated[DisputePlace, Depends(_dispute_place)],
    body: ProposeSettlement,
    command: Commands,
) -> Answered:
    """Propose how to divide the rest, or agree by proposing the same as the other (a party)."""
    return command.run(lambda work: disputes.settle(place, body, command.person, work))


@router.post(
    "/{contract_id}/disputes/{dispute_id}/decision",
    response_model=DisputeView,
    responses=MAY_WAIT,
)
def decide_dispute(
    place: Annotated[DisputePlace, Depends(_dispute_place)], body: DecideDispute, command: Commands
) -> Answered:
    """Divide the rest (an operator): so much for the assistant, what remains for the client.

    From a limit on, a second operator has to approve of it first.
    """
    return command.run(lambda work: disputes.decide(place, body, command.person, work))


async def _in_thread(query: Query[Work], use_case: Callable[[Work], T]) -> T:
    return await run_in_threadpool(query.run, use_case)
