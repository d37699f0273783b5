"""Taking one's data along, and leaving for good, over HTTP; decides nothing."""

from http import HTTPStatus

from fastapi import APIRouter

from services.accounts.api_support import (
    LIVE_SESSION,
    Commands,
    Queries,
    Unkept,
    Visitors,
    done,
)
from services.accounts.use_cases import exporting, leaving
from shared.http.edge import Answered
from shared.messages.deletion import AskDeletion, DeletionView, ExportView

router = APIRouter(
    prefix="/api/v1/accounts/people/me", tags=["leaving"], dependencies=[LIVE_SESSION]
)


@router.get("/export")
def export(query: Queries) -> ExportView:
    """Return all that accounts keeps of the caller. Each service has its own part."""
    person = query.person
    return query.run(lambda work: exporting.export(person, work))


@router.get("/deletion")
def show_deletion(query: Queries) -> DeletionView:
    """Return how the deletion stands that the caller has asked for."""
    person = query.person
    return query.run(lambda work: leaving.show_deletion(person, work))


@router.post("/deletion", status_code=HTTPStatus.ACCEPTED, response_model=DeletionView)
def ask_deletion(body: AskDeletion, command: Unkept, visitor: Visitors) -> Answered:
    """Ask for one's account to be deleted: the other services say whether anything is open.

    Takes the password, or a proof of who one is that was given within 10 minutes.
    """
    person = command.person
    return command.run_around(
        lambda work: leaving.prepare_deletion(body, person, visitor, work),
        done,
        lambda work, _, result: leaving.ask_deletion(result, person, visitor, work),
    )


@router.post("/deletion/withdrawal", response_model=DeletionView)
def withdraw_deletion(command: Commands) -> Answered:
    """Take the wish back, until it is carried out."""
    person = command.person
    return command.run(lambda work: leaving.withdraw_deletion(person, work))
