"""Messages, ratings, blocks and reports over HTTP; decides nothing."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi import Query as QueryParameter

from services.contracts.ports import Work
from services.contracts.use_cases import minding, rating, talking
from shared.http.edge import Answered, Command, Query, command, query
from shared.http.pagination import After, Limit, page
from shared.messages.base import Page
from shared.messages.talk import (
    BlockList,
    CloseReport,
    GiveRating,
    MakeReport,
    MarkRead,
    MessageView,
    RatingsView,
    RatingView,
    ReplyToRating,
    ReportView,
    SendMessage,
    UnreadList,
)

router = APIRouter(prefix="/api/v1/contracts", tags=["contracts"])

Commands = Annotated[Command[Work], Depends(command)]
Queries = Annotated[Query[Work], Depends(query)]

ClientId = Annotated[
    UUID | None, QueryParameter(description="A company, in whose name this is done")
]
Mine = Annotated[bool, QueryParameter(description="One's own, not all that are open")]


@router.get("/messages/unread")
def list_unread(query: Queries) -> UnreadList:
    """Return the contracts in which messages are waiting for the caller."""
    return query.run(lambda work: talking.list_unread(query.person, work))


@router.post("/{contract_id}/messages", status_code=201, response_model=MessageView)
def send_message(contract_id: UUID, body: SendMessage, command: Commands) -> Answered:
    """Write to the other party (a party)."""
    return command.run(lambda work: talking.send_message(contract_id, body, command.person, work))


@router.get("/{contract_id}/messages")
def list_messages(
    contract_id: UUID, query: Queries, after: After = None, limit: Limit = 20
) -> Page[MessageView]:
    """Return the messages of a contract, newest first (a party)."""
    found = query.run(
        lambda work: talking.list_messages(
            contract_id, query.person, work, after=after, limit=limit + 1
        )
    )
    return page(found, limit, lambda message: message.message_id)


@router.post("/{contract_id}/messages/read", response_model=UnreadList)
def mark_read(contract_id: UUID, body: MarkRead, command: Commands) -> Answered:
    """Say that the other party's messages were read (a party)."""
    return command.run(lambda work: talking.mark_read(contract_id, body, command.person, work))


@router.get("/{contract_id}/ratings")
def get_ratings(contract_id: UUID, query: Queries) -> RatingsView:
    """Return the ratings of a contract, as a party may see them."""
    return query.run(lambda work: rating.get_ratings(contract_id, query.person, work))


@router.post("/{contract_id}/ratings", status_code=201, response_model=RatingsView)
def give_rating(contract_id: UUID, body: GiveRating, command: Commands) -> Answered:
    """Rate the other party, once the work is over (a party)."""
    return command.run(lambda work: rating.give_rating(contract_id, body, command.person, work))


@router.post("/{contract_id}/ratings/reply", status_code=201, response_model=RatingsView)
def reply_to_rating(contract_id: UUID, body: ReplyToRating, command: Commands) -> Answered:
    """Answer what the other party said, once (the party of which it was said)."""
    return command.run(lambda work: rating.reply_to_rating(contract_id, body, command.person, work))


@router.get("/ratings/{account_id}")
def list_ratings(
    account_id: UUID, query: Queries, after: After = None, limit: Limit = 20
) -> Page[RatingView]:
    """Return what was said of a client or an assistant, newest first; for who signed in."""
    _ = query.person
    found = query.run(
        lambda work: rating.list_ratings(account_id, work, after=after, limit=limit + 1)
    )
    more = found[limit - 1][0] if len(found) > limit else None
    return Page(items=tuple(shown for _, shown in found[:limit]), next=more)


@router.get("/blocks")
def list_blocks(query: Queries, client_id: ClientId = None) -> BlockList:
    """Return whom one has blocked."""
    return query.run(lambda work: minding.list_blocks(query.person, work, client_id=client_id))


@router.put("/blocks/{account_id}", response_model=BlockList)
def block(account_id: UUID, command: Commands, client_id: ClientId = None) -> Answered:
    """See to it that nothing new begins with an account. It is not told."""
    return command.run(
        lambda work: minding.block(account_id, command.person, work, client_id=client_id)
    )


@router.delete("/blocks/{account_id}", response_model=BlockList)
def unblock(account_id: UUID, command: Commands, client_id: ClientId = None) -> Answered:
    """Take a block back."""
    return command.run(
        lambda work: minding.unblock(account_id, command.person, work, client_id=client_id)
    )


@router.post("/reports", status_code=201, response_model=ReportView)
def make_report(body: MakeReport, command: Commands) -> Answered:
    """Tell the operators of something that isn't right."""
    return command.run(lambda work: minding.make_report(body, command.person, work))


@router.get("/reports")
def list_reports(
    query: Queries,
    after: After = None,
    limit: Limit = 20,
    mine: Mine = False,  # noqa: FBT002  (the query string has no keyword-only parameters)
) -> Page[ReportView]:
    """Return the open reports (an operator), or those that one has made; newest first."""
    found = query.run(
        lambda work: minding.list_reports(
            query.person, work, mine=mine, after=after, limit=limit + 1
        )
    )
    return page(found, limit, lambda report: report.report_id)


@router.post("/reports/{report_id}/closure", response_model=ReportView)
def close_report(report_id: UUID, body: CloseReport, command: Commands) -> Answered:
    """Say what was done about a report (an operator)."""
    return command.run(lambda work: minding.close_report(report_id, body, command.person, work))
