"""What every event of a milestone's money says."""

from typing import Any

from services.payments.domain.escrow import Escrow
from services.payments.ports import Work
from shared.messages.payments import EscrowFact


def tell(kind: type[EscrowFact], escrow: Escrow, work: Work, **facts: Any) -> None:
    """Tell the others what has happened to a milestone's money."""
    happened = kind(
        contract_id=escrow.contract.contract_id,
        milestone_id=escrow.milestone_id,
        title=escrow.title,
        client_id=escrow.contract.client_id,
        assistant_id=escrow.contract.assistant_id,
        **facts,
    )
    work.outbox.emit(happened, subject=escrow.milestone_id)
