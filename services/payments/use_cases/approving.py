"""What waited for a second operator, and is carried out once there is one."""

from collections.abc import Callable, Mapping
from typing import Final

from services.payments.ports import Work
from services.payments.use_cases import credit, refunds, wallets
from shared.four_eyes import Approval

_CARRY_OUT: Final[Mapping[str, Callable[[Approval, Work], None]]] = {
    refunds.MILESTONE_REFUND: refunds.carry_out_refund,
    credit.CREDIT_REFUND: credit.carry_out_refund,
    wallets.PARTNER_PAYMENT: wallets.carry_out_payment,
}


def carry_out(approval: Approval, work: Work) -> None:
    """Do what an operator asked for and a second one has approved of."""
    _CARRY_OUT[approval.wanted.kind](approval, work)
