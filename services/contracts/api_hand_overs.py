"""Hand-overs of milestones, and moved dates, over HTTP; decides nothing.

What the substitute does has paths of its own: the contract is not theirs to see.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse

from services.contracts.ports import Work
from services.contracts.use_cases import caring, handing_over
from services.contracts.use_cases.handing_over import HandOverPlace
from services.contracts.use_cases.working import Place
from shared.http.edge import Answered, Command, Query, command, query
from shared.http.files import Stores, for_saving
from shared.http.pagination import After, Limit, page
from shared.messages.base import Page
from shared.messages.care import DatesLeftView, MoveDates
from shared.messages.handovers import (
    ConsentToHandOver,
    HandOverView,
    OfferedHandOver,
    ProposeHandOver,
)

router = APIRouter(prefix="/api/v1/contracts", tags=["contracts"])

Commands = Annotated[Command[Work], Depends(command)]
Queries = Annotated[Query[Work], Depends(query)]


async def _milestone_place(contract_id: UUID, milestone_id: UUID) -> Place:
    return Place(contract_id, milestone_id)


async def _place(contract_id: UUID, hand_over_id: UUID) -> HandOverPlace:
    return HandOverPlace(contract_id, hand_over_id)


# Before the paths of one contract: "hand-overs" is no contract's id.
@router.get("/hand-overs")
def list_offered_hand_overs(
    query: Queries, after: After = None, limit: Limit = 20
) -> Page[OfferedHandOver]:
    """Return the milestones with which one is to go on for somebody else, newest first."""
    found = query.run(
        lambda work: handing_over.list_offered(query.person, work, after=after, limit=limit + 1)
    )
    return page(found, limit, lambda hand_over: hand_over.hand_over_id)


@router.get("/hand-overs/{hand_over_id}")
def get_offered_hand_over(hand_over_id: UUID, query: Queries) -> OfferedHandOver:
    """Return what is offered, with the terms that one would have (the substitute)."""
    return query.run(lambda work: handing_over.get_offered(hand_over_id, query.person, work))


@router.get("/hand-overs/{hand_over_id}/files/{file_id}", response_class=StreamingResponse)
def download_shared_file(
    hand_over_id: UUID, file_id: UUID, query: Queries, store: Stores
) -> StreamingResponse:
    """Return the bytes of a file that was delivered and is shared (the substitute)."""
    file = query.run(lambda work: handing_over.get_file(hand_over_id, file_id, query.person, work))
    return for_saving(file, store)


@router.post("/hand-overs/{hand_over_id}/consent", response_model=OfferedHandOver)
def consent_as_substitute(hand_over_id: UUID, command: Commands) -> Answered:
    """Consent to go on (the substitute). With the third consent there is a contract."""
    return command.run(
        lambda work: handing_over.consent_as_substitute(hand_over_id, command.person, work)
    )


@router.post("/hand-overs/{hand_over_id}/refusal", response_model=OfferedHandOver)
def refuse_as_substitute(hand_over_id: UUID, command: Commands) -> Answered:
    """Refuse to go on (the substitute)."""
    return command.run(
        lambda work: handing_over.refuse_as_substitute(hand_over_id, command.person, work)
    )


@router.post(
    "/{contract_id}/milestones/{milestone_id}/hand-overs",
    status_code=201,
    response_model=HandOverView,
)
def propose_hand_over(
    place: Annotated[Place, Depends(_milestone_place)], body: ProposeHandOver, command: Commands
) -> Answered:
    """Propose that somebody else goes on with a milestone (a party). All three must consent."""
    return command.run(lambda work: handing_over.propose(place, body, command.person, work))


@router.get("/{contract_id}/hand-overs")
def list_hand_overs(
    contract_id: UUID, query: Queries, after: After = None, limit: Limit = 20
) -> Page[HandOverView]:
    """Return the hand-overs of a contract's milestones, newest first (a party)."""
    found = query.run(
        lambda work: handing_over.list_of_contract(
            contract_id, query.person, work, after=after, limit=limit + 1
        )
    )
    return page(found, limit, lambda hand_over: hand_over.hand_over_id)


@router.post("/{contract_id}/hand-overs/{hand_over_id}/consent", response_model=HandOverView)
def consent_to_hand_over(
    place: Annotated[HandOverPlace, Depends(_place)], body: ConsentToHandOver, command: Commands
) -> Answered:
    """Consent (the party who didn't propose it). With the third consent it is handed over."""
    return command.run(lambda work: handing_over.consent(place, body, command.person, work))


@router.post("/{contract_id}/hand-overs/{hand_over_id}/refusal", response_model=HandOverView)
def refuse_hand_over(
    place: Annotated[HandOverPlace, Depends(_place)], command: Commands
) -> Answered:
    """Refuse, or take one's own proposal back (a party)."""
    return command.run(lambda work: handing_over.refuse(place, command.person, work))


@router.post("/{contract_id}/date-moves", status_code=201, response_model=DatesLeftView)
def move_dates(contract_id: UUID, body: MoveDates, command: Commands) -> Answered:
    """Move all that waits for one by some days, as far as the terms allow it (the assistant).

    Nobody is asked or told why.
    """
    return command.run(lambda work: caring.move_dates(contract_id, body, command.person, work))


@router.get("/{contract_id}/date-moves")
def get_days_left(contract_id: UUID, query: Queries) -> DatesLeftView:
    """Return by how many days one may still move dates (the assistant)."""
    return query.run(lambda work: caring.get_left(contract_id, query.person, work))
