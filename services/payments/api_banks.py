"""Banks and branches in Japan over HTTP, for anybody who has signed in; decides nothing."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi import Query as QueryParameter

from services.payments.domain.banks import Banks
from services.payments.ports import Work
from services.payments.use_cases import banks
from shared.http.edge import Query, query
from shared.http.pagination import Limit
from shared.messages.banks import BankList, BranchList
from shared.people import Person


async def _signed_in(query: Annotated[Query[Work], Depends(query)]) -> Person:
    return query.person


async def _banks(request: Request) -> Banks:
    banks: Banks = request.app.state.banks
    return banks


router = APIRouter(
    prefix="/api/v1/payments/banks", tags=["payments"], dependencies=[Depends(_signed_in)]
)

List = Annotated[Banks, Depends(_banks)]
Text = Annotated[
    str,
    QueryParameter(max_length=100, description="A code's first digits, or a name in any script"),
]


@router.get("")
def search_banks(list_: List, q: Text = "", limit: Limit = 20) -> BankList:
    """Return the banks that fit, best first."""
    return banks.search_banks(q, limit, list_)


@router.get("/{bank_code}/branches")
def search_branches(bank_code: str, list_: List, q: Text = "", limit: Limit = 20) -> BranchList:
    """Return the bank's branches that fit, best first; without `q` the first by code."""
    return banks.search_branches(bank_code, q, limit, list_)
