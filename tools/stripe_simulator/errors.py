"""Stripe's refusals, with the types and codes that Stripe documents."""

from typing import Any

from starlette.status import (
    HTTP_400_BAD_REQUEST,
    HTTP_401_UNAUTHORIZED,
    HTTP_402_PAYMENT_REQUIRED,
    HTTP_403_FORBIDDEN,
    HTTP_404_NOT_FOUND,
    HTTP_409_CONFLICT,
)


class StripeError(Exception):
    """An answer that is an error.

    `stored` tells whether an Idempotency-Key keeps this answer: Stripe keeps what an operation
    answered once it had begun, but not a refusal of the request itself.
    """

    def __init__(
        self,
        status: int,
        kind: str,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        stored: bool = False,
        headers: dict[str, str] | None = None,
        **facts: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.stored = stored
        self.headers = headers or {}
        error = {"type": kind, "code": code, "message": message, "param": param, **facts}
        self.body = {"error": {name: value for name, value in error.items() if value is not None}}


def invalid(message: str, *, param: str | None = None, code: str | None = None) -> StripeError:
    """Return the refusal of a request that can't be right."""
    return StripeError(
        HTTP_400_BAD_REQUEST, "invalid_request_error", message, code=code, param=param
    )


def unknown_parameter(param: str) -> StripeError:
    """Return the refusal of a parameter that the operation doesn't have."""
    return invalid(f"Received unknown parameter: {param}", param=param, code="parameter_unknown")


def missing_parameter(param: str) -> StripeError:
    """Return the refusal of a request without a parameter that it needs."""
    return invalid(f"Missing required param: {param}.", param=param, code="parameter_missing")


def refused(code: str, message: str, *, param: str | None = None) -> StripeError:
    """Return a refusal that the state is the reason of; an Idempotency-Key keeps it."""
    return StripeError(
        HTTP_400_BAD_REQUEST,
        "invalid_request_error",
        message,
        code=code,
        param=param,
        stored=True,
    )


def no_such(kind: str, object_id: str, *, param: str | None = None) -> StripeError:
    """Return the refusal of an id that isn't there: 404 in the path (no param), 400 in the body."""
    return StripeError(
        HTTP_400_BAD_REQUEST if param else HTTP_404_NOT_FOUND,
        "invalid_request_error",
        f"No such {kind}: '{object_id}'",
        code="resource_missing",
        param=param or "id",
    )


def declined(code: str, message: str, **facts: Any) -> StripeError:
    """Return a card's refusal: HTTP 402."""
    return StripeError(
        HTTP_402_PAYMENT_REQUIRED, "card_error", message, code=code, stored=True, **facts
    )


def bad_key() -> StripeError:
    """Return the refusal of a missing or wrong API key."""
    return StripeError(HTTP_401_UNAUTHORIZED, "invalid_request_error", "Invalid API Key provided.")


def no_access(account: str) -> StripeError:
    """Return the refusal of a Stripe-Account that isn't ours."""
    return StripeError(
        HTTP_403_FORBIDDEN,
        "invalid_request_error",
        f"The provided key does not have access to account '{account}' (or it doesn't exist).",
        code="account_invalid",
    )


def key_reused(key: str) -> StripeError:
    """Return the refusal of an Idempotency-Key that came with other parameters before."""
    return StripeError(
        HTTP_400_BAD_REQUEST,
        "idempotency_error",
        "Keys for idempotent requests can only be used with the same parameters they were first"
        f" used with. Try using a key other than '{key}' if you meant to execute a different"
        " request.",
    )


def key_in_use(key: str) -> StripeError:
    """Return the refusal of an Idempotency-Key whose first request is still at work."""
    return StripeError(
        HTTP_409_CONFLICT,
        "idempotency_error",
        f"There is currently another in-progress request using this Idempotency-Key: {key}",
        code="idempotency_key_in_use",
        headers={"Stripe-Should-Retry": "true"},
    )
