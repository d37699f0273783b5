import pytest

from tests.contract import rights
from tests.support.documents import document_of
from tests.support.matrix import Matrix


def test_the_document_of_rights_is_what_the_tests_try() -> None:
    assert rights.DOCUMENT.read_text(encoding="utf-8") == rights.document(), "make rights-doc"


@pytest.mark.parametrize("matrix", rights.MATRICES, ids=lambda matrix: matrix.service)
def test_every_operation_has_its_row(matrix: Matrix) -> None:
    assert matrix.missing(document_of(matrix.service)) == set()
