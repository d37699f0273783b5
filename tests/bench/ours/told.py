"""The events of the benchmarks; they are in no published language."""

from uuid import UUID

from shared.ids import new_id
from shared.messages.base import Event
from shared.money import Money, yen

TELLER = "bench_teller"
HEARER = "bench_hearer"


class Told(Event):
    """What every event here says, ours and the peers' alike."""

    number: int
    milestone_id: UUID
    assistant_id: UUID
    amount: Money
    title: str


class ToldInBatches(Told, service=TELLER):
    """Heard by a handler that takes a hundred at a time."""


class ToldSingly(Told, service=TELLER):
    """Heard by a handler that takes one at a time."""


def facts(number: int) -> dict[str, object]:
    """Return the fields of an event."""
    return {
        "number": number,
        "milestone_id": new_id(),
        "assistant_id": new_id(),
        "amount": yen(55_000),
        "title": "第1回 案内文を書く",
    }
