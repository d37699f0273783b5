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
from shared.money import yen
from tests.support.fakes import NOW
from tests.unit.contracts.agreed import Agreed

S, T = MilestoneStatus, Step

# What payments tells; the other steps are taken by people and clocks.
TOLD = {T.START_FUNDING, T.ABANDON_FUNDING, T.FUND, T.RELEASE, T.REFUND}
# Payments tells these too, at any moment: they end whatever is under way.
ENDING_ALL = {
    T.REFUND: S.REFUNDED,
    T.RETURN_REST: S.RESOLVED,
    T.CHARGE_BACK: S.CHARGED_BACK,
}
# It tells these after what caused them: a person's step, or a clock's.
EFFECTS = {T.RELEASE, T.REFUND}
HAS_MONEY = {
    S.FUNDED,
    S.DELIVERED,
    S.CHANGES_REQUESTED,
    S.ACCEPTED,
    S.ENDING,
    S.DISPUTED,
}


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
        (S.FUNDING, T.REFUND, Progress.EARLY),
        # Not before the dispute is resolved, or the news of what took the money has arrived.
        (S.DISPUTED, T.RELEASE, Progress.EARLY),
        (S.FUNDING, T.CHARGE_BACK, Progress.EARLY),
        (S.CHARGED_BACK, T.CHARGE_BACK, Progress.PAST),
        (S.CHARGED_BACK, T.FUND, Progress.PAST),
        (S.RESOLVED, T.FUND, Progress.PAST),
        (S.RELEASED, T.REFUND, Progress.NEVER),
        (S.REFUNDED, T.RELEASE, Progress.NEVER),
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


@pytest.mark.parametrize("step", [T.RELEASE, T.REFUND, T.CHARGE_BACK])
def test_what_payments_does_after_the_end_changes_nothing(step: Step) -> None:
    for status in (S.RESOLVED, S.CHARGED_BACK):
        milestone = replace(Agreed().milestone, status=status)
        assert milestone.heard(step) == milestone
    assert all(reachable(over) == {over} for over in (S.RESOLVED, S.CHARGED_BACK, S.RELEASED))


def test_whatever_has_money_can_lose_it_and_nothing_else_can() -> None:
    for step, end in ENDING_ALL.items():
        moved = {at for (at, each), to in MOVES.items() if each is step and to is end and at != end}
        assert moved - {S.ENDED} == HAS_MONEY


def test_a_part_is_less_than_what_is_left_and_leaves_the_rest_to_be_delivered() -> None:
    milestone = replace(Agreed().milestone, status=S.DELIVERED, funded=True)
    part = milestone.accepted_in_part(yen(20_000))
    assert (part.status, part.left) == (S.CHANGES_REQUESTED, yen(30_000))
    given_back = replace(part, status=S.DELIVERED).heard_given_back(yen(10_000))
    assert (given_back.status, given_back.left) == (S.DELIVERED, yen(20_000))
    with pytest.raises(Rejected, match="part_not_less_than_rest") as refusal:
        given_back.accepted_in_part(yen(20_000))
    assert refusal.value.facts["left"] == yen(20_000)
    assert given_back.accepted_in_part(yen(19_999)).left == yen(1)


def test_parts_and_refunds_that_cross_leave_nothing_rather_than_less() -> None:
    milestone = replace(Agreed().milestone, status=S.DELIVERED, funded=True)
    crossed = milestone.accepted_in_part(yen(40_000)).heard_given_back(yen(40_000))
    assert (crossed.status, crossed.left) == (S.RESOLVED, yen(0))


def test_money_that_was_never_there_is_not_given_back_or_disputed() -> None:
    ending = replace(Agreed().milestone, status=S.ENDING)
    with pytest.raises(Transient, match="milestone_not_there_yet"):
        ending.heard_given_back(yen(1))
    with pytest.raises(Rejected, match="nothing_to_dispute"):
        ending.disputed()
    late = ending.heard_funded(NOW)
    assert (late.status, late.disputed().status) == (S.ENDING, S.DISPUTED)


def test_a_late_message_of_an_earlier_try_to_pay_changes_nothing() -> None:
    second_try = Agreed().milestone.funding_started(1).funding_abandoned(1).funding_started(2)
    assert second_try.status is S.FUNDING
    assert second_try.funding_abandoned(1) == second_try
    assert second_try.funding_started(1) == second_try
    with pytest.raises(Transient):
        second_try.funding_abandoned(3)
    assert second_try.funding_abandoned(2).status is S.AGREED


Message = tuple[Step, int]


def lasting(status: MilestoneStatus, step: Step) -> bool:
    """Tell whether a step keeps the money of a milestone in escrow."""
    return MOVES[status, step] in HAS_MONEY


def lawful(status: MilestoneStatus, step: Step) -> bool:
    """Tell whether a step comes from within, not from what ends a milestone at any moment."""
    return step not in ENDING_ALL or (step is T.REFUND and status in {S.ENDED, S.RESOLVED})


@st.composite
def lives(draw: st.DrawFn, *, with_money: bool = False) -> list[Message]:
    """Return a milestone's life: steps in a legal order, each with its try to pay.

    Args:
        draw: Hypothesis' own.
        with_money: whether at its end there is money in escrow.
    """
    life: list[Message] = [(T.FUND, 0)] if with_money else []
    status, attempt = (S.FUNDED if with_money else S.AGREED), 0
    goes_on = lasting if with_money else lawful
    for _ in range(draw(st.integers(0, 14))):
        steps = sorted(step for at, step in MOVES if at is status and goes_on(at, step))
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
    if step in TOLD or step in ENDING_ALL:
        return milestone.heard(step)
    if step is T.ASK_TO_END:
        return milestone.asked_to_end(milestone.client_id, "")
    return milestone.moved(step)


def possible(milestone: Milestone, message: Message) -> bool:
    """Tell whether the message can be handled now, be it only to find that it changes nothing."""
    try:
        lived(milestone, message)
    except Transient:
        return False
    return True


def arrive(life: list[Message], extra: list[Message], choices: random.Random) -> Milestone:
    """Return the milestone after all messages arrived, in any order that can be.

    People and clocks take their own steps one after another, each as soon as it is possible.
    """
    own = [message for message in life if message[0] not in TOLD]
    told = [(message, 0) for message in extra]
    for at, message in enumerate(life):
        if message[0] in TOLD:
            before = [each for each in life[:at] if each[0] not in TOLD]
            told += [(message, len(before) if message[0] in EFFECTS else 0)] * COPIES
    milestone, taken = Agreed().milestone, 0
    while True:
        now = [each for each in told if each[1] <= taken and possible(milestone, each[0])]
        if own[taken:] and (milestone.status, own[taken][0]) in MOVES:
            now.append((own[taken], -1))
        if not now:
            break
        message, needs = choices.choice(now)
        note(f"{milestone.status}: {message}")
        if needs < 0:
            taken += 1
        else:
            told.remove((message, needs))
        after = lived(milestone, message)
        legal = {MOVES.get((milestone.status, step)) for step in T}
        assert after.status in legal | {milestone.status}
        milestone = after
    assert [message for message, needs in told if needs <= taken] == []
    return milestone


COPIES = 2


@given(life=lives(), choices=st.randoms(use_true_random=False))
def test_what_payments_tells_ends_alike_doubled_and_in_any_order(
    life: list[Message], choices: random.Random
) -> None:
    in_order = Agreed().milestone
    for message in life:
        in_order = lived(in_order, message)
    assert arrive(life, [], choices).status is in_order.status


@given(
    life=lives(with_money=True),
    step=st.sampled_from(sorted(ENDING_ALL)),
    choices=st.randoms(use_true_random=False),
)
def test_lost_money_ends_a_milestone_whenever_its_message_arrives(
    life: list[Message], step: Step, choices: random.Random
) -> None:
    """It waits for the funding, and no step of a person or clock comes after it."""
    assert arrive(life, [(step, 0)] * COPIES, choices).status is ENDING_ALL[step]
