"""State machines: every pair of status and step has one of four meanings."""

from enum import StrEnum
from itertools import product

import pytest

from services.payments.domain.chargeback import CHARGEBACK, ChargebackStatus, ChargebackStep
from services.payments.domain.checkout import CHECKOUT, CheckoutStatus, CheckoutStep
from services.payments.domain.escrow import ESCROW, EscrowStep
from services.payments.domain.moves import Machine
from services.payments.domain.operation import OPERATION, OperationStatus, OperationStep
from services.payments.domain.payee import PAYEE, PayeeStep
from services.payments.domain.payout import PAYOUT, PayoutStep
from services.payments.domain.refund import REFUND, RefundStatus, RefundStep
from shared.errors import Rejected, Transient
from shared.messages.payments import EscrowStatus, PayeeStatus, PayoutStatus

CASES = [
    (machine, status, step)
    for machine, statuses, steps in (
        (ESCROW, EscrowStatus, EscrowStep),
        (PAYEE, PayeeStatus, PayeeStep),
        (PAYOUT, PayoutStatus, PayoutStep),
        (OPERATION, OperationStatus, OperationStep),
        (CHECKOUT, CheckoutStatus, CheckoutStep),
        (REFUND, RefundStatus, RefundStep),
        (CHARGEBACK, ChargebackStatus, ChargebackStep),
    )
    for status, step in product(statuses, steps)
]


@pytest.mark.parametrize(("machine", "status", "step"), CASES)
def test_a_machine_moves_only_as_its_table_says(
    machine: Machine[StrEnum, StrEnum], status: StrEnum, step: StrEnum
) -> None:
    pair = (status, step)
    meanings = [pair in machine.moves, pair in machine.happened, pair in machine.not_yet]
    assert sum(meanings) <= 1
    if pair in machine.not_yet:
        with pytest.raises(Transient):
            machine.next(status, step)
    elif not any(meanings):
        with pytest.raises(Rejected):
            machine.next(status, step)
    else:
        assert machine.next(status, step) == machine.moves.get(pair)


@pytest.mark.parametrize("machine", [ESCROW, PAYOUT, CHARGEBACK])
def test_a_step_that_was_taken_is_a_no_op_the_second_time(
    machine: Machine[StrEnum, StrEnum],
) -> None:
    for (_, step), after in machine.moves.items():
        if (after, step) not in machine.moves and step is not EscrowStep.CAPTURE:
            assert machine.next(after, step) is None


def test_an_accepted_milestone_waits_for_its_capture() -> None:
    with pytest.raises(Transient):
        ESCROW.next(EscrowStatus.FUNDING, EscrowStep.RELEASE)


def test_an_ended_milestone_is_never_released() -> None:
    for status in (EscrowStatus.CLOSED, EscrowStatus.REFUNDING, EscrowStatus.REFUNDED):
        with pytest.raises(Rejected):
            ESCROW.next(status, EscrowStep.RELEASE)


def test_a_released_milestone_has_nothing_left_to_give_back() -> None:
    assert ESCROW.next(EscrowStatus.RELEASED, EscrowStep.END) is None


def test_nothing_happens_to_a_milestone_whose_money_the_bank_took() -> None:
    for step in EscrowStep:
        assert ESCROW.next(EscrowStatus.CHARGED_BACK, step) is None
