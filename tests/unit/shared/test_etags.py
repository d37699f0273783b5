from datetime import UTC, datetime
from uuid import UUID

from shared.http.etags import etag_of
from shared.messages.base import View


class Shelf(View):
    owner: UUID
    at: datetime
    names: frozenset[str]
    nested: tuple[frozenset[str], ...] = ()


SHELF = Shelf(
    owner=UUID(int=1),
    at=datetime(2026, 4, 1, tzinfo=UTC),
    names=frozenset({"roses", "moss", "花"}),
    nested=(frozenset({"b", "a"}),),
)


def test_an_etag_is_the_same_in_every_process() -> None:
    # Python orders a set of texts differently in each process; this was said by another one.
    assert etag_of(SHELF) == '"59585c76708edef01ac23ab2524592c1"'


def test_another_value_anywhere_is_another_etag() -> None:
    others = (
        SHELF.model_copy(update={"owner": UUID(int=2)}),
        SHELF.model_copy(update={"names": frozenset({"roses"})}),
        SHELF.model_copy(update={"nested": (frozenset({"b"}),)}),
    )
    assert len({etag_of(each) for each in (SHELF, *others)}) == 4
