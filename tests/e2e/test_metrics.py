"""Every metric of the catalogue is told by the processes of a real stack, after a story."""

import re
import subprocess
import sys

import httpx
import pytest

from shared.http.measuring import METHODS, OTHER
from shared.observability.gauges import FRESH_SECONDS
from shared.observability.metrics import CATALOGUE, SEAL_AGE
from tests.e2e.conftest import Measured
from tests.support.metrics import Scraped, scrape
from tests.support.wait import eventually
from tools.services import PROCESSES
from tools.stack import Stack
from tools.story.acts import Stage
from tools.story.proofs import balance_of

BUCKET_LABELS = {"le"}
SEAL = SEAL_AGE.name
WITH_OUTBOX = [service for service, kinds in PROCESSES.items() if "relay" in kinds]


pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def scraped(stage: Stage, stack: Stack, told: Measured) -> Scraped:
    """What all processes say after a story, a reconciliation and a seal."""
    assert told
    stage.operator.post("/payments/reconciliations")
    seal = [sys.executable, "-m", "services.payments", "seal"]
    subprocess.run(seal, check=True, env=stack.code_env("payments"), capture_output=True)
    for path in ("/nowhere", "/nowhere/else", "/api/v1/nothing/of/ours"):
        httpx.request("PROPFIND", f"{stack.url('payments')}{path}")
    # Gauges that somebody asked for just before are 15 s old at most.
    eventually(lambda: scrape(stack).samples.get(SEAL), FRESH_SECONDS * 2)
    return scrape(stack)


def test_every_metric_is_told_with_its_labels(scraped: Scraped) -> None:
    missing = []
    for metric in CATALOGUE:
        name = f"{metric.name}_count" if metric.kind == "histogram" else metric.name
        labels = [set(at) - BUCKET_LABELS for at, _ in scraped.samples.get(name, [])]
        if {"service", *metric.labels} not in labels:
            missing.append(metric.name)
    assert missing == []


def test_paths_and_methods_that_nobody_knows_are_counted_as_one(scraped: Scraped) -> None:
    name = "tasuki_http_requests_total"
    assert scraped.sum_of(name, service="payments", operation="other", method="other") >= 3
    methods = {at["method"] for at, _ in scraped.samples[name]}
    assert methods <= METHODS | {OTHER}
    operations = {at["operation"] for at, _ in scraped.samples[name]}
    assert not [each for each in operations if "nowhere" in each]


def test_requests_are_counted_by_their_operation_and_status(told: Measured) -> None:
    posted = {"operation": "contracts_deliver", "method": "POST", "status": "201"}
    counted = told.counted("tasuki_http_requests_total", **posted)
    assert counted >= 1
    operation = posted["operation"]
    assert told.counted("tasuki_http_request_seconds_count", operation=operation) >= counted


def test_what_is_published_is_handled_once_by_each_who_hears_it(told: Measured) -> None:
    accepted = "contracts.milestone_accepted.v1"
    handled = [
        told.counted("tasuki_messages_total", queue=f"{hearer}.{accepted}", outcome="done")
        for hearer in ("payments", "jobs", "programs")
    ]
    assert min(handled) >= 1
    assert told.counted("tasuki_published_total", service="contracts") > max(handled)


def test_one_relay_of_each_service_holds_its_outbox(scraped: Scraped) -> None:
    held = [scraped.sum_of("tasuki_outbox_held", service=each) for each in WITH_OUTBOX]
    assert held == [1] * len(WITH_OUTBOX)


def test_calls_to_the_outside_are_counted_without_the_ids_in_them(
    scraped: Scraped, told: Measured
) -> None:
    for target, operation in (("stripe", "POST /v1/transfers"), ("smtp", "send")):
        calls = {"target": target, "operation": operation, "outcome": "done"}
        assert told.counted("tasuki_calls_total", **calls) >= 1
    operations = {at["operation"] for at, _ in scraped.samples["tasuki_calls_total"]}
    assert not [each for each in operations if re.search(r"_\w*\d", each)]


def test_what_is_held_is_what_the_books_say_and_they_balance(
    scraped: Scraped, stage: Stage
) -> None:
    trial = stage.operator.get("/payments/books/trial-balance")
    held = scraped.most_of("tasuki_escrow_minor_units", currency="JPY")
    assert held == abs(balance_of(trial, "liability:escrow"))
    assert scraped.most_of("tasuki_ledger_imbalance_minor_units", currency="JPY") == 0
    assert scraped.most_of("tasuki_reconciliation_unmatched") == 0
    assert scraped.most_of("tasuki_database_up") == 1
