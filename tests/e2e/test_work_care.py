"""Dates that an assistant moves, on all processes."""

import pytest

from tools.story.acts import Stage
from tools.story.work_care import CareTale


@pytest.mark.timeout(120)
def test_dates_move_and_nobody_else_reads_why(stage: Stage) -> None:
    proofs = CareTale(stage).tell()
    assert [proof for proof in proofs if not proof.holds] == []
