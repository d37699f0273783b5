"""A town's program and a protected first job, on all processes."""

import pytest

from tools.story.acts import Stage
from tools.story.programs import ProgramTale


@pytest.mark.timeout(120)
def test_a_beginner_comes_to_free_work_and_the_town_pays_the_fee(stage: Stage) -> None:
    proofs = ProgramTale(stage).tell()
    assert [proof for proof in proofs if not proof.holds] == []
