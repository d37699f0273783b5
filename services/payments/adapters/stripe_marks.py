"""What every call to Stripe carries: a key, and a mark by which a later attempt finds what it made.

Lists are looked through, not searched: Stripe's search lags behind by up to minutes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from services.payments.domain.operation import Operation
from shared.clock import Clock

# Stripe's clock and ours may differ by some minutes.
SKEW: Final = timedelta(minutes=10)
PAGE: Final = 100


@dataclass(frozen=True)
class Here:
    """What calls need to know of us: the time, and where the processor's pages lead back."""

    clock: Clock
    public_url: str


def metadata(operation: Operation, **more: str) -> dict[str, str]:
    """Return the mark of a call, with what else its object is to remember."""
    return {"operation_id": str(operation.operation_id), **more}


def is_ours(found: Any) -> bool:
    """Tell whether an object (as Stripe's library or as JSON has it) bears a mark of ours."""
    return _mark(found) is not None


def made_by(operation: Operation, found: Iterable[Any]) -> Any:
    """Return the object that this operation made, by its mark; None when it made none."""
    mark = str(operation.operation_id)
    return next((each for each in found if _mark(each) == mark), None)


def under(operation: Operation, part: str = "", *, account_id: str | None = None) -> Any:
    """Return the options of a call: its key (`part` tells two requests of one call apart)."""
    return {"idempotency_key": f"{operation.idempotency_key}{part}"} | on(account_id)


def on(account_id: str | None) -> Any:
    """Return the options of a call that is made on a connected account; None: on our own."""
    return {"stripe_account": account_id} if account_id else {}


def since(operation: Operation) -> Any:
    """Return the filter for what can have been made by the operation at all."""
    asked = datetime.fromisoformat(operation.request["since"]) - SKEW
    return {"gte": int(asked.timestamp())}


def operation_of(found: Any) -> UUID | None:
    """Return the id of the operation that made an object; None when none of ours did."""
    try:
        return UUID(_mark(found))
    except (TypeError, ValueError, AttributeError):
        return None


def _mark(found: Any) -> Any:
    # The library's objects know `in`, but no `get`.
    marks = found["metadata"] if "metadata" in found else None  # noqa: SIM401
    return marks["operation_id"] if marks and "operation_id" in marks else None
