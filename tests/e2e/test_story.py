"""A milestone's whole life through the public API: all processes, no browser."""

import pytest

from tests.support.stripe_spec import check_record
from tools.stack import Stack
from tools.story.acts import Stage
from tools.story.proofs import balance_of
from tools.story.tale import Tale

# One milestone by review and one by silence are released in a story; the third is refunded.
FEES = 11_000 + 11_100
FEE_TAX = 1_100 + 1_110
MEMORY_LIMIT = 2 * 1024**3


@pytest.mark.timeout(300)
def test_the_story_runs_and_the_books_agree_with_the_processor(stage: Stage) -> None:
    before = stage.operator.get("/payments/books/trial-balance")
    proofs = Tale(stage).tell()
    assert [proof for proof in proofs if not proof.holds] == []
    after = stage.operator.get("/payments/books/trial-balance")
    earned = {
        account: balance_of(before, account) - balance_of(after, account)
        for account in ("income:platform_fee", "liability:consumption_tax")
    }
    assert earned == {"income:platform_fee": FEES, "liability:consumption_tax": FEE_TAX}


@pytest.mark.timeout(300)
def test_all_that_was_said_to_stripe_and_by_it_fits_the_specification(
    stage: Stage, stack: Stack
) -> None:
    Tale(stage).tell()
    assert check_record(stack.stripe_record) > 20


def test_the_whole_stack_fits_in_two_gibibytes(stage: Stage, stack: Stack) -> None:
    assert stage.operator.get("/accounts/people/me")
    memory = stack.memory()
    assert sum(memory.values()) < MEMORY_LIMIT, memory


def test_nothing_ends_by_itself(stage: Stage, stack: Stack) -> None:
    assert stage.operator.get("/accounts/people/me")
    assert stack.ended() == []
