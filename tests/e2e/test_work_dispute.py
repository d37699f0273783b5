"""A dispute from the agreed criteria to a split with reasons, on all processes."""

import pytest

from tools.story.acts import Stage
from tools.story.work_dispute import DisputeTale


@pytest.mark.timeout(120)
def test_a_dispute_is_divided_to_the_yen_and_the_books_agree(stage: Stage) -> None:
    tale = DisputeTale(stage)
    proofs = tale.tell()
    assert [proof for proof in proofs if not proof.holds] == []
    assert len(tale.contracts) == 1
