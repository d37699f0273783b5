"""Clocks: what should happen by itself does, each in a transaction of its own, exactly once."""

import logging
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from typing import TypeVar
from uuid import UUID

from shared.errors import Transient

logger = logging.getLogger(__name__)

# So that a process that is told to stop need not first work off a long backlog.
AT_ONCE = 500

Work = TypeVar("Work")
Due = TypeVar("Due")


def fire_due(
    begin: Callable[[], AbstractContextManager[Work]],
    claim: Callable[[Work, Collection[UUID]], Due | None],
    fire: Callable[[Due, Work], None],
    key: Callable[[Due], UUID],
) -> int:
    """Fire the clocks that are due; return how many.

    `claim` locks one that is due and not among these, and skips what others hold: any number of
    processes may do so at the same time. One that fails is left for the next time and doesn't hold
    up the others. Raises Transient: then all of them would fail.
    """
    fired = 0
    failed: set[UUID] = set()
    while fired + len(failed) < AT_ONCE:
        due = None
        try:
            with begin() as work:
                due = claim(work, failed)
                if due is None:
                    return fired
                fire(due, work)
        except Transient:
            raise
        except Exception:
            if due is None:
                raise
            logger.exception("a clock failed", extra={"clock_id": str(key(due))})
            failed.add(key(due))
        else:
            fired += 1
    return fired
