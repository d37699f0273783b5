import pytest
from prometheus_client import REGISTRY

from services.payments.adapters.stripe_calls import operation_of
from shared.observability.metrics import call_to


def counted(operation: str, outcome: str) -> float:
    labels = {"target": "smtp", "operation": operation, "outcome": outcome}
    return REGISTRY.get_sample_value("tasuki_calls_total", labels) or 0


def test_a_call_is_counted_as_what_its_maker_says_or_as_failed_when_it_raises() -> None:
    with call_to("smtp", "of a test"):
        pass
    with call_to("smtp", "of a test") as call:
        call.outcome = "declined"
    with pytest.raises(OSError, match="away"), call_to("smtp", "of a test"):
        raise OSError("away")
    assert [counted("of a test", each) for each in ("done", "declined", "failed")] == [1, 1, 1]


@pytest.mark.parametrize(
    ("url", "operation"),
    [
        ("https://api.stripe.com/v1/transfers", "POST /v1/transfers"),
        ("https://x/v1/payouts/po_1Nx4Zb/cancel?expand=1", "POST /v1/payouts/:id/cancel"),
        ("https://x/v1/checkout/sessions/cs_test_a1b2", "POST /v1/checkout/sessions/:id"),
        ("https://x/v1/balance_transactions", "POST /v1/balance_transactions"),
        ("https://x/v2/core/accounts/acct_1A", "POST /v2/core/accounts/:id"),
    ],
)
def test_a_call_to_stripe_is_counted_without_the_ids_in_its_path(url: str, operation: str) -> None:
    assert operation_of("post", url) == operation
