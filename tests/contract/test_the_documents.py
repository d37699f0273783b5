"""What programs rely on in the OpenAPI documents, over all services."""

import re

from tests.support.documents import documents, operations


def test_every_operation_has_a_name_of_its_own_that_a_program_can_use() -> None:
    names = [
        operation["operationId"]
        for document in documents().values()
        for _, _, operation in operations(document)
    ]
    assert len(names) == len(set(names))
    assert not [name for name in names if not re.fullmatch(r"[a-z]+_[a-z_]+", name)]
