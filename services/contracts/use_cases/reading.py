"""What the parties may see, a client company's members, and operators where there is a dispute."""

from collections.abc import Sequence
from uuid import UUID

from services.contracts.ports import Work
from shared.messages.accounts import Role
from shared.messages.contracts import ContractSummary, ContractView
from shared.people import Person


def list_contracts(
    by: Person, work: Work, *, after: UUID | None = None, limit: int, running: bool = False
) -> Sequence[ContractSummary]:
    """Return one's own contracts, newest first."""
    return work.views.contracts_of(by.accounts, after=after, limit=limit, running=running)


def get_contract(contract_id: UUID, by: Person, work: Work) -> ContractView:
    """Return a contract with all that happened in it."""
    check_reader(contract_id, by, work)
    return work.views.contract(contract_id)


def check_reader(contract_id: UUID, by: Person, work: Work) -> None:
    """Raise NotFound unless the person is a party, or an operator who has a dispute to decide.

    A dispute that was decided can still be looked into.
    """
    contract = work.contracts.get(contract_id)
    if by.is_a(Role.OPERATOR) and work.disputes.any_in(contract_id):
        return
    contract.must_concern(by)
