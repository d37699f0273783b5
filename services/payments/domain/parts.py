"""Taking an amount out of several, one after the other."""

from collections.abc import Iterable

from shared.money import Money, yen


def fill(wanted: Money, there: Iterable[Money]) -> list[Money]:
    """Return how much is taken of each, in their order, until it is as much as is wanted."""
    missing = wanted.amount
    taken = []
    for each in there:
        part = min(missing, each.amount)
        missing -= part
        taken.append(yen(part))
    return taken
