"""Escrows that contracts has told of."""

from collections.abc import Mapping
from uuid import UUID

from services.payments.domain.escrow import Escrow
from services.payments.ports import Work
from shared.errors import Transient


def lock_known(milestone_id: UUID, work: Work) -> Escrow:
    """Return a milestone's escrow, locked; raise Transient (`escrow_not_known_yet`)."""
    return known(milestone_id, work.escrows.lock([milestone_id]))


def known(milestone_id: UUID, locked: Mapping[UUID, Escrow]) -> Escrow:
    """Return it out of those that were locked; raise Transient (`escrow_not_known_yet`)."""
    if milestone_id not in locked:
        raise Transient("escrow_not_known_yet", "The contract has not been told of yet.")
    return locked[milestone_id]
