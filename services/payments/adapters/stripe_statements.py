"""Stripe's balance transactions and balances, a page at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from services.payments.adapters.stripe_client import StripeApi
from services.payments.domain.statement import PLATFORM, BalanceTransaction

PAGE: Final = 100


@dataclass(frozen=True)
class StripeStatements:
    """Implements the port Statements."""

    api: StripeApi

    def balance(self, account_id: str | None) -> int:
        """Return available plus pending of an account; None: the platform's own."""
        balance: Any = self.api.read(
            lambda client: client.v1.balance.retrieve(options=_on(account_id))
        )
        return sum(each.amount for each in (*balance.available, *balance.pending))

    def lines(self, account_id: str | None) -> Iterator[BalanceTransaction]:
        """Yield the balance transactions of an account, newest first; what comes meanwhile isn't.

        No more than a page is held. Raises Transient (`processor_unavailable`).
        """
        after: dict[str, str] = {}
        while True:
            page = self._page(account_id, after)
            for line in page.data:
                yield BalanceTransaction(
                    account_id or PLATFORM,
                    _source(line),
                    line.id,
                    line.net,
                    line.type,
                    datetime.fromtimestamp(line.created, UTC),
                )
            if not page.has_more:
                return
            after = {"starting_after": page.data[-1].id}

    def _page(self, account_id: str | None, after: dict[str, str]) -> Any:
        parameters: Any = {"limit": PAGE, "expand": ["data.source"], **after}
        return self.api.read(
            lambda client: client.v1.balance_transactions.list(parameters, _on(account_id))
        )


def _on(account_id: str | None) -> Any:
    return {"stripe_account": account_id} if account_id else {}


def _source(line: Any) -> str:
    """Return the object that a balance transaction is of, as our books name it.

    What an account is transferred, it has as a payment, and what is taken back, as a refund of
    that; the books know the transfer and its reversal.
    """
    source = line.source
    if source is None or isinstance(source, str):
        return source or line.id
    made_by = getattr(source, "source_transfer", None) or getattr(
        source, "source_transfer_reversal", None
    )
    if made_by is None:
        return str(source.id)
    return made_by if isinstance(made_by, str) else str(made_by.id)
