"""Stripe's own list of its events: kept for 30 days, whether our webhooks took them or not."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from services.payments.adapters.stripe_client import StripeApi
from services.payments.adapters.stripe_event_types import SNAPSHOTS, THIN
from services.payments.adapters.stripe_marks import PAGE, on
from services.payments.domain.news import ProcessorEvent
from shared.clock import Clock

_SNAPSHOTS: Final = frozenset(SNAPSHOTS)


@dataclass(frozen=True)
class StripeEvents:
    """Implements the port EventLog."""

    api: StripeApi
    clock: Clock

    def since(self, begin: datetime, account_id: str | None) -> Iterator[ProcessorEvent]:
        """Yield what happened on an account (None: our own) from then on, newest first."""
        if account_id is None:
            yield from self._thin(begin)
        yield from self._snapshots(begin, account_id)

    def _snapshots(self, begin: datetime, account_id: str | None) -> Iterator[ProcessorEvent]:
        after: dict[str, str] = {}
        while True:
            page = self._page(begin, account_id, after)
            for event in page.data:
                # More types than a list of Stripe's can be asked for: chosen here.
                if event.type in _SNAPSHOTS:
                    body = event.to_dict()
                    # A webhook says whose event it is; a list of one account leaves it out.
                    yield self._kept(body | ({"account": account_id} if account_id else {}))
            if not page.has_more:
                return
            after = {"starting_after": page.data[-1].id}

    def _page(self, begin: datetime, account_id: str | None, after: dict[str, str]) -> Any:
        asked: Any = {"created": {"gte": int(begin.timestamp())}, "limit": PAGE, **after}
        return self.api.read(lambda client: client.v1.events.list(asked, on(account_id)))

    def _thin(self, begin: datetime) -> Iterator[ProcessorEvent]:
        asked: Any = {
            "created": {"gte": begin.isoformat().replace("+00:00", "Z")},
            "types": list(THIN),
            "limit": PAGE,
        }
        # A page at a time inside of `read`: what is raised in there is told apart.
        found = self.api.read(
            lambda client: list(client.v2.core.events.list(asked).auto_paging_iter())
        )
        for event in found:
            yield self._kept(event.to_dict())

    def _kept(self, body: dict[str, Any]) -> ProcessorEvent:
        now = self.clock.now()
        text = json.dumps(body, ensure_ascii=False, default=str)
        return ProcessorEvent(body["id"], body["type"], text.encode(), now, now)
