"""Whatever goes wrong around a call to Stripe, and wherever: in the end it had its effect once.

Each call is made of one or several requests; every one of them meets every fault, and then the
call is seen through as a worker of payments does it, by another process with the same row.
"""

import json
from copy import deepcopy
from dataclasses import dataclass
from functools import cache

import pytest

from services.payments.domain.operation import OperationKind, OperationStatus, Outcome
from tests.contract.stripe.calls import CASES, Case
from tests.contract.stripe.desk import NOBODY, Desk

DAY_AND_A_BIT = 25 * 3_600


@dataclass(frozen=True)
class Trouble:
    """A fault that so many requests in a row meet, from a certain one on."""

    kind: str
    times: int = 1
    status: int = 500

    def __str__(self) -> str:
        return f"{self.kind}-{self.status}-{self.times}"


TROUBLES = [
    Trouble("status_before"),
    Trouble("status_after"),
    Trouble("status_before", times=9, status=503),
    Trouble("status_after", times=9, status=503),
    Trouble("status_before", times=9, status=429),
    Trouble("timeout_before"),
    Trouble("timeout_after"),
    Trouble("reset_before", times=9),
    Trouble("reset_after"),
    Trouble("reset_after", times=9),
]

in_each_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())


@cache
def requests_of(case: Case, desk: Desk) -> int:
    """Return how many requests the call is made of when all goes well."""
    operation, _ = case(desk)
    before = _said(desk)
    desk.carry_out(operation)
    return _said(desk) - before


def _said(desk: Desk) -> int:
    lines = desk.simulator.record.read_text(encoding="utf-8").splitlines()
    return sum(json.loads(line)["record"] == "request" for line in lines)


def test_every_kind_of_call_is_among_them(desk: Desk) -> None:
    assert {case(desk)[0].kind for case in CASES.values()} == set(OperationKind)


@in_each_case
@pytest.mark.parametrize("trouble", TROUBLES, ids=str)
def test_a_call_that_fails_anywhere_has_its_effect_once(
    desk: Desk, case: Case, trouble: Trouble
) -> None:
    for skip in range(requests_of(case, desk)):
        operation, effects = case(desk)
        desk.simulator.fault(
            trouble.kind, "*", skip=skip, times=trouble.times, status=trouble.status
        )
        desk.attempt(operation)
        desk.simulator.control("DELETE", "faults")
        desk.carry_out(operation)
        assert effects() == 1, f"fault at request {skip}"


@in_each_case
def test_a_call_that_reached_nobody_is_open_and_made_later(desk: Desk, case: Case) -> None:
    operation, effects = case(desk)
    answer = desk.attempt(operation, desk.gateway(NOBODY))
    assert (answer.outcome, operation.status) == (Outcome.UNCLEAR, OperationStatus.PENDING)
    assert effects() == 0
    desk.carry_out(operation)
    assert effects() == 1


@in_each_case
def test_a_process_that_dies_after_the_effect_is_followed_by_one_that_finds_it(
    desk: Desk, case: Case
) -> None:
    operation, effects = case(desk)
    operation.lease(desk.clock.now())
    row = deepcopy(operation)
    answer = desk.gateway().carry_out(operation)
    assert answer.outcome is Outcome.DONE
    assert desk.carry_out(row).keys() == answer.facts.keys()
    assert effects() == 1


@in_each_case
def test_a_call_is_found_when_its_key_is_forgotten(desk: Desk, case: Case) -> None:
    operation, effects = case(desk)
    operation.lease(desk.clock.now())
    row = deepcopy(operation)
    desk.gateway().carry_out(operation)
    desk.simulator.advance(DAY_AND_A_BIT)
    desk.carry_out(row)
    assert effects() == 1


@in_each_case
def test_a_500_after_the_effect_is_looked_up_a_day_later(desk: Desk, case: Case) -> None:
    operation, effects = case(desk)
    last = requests_of(case, desk) - 1
    desk.simulator.fault("status_after", "*", skip=last, status=500)
    desk.attempt(operation)
    desk.simulator.control("DELETE", "faults")
    desk.simulator.advance(DAY_AND_A_BIT)
    desk.carry_out(operation)
    assert effects() == 1
