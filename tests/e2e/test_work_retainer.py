"""A retainer over three months, on all processes."""

import pytest

from tools.story.acts import Stage
from tools.story.work_retainer import RetainerTale


@pytest.mark.timeout(120)
def test_a_retainer_is_settled_by_its_hours_and_stops_without_money(stage: Stage) -> None:
    proofs = RetainerTale(stage).tell()
    assert [proof for proof in proofs if not proof.holds] == []
