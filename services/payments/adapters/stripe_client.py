"""A client of Stripe with bounds, and what its errors mean to us."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final, TypeVar

import requests
import stripe
from stripe import StripeClient

from services.payments.adapters.stripe_calls import Measured
from services.payments.domain.operation import Answer, Outcome
from shared.errors import Transient

logger = logging.getLogger(__name__)

API_VERSION: Final = "2026-10-28.endive"
CONNECT_SECONDS: Final = 3.0
ANSWER_SECONDS: Final = 10.0
# Pauses between tries within one attempt; after that the operation itself is put off.
PAUSES_SECONDS: Final = (0.2, 0.6)
LONGEST_PAUSE_SECONDS: Final = 2.0

# Answers under which the call had no effect, and that the same key is asked again for.
_AGAIN: Final = frozenset(
    {
        HTTPStatus.CONFLICT,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)
# Refusals that pass: money is on its way to a balance, or a dispute may be won.
_NOT_NOW: Final = frozenset({"balance_insufficient", "insufficient_funds", "charge_disputed"})
# A key or a right of ours is wrong: an operator's matter, not an answer to the call.
_OURS: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})

T = TypeVar("T")


@dataclass(frozen=True)
class StripeApi:
    """Stripe's client, bounded: short time-outs, and a few tries where that is safe.

    `sleep` waits so many seconds (eventlet's, where it has patched the standard library).
    """

    client: StripeClient
    sleep: Callable[[float], None] = field(default=time.sleep)

    @classmethod
    def connect(
        cls, api_key: str, api_base: str = "", *, answer_seconds: float = ANSWER_SECONDS
    ) -> "StripeApi":
        """Return a client of Stripe itself, or of what answers at `api_base` in its place."""
        http = Measured(timeout=(CONNECT_SECONDS, answer_seconds))
        client = StripeClient(
            api_key,
            stripe_version=API_VERSION,
            base_addresses={"api": api_base} if api_base else None,
            http_client=http,
            max_network_retries=0,
        )
        return cls(client)

    def read(self, call: Callable[[StripeClient], T]) -> T:
        """Return what a call that changes nothing answers; raise Transient when it can't.

        A refusal of what was read (404, say) is raised as Stripe's error.
        """
        try:
            return self._patiently(call)
        except stripe.StripeError as error:
            if _is_answer(error) and error.http_status not in _OURS | _AGAIN:
                raise
            raise _away(error) from error

    def write(self, call: Callable[[StripeClient], Answer], *, v2: bool = False) -> Answer:
        """Return the answer of a call that changes something under an idempotency key.

        `v2` tells that it is made of Stripe's second API, which keeps no failures.
        """
        try:
            return self._patiently(call)
        except stripe.StripeError as error:
            return meaning(error, v2=v2)

    def _patiently(self, call: Callable[[StripeClient], T]) -> T:
        for pause in PAUSES_SECONDS:
            try:
                return call(self.client)
            except stripe.StripeError as error:
                if not _is_quick(error):
                    raise
                self.sleep(_pause(error, pause))
        return call(self.client)


def meaning(error: stripe.StripeError, *, v2: bool = False) -> Answer:
    """Return what an error says of the call that got it.

    Stripe gives a key the same answer again for 24 hours once the call had begun: a refusal and a
    500 too. Those keys are spent; after a 500 it is looked up first whether it had its effect.
    v2 repeats successes only, for 30 days: there the same key finds out, and another one would
    make a second of what was made.
    """
    code = error.code or type(error).__name__
    detail = error.user_message or str(error)
    status = error.http_status
    if not _is_answer(error) or status in _AGAIN | _OURS:
        if status in _OURS:
            logger.error("Stripe refuses our key", extra={"status": status, "detail": detail})
        return Answer.not_done(Outcome.UNCLEAR, code, detail)
    failed = status is not None and status >= HTTPStatus.INTERNAL_SERVER_ERROR
    if isinstance(error, stripe.IdempotencyError):
        return Answer.not_done(Outcome.UNCLEAR, code, detail, spent=True)
    if failed:
        return Answer.not_done(Outcome.UNCLEAR, code, detail, spent=not v2)
    if code in _NOT_NOW:
        return Answer.not_done(Outcome.NOT_NOW, code, detail, spent=not v2)
    return Answer.not_done(Outcome.DECLINED, code, detail)


def _is_answer(error: stripe.StripeError) -> bool:
    return error.http_status is not None


def _is_quick(error: stripe.StripeError) -> bool:
    """Tell whether another try makes sense at once: not after waiting for a time-out."""
    if error.http_status in _AGAIN:
        return True
    lost = isinstance(error, stripe.APIConnectionError) and error.should_retry
    return lost and not isinstance(error.__cause__, requests.Timeout)


def _pause(error: stripe.StripeError, otherwise: float) -> float:
    told = (error.headers or {}).get("retry-after", "")
    seconds = float(told) if told.isdigit() else otherwise
    return min(seconds, LONGEST_PAUSE_SECONDS)


def _away(error: stripe.StripeError) -> Transient:
    return Transient(
        "processor_unavailable",
        "The payment processor is away. Try again soon.",
        processor_said=error.user_message or type(error).__name__,
    )
