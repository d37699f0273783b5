"""A town's program and a protected first job, on all processes."""

import pytest

from tools.story.proofs import Proof


@pytest.mark.timeout(120)
def test_a_beginner_comes_to_free_work_and_the_town_pays_the_fee(
    program_told: list[Proof],
) -> None:
    assert [proof for proof in program_told if not proof.holds] == []
