"""A milestone moves only as its table says, and what it hears ends alike in any order."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from services.contracts.domain.milestone import (
    MOVES,
    Milestone,
    Progress,
    Step,
    progress,
    reachable,
)
from services.contracts.use_cases.steps import HAPPENED
from shared.errors import Rejected, Transient
from shared.messages.contracts import MilestoneStatus
from tests.unit.contracts.fakes import Agreed

S, T = MilestoneStatus, Step

# What payments tells; the other steps are taken by people and clocks.
TOLD = {T.START_FUNDING, T.ABANDON_FUNDING, T.FUND, T.RELEASE, T.REFUND}


@pytest.mark.parametrize("status", S)
@pytest.mark.parametrize("step", T)
def test_a_milestone_moves_only_as_the_table_says(status: MilestoneStatus, step: Step) -> None:
    milestone = replace(Agreed().milestone, status=status)
    if (status, step) in MOVES:
        assert milestone.moved(step).status is MOVES[status, step]
        assert milestone.heard(step).status is MOVES[status, step]
        return
    with pytest.raises(Rejected) as refusal:
        milestone.moved(step)
    assert refusal.value.code == "milestone_step_not_allowed"
    assert refusal.value.facts["status"] is status
    assert refusal.value.facts["step"] is step


@pytest.mark.parametrize(
    ("status", "step", "expected"),
    [
        (S.FUNDED, T.FUND, Progress.PAST),
        (S.RELEASED, T.FUND, Progress.PAST),
        (S.DELIVERED, T.START_FUNDING, Progress.PAST),
        (S.RELEASED, T.RELEASE, Progress.PAST),
        (S.REFUNDED, T.REFUND, Progress.PAST),
        # Money that arrives while the parties end doesn't bring the milestone back.
        (S.ENDING, T.FUND, Progress.PAST),
        (S.ENDED, T.FUND, Progress.PAST),
        (S.ENDED, T.START_FUNDING, Progress.PAST),
        (S.AGREED, T.RELEASE, Progress.EARLY),
        (S.DELIVERED, T.RELEASE, Progress.EARLY),
        (S.ENDING, T.REFUND, Progress.EARLY),
        (S.FUNDED, T.REFUND, Progress.EARLY),
        (S.ENDED, T.RELEASE, Progress.NEVER),
        (S.ENDING, T.RELEASE, Progress.NEVER),
        (S.ACCEPTED, T.REFUND, Progress.NEVER),
        (S.RELEASED, T.REFUND, Progress.NEVER),
    ],
)
def test_what_is_heard_out_of_turn(status: MilestoneStatus, step: Step, expected: Progress) -> None:
    milestone = replace(Agreed().milestone, status=status)
    assert progress(status, step) is expected
    match expected:
        case Progress.PAST:
            assert milestone.heard(step) is milestone
        case Progress.EARLY:
            with pytest.raises(Transient, match="milestone_not_there_yet"):
                milestone.heard(step)
        case _:
            with pytest.raises(Rejected, match="milestone_step_not_allowed"):
                milestone.heard(step)


def test_every_status_can_be_come_to_and_every_step_is_told_of() -> None:
    assert reachable(S.AGREED) == set(S)
    assert {step for _, step in MOVES} == set(T) == set(HAPPENED)


def test_a_late_message_of_an_earlier_try_to_pay_changes_nothing() -> None:
    second_try = Agreed().milestone.funding_started(1).funding_abandoned(1).funding_started(2)
    assert second_try.status is S.FUNDING
    assert second_try.funding_abandoned(1) == second_try
    assert second_try.funding_started(1) == second_try
    with pytest.raises(Transient):
        second_try.funding_abandoned(3)
    assert second_try.funding_abandoned(2).status is S.AGREED


Message = tuple[Step, int]


@st.composite
def lives(draw: st.DrawFn) -> list[Message]:
    """Return a milestone's life: steps in a legal order, each with its try to pay."""
    life: list[Message] = []
    status, attempt = S.AGREED, 0
    for _ in range(draw(st.integers(0, 14))):
        steps = sorted(step for at, step in MOVES if at is status)
        if not steps:
            break
        step = draw(st.sampled_from(steps))
        attempt += step is T.START_FUNDING
        life.append((step, attempt))
        status = MOVES[status, step]
    return life


def lived(milestone: Milestone, message: Message) -> Milestone:
    step, attempt = message
    if step is T.START_FUNDING:
        return milestone.funding_started(attempt)
    if step is T.ABANDON_FUNDING:
        return milestone.funding_abandoned(attempt)
    if step in TOLD:
        return milestone.heard(step)
    return (
        milestone.asked_to_end(milestone.client_id, "")
        if step is T.ASK_TO_END
        else (milestone.moved(step))
    )


def possible(milestone: Milestone, message: Message) -> bool:
    """Tell whether the message can be handled now, be it only to find that it changes nothing."""
    try:
        lived(milestone, message)
    except Transient:
        return False
    return True


@given(life=lives(), choices=st.randoms(use_true_random=False), copies=st.integers(1, 3))
def test_what_payments_tells_ends_alike_doubled_and_in_any_order(
    life: list[Message], choices: random.Random, copies: int
) -> None:
    """People and clocks take their own steps one after another, each as soon as it is possible."""
    start = Agreed().milestone
    in_order = start
    for message in life:
        in_order = lived(in_order, message)

    told = [message for message in life if message[0] in TOLD] * copies
    own = [message for message in life if message[0] not in TOLD]
    milestone = start
    while True:
        now = [message for message in told if possible(milestone, message)]
        now += [message for message in own[:1] if (milestone.status, message[0]) in MOVES]
        if not now:
            break
        message = choices.choice(now)
        (told if message in told else own).remove(message)
        note(f"{milestone.status}: {message}")
        after = lived(milestone, message)
        legal = {MOVES.get((milestone.status, step)) for step in T}
        assert after.status in legal | {milestone.status}
        milestone = after

    assert (told, own) == ([], [])
    assert milestone.status is in_order.status
