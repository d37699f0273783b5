"""The rates that a milestone keeps, whatever has come into force since."""

from services.payments.domain.escrow import Escrow
from services.payments.domain.rates import Rates
from services.payments.ports import Work
from shared.calendar import day_in_japan


def terms_of(escrow: Escrow, work: Work) -> Rates:
    """Return the taxes and fees of the day on which the milestone was agreed."""
    return work.rules.rates(day_in_japan(escrow.agreed_at), escrow.contract.category)
