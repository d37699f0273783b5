"""What the two parties may see, and a client company's members."""

from collections.abc import Sequence
from uuid import UUID

from services.contracts.ports import Work
from shared.messages.contracts import ContractSummary, ContractView
from shared.people import Person


def list_contracts(
    by: Person, work: Work, *, after: UUID | None = None, limit: int
) -> Sequence[ContractSummary]:
    """Return one's own contracts, newest first."""
    return work.views.contracts_of(by.accounts, after=after, limit=limit)


def get_contract(contract_id: UUID, by: Person, work: Work) -> ContractView:
    """Return a contract with all that happened in it."""
    work.contracts.get(contract_id).must_concern(by)
    return work.views.contract(contract_id)
