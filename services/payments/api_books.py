"""The books over HTTP, for operators: journal, trial balance, reconciliation; decides nothing."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi import Query as QueryParameter
from pydantic import BaseModel, ConfigDict

from services.payments.ports import PaymentGateway, Work
from services.payments.use_cases import books
from shared.http.edge import Answered, Command, Query, command, query
from shared.http.pagination import Limit
from shared.messages.books import JournalEntryView, ReconciliationView, TrialBalanceView

router = APIRouter(prefix="/api/v1/payments", tags=["books"])

Commands = Annotated[Command[Work], Depends(command)]
Queries = Annotated[Query[Work], Depends(query)]


async def _gateway(request: Request) -> PaymentGateway:
    gateway: PaymentGateway = request.app.state.gateway
    return gateway


Gateway = Annotated[PaymentGateway, Depends(_gateway)]


class JournalPage(BaseModel):
    """Some entries of the journal. `next` is the cursor of the following page, null on the last."""

    model_config = ConfigDict(frozen=True)

    items: tuple[JournalEntryView, ...]
    next: int | None


@router.get("/books/trial-balance")
def get_trial_balance(query: Queries) -> TrialBalanceView:
    """Return the sums over all accounts of the books (role operator)."""
    person = query.person
    return query.run(lambda work: books.trial_balance(person, work))


@router.get("/books/entries")
def list_entries(
    query: Queries,
    reference: Annotated[UUID | None, QueryParameter(description="A milestone's id")] = None,
    after: Annotated[int | None, QueryParameter(ge=0, description="The `next` before")] = None,
    limit: Limit = 50,
) -> JournalPage:
    """Return entries of the journal, oldest first (role operator)."""
    person = query.person
    found = query.run(
        lambda work: books.list_entries(
            person, work, reference=reference, after=after, limit=limit + 1
        )
    )
    shown = tuple(found[:limit])
    return JournalPage(items=shown, next=shown[-1].entry_id if len(found) > limit else None)


@router.post("/reconciliations", status_code=201, response_model=ReconciliationView)
def run_reconciliation(command: Commands, gateway: Gateway) -> Answered:
    """Compare the books with the processor's statements, line by line (role operator)."""
    person = command.person
    return command.run_around(
        prepare=lambda work: books.accounts_to_reconcile(person, work),
        call=lambda accounts: books.read_statements(accounts, gateway),
        record=lambda work, _accounts, statements: books.compare(statements, work),
    )
