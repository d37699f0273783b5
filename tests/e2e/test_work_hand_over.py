"""A milestone that somebody else goes on with, on all processes."""

import pytest

from tools.story.acts import Stage
from tools.story.work_hand_over import HandOverTale


@pytest.mark.timeout(120)
def test_a_milestone_is_handed_over_to_the_yen_and_the_books_agree(stage: Stage) -> None:
    proofs = HandOverTale(stage).tell()
    assert [proof for proof in proofs if not proof.holds] == []
