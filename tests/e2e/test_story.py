"""A milestone's whole life through the public API: all processes, no browser."""

import pytest

from tests.e2e.conftest import Told
from tests.support.stripe_spec import check_record
from tools.stack import Stack
from tools.story.acts import Stage

# One milestone by review and one by silence are released in a story; the third is refunded.
FEES = 11_000 + 11_100
FEE_TAX = 1_100 + 1_110
MEMORY_LIMIT = 2 * 1024**3

pytestmark = pytest.mark.timeout(300)


def test_the_story_runs_and_the_books_agree_with_the_processor(told: Told) -> None:
    assert [proof for proof in told.proofs if not proof.holds] == []
    moved = told.moved()
    assert moved["income:platform_fee"] == -FEES
    assert moved["liability:consumption_tax"] == -FEE_TAX


def test_all_that_was_said_to_stripe_and_by_it_fits_the_specification(
    told: Told, stack: Stack
) -> None:
    assert told
    assert check_record(stack.stripe_record) > 20


def test_the_whole_stack_fits_in_two_gibibytes(stage: Stage, stack: Stack) -> None:
    assert stage.operator.get("/accounts/people/me")
    memory = stack.memory()
    assert sum(memory.values()) < MEMORY_LIMIT, memory


def test_nothing_ends_by_itself(stage: Stage, stack: Stack) -> None:
    assert stage.operator.get("/accounts/people/me")
    assert stack.ended() == []
