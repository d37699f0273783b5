"""A company whose members post, pay and review, on all processes."""

import pytest

from tools.story.acts import Stage
from tools.story.work_company import CompanyTale


@pytest.mark.timeout(120)
def test_of_a_company_each_member_does_their_part_and_no_others(stage: Stage) -> None:
    proofs = CompanyTale(stage).tell()
    assert [proof for proof in proofs if not proof.holds] == []
