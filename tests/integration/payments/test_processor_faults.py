"""The processor is away, falls silent before or after it acted; or we die between two steps.

Every kind of call meets every fault. Each time it has its effect once, and the books agree.
"""

import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from services.payments.adapters.stripe_client import StripeApi
from services.payments.adapters.stripe_gateway import StripeGateway
from services.payments.domain.operation import Answer, Operation, OperationKind, Outcome
from services.payments.use_cases import operations
from tests.integration.payments.calls import CALLS, Call, transfer
from tests.integration.payments.market import BASE, Market
from tests.support.stripe_process import KEY

ANSWER_SECONDS = 0.3


class PowerCutError(Exception):
    """Our process is gone."""


def impatient(market: Market) -> StripeGateway:
    """Return a gateway that doesn't wait for long, nor between tries."""
    api = StripeApi.connect(KEY, market.simulator.url, answer_seconds=ANSWER_SECONDS)
    api = replace(api, sleep=lambda _: None)
    return StripeGateway(api, market.api.clock, "http://web.example")


def record(market: Market, operation: Operation, answer: Answer) -> None:
    with market.begin() as work:
        operations.record(operation, answer, work)


def dies_before_the_call(market: Market, call: Call) -> None:
    assert market
    assert call


def dies_before_the_answer_is_recorded(market: Market, call: Call) -> None:
    assert operations.ask(call.operation, market.gateway).outcome is Outcome.DONE


def dies_while_the_answer_is_recorded(market: Market, call: Call) -> None:
    answer = operations.ask(call.operation, market.gateway)
    before = market.rows("SELECT count(*) FROM journal_entries")
    with contextlib.suppress(PowerCutError), market.begin() as work:
        operations.record(call.operation, answer, work)
        raise PowerCutError
    assert market.rows("SELECT count(*) FROM journal_entries") == before


def is_so_slow_that_another_process_takes_over(market: Market, call: Call) -> None:
    answer = operations.ask(call.operation, market.gateway)
    market.turn(minutes=2)
    market.settle()
    record(market, call.operation, answer)


def _goes_wrong(kind: str, times: int = 1) -> Callable[[Market, Call], None]:
    def happen(market: Market, call: Call) -> None:
        market.simulator.fault(kind, call.path, method="POST", times=times, seconds=1)
        answer = operations.ask(call.operation, impatient(market))
        market.simulator.control("DELETE", "faults")
        # Where it is looked first, a quick second try finds out by itself.
        assert answer.outcome in {Outcome.UNCLEAR, Outcome.DONE}
        record(market, call.operation, answer)

    happen.__name__ = kind
    return happen


FAULTS: tuple[Callable[[Market, Call], None], ...] = (
    dies_before_the_call,
    _goes_wrong("timeout_before"),
    _goes_wrong("timeout_after"),
    _goes_wrong("reset_after", times=3),
    _goes_wrong("status_before"),
    _goes_wrong("status_after"),
    dies_before_the_answer_is_recorded,
    dies_while_the_answer_is_recorded,
    is_so_slow_that_another_process_takes_over,
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda each: each.__name__)
@pytest.mark.parametrize("kind", CALLS, ids=lambda each: each.__name__)
def test_whatever_goes_wrong_a_call_has_its_effect_once(
    market: Market, kind: Callable[[Market], Call], fault: Callable[[Market, Call], None]
) -> None:
    call = kind(market)
    fault(market, call)
    market.turn(minutes=2)
    market.settle()
    assert call.effects() == 1
    call.check()
    row = market.row(
        "SELECT status FROM operations WHERE operation_id = :id", id=call.operation.operation_id
    )
    assert row.status == "done"


def test_every_kind_of_call_meets_every_fault(market: Market) -> None:
    assert {each(market.with_new_people()).operation.kind for each in CALLS} == set(OperationKind)


def test_two_processes_at_once_make_each_call_once(market: Market) -> None:
    people = [market.with_new_people() for _ in range(3)]
    paid = []
    for each in people:
        each.become_payee()
        milestones = each.agree(50_000, 30_000)
        each.pay(*milestones)
        paid.append((each, milestones))
    for each, (accepted, ended) in paid:
        each.accept(accepted)
        each.end(ended)
        assert each.ask_for_payout().status_code == 201
    with ThreadPoolExecutor(2) as processes:
        made = list(
            processes.map(lambda _: operations.run_operations(market, market.gateway), range(2))
        )
    # A transfer and a refund for each of them, by one process or the other.
    assert sum(made) == 2 * len(people)
    market.settle()
    for each in people:
        assert [payout["status"] for payout in each.payouts()] == ["paid"]
        call = each.row(
            "SELECT attempts FROM operations JOIN payouts ON payout_id = subject"
            " WHERE kind = 'create_transfer' AND assistant_id = :assistant"
        )
        assert call.attempts == 1


@pytest.fixture
def patient(market: Market) -> Market:
    """A market whose gateway doesn't pause between its quick tries."""
    api = replace(market.gateway.api, sleep=lambda _: None)
    gateway = replace(market.gateway, api=api)
    return replace(market, gateway=gateway)


@pytest.mark.parametrize("path", ["/v1/transfers", "/v1/payouts"])
@pytest.mark.parametrize(("kind", "status"), [("status_before", 429), ("status_before", 503)])
def test_what_is_refused_in_passing_is_asked_again_at_once(
    patient: Market, path: str, kind: str, status: int
) -> None:
    market = patient
    call = transfer(market)
    market.simulator.fault(kind, path, method="POST", times=2, status=status)
    answer = operations.ask(call.operation, market.gateway)
    record(market, call.operation, answer)
    market.settle()
    assert [each["status"] for each in market.payouts()] == ["paid"]


def test_a_long_outage_is_waited_out(patient: Market) -> None:
    market = patient
    call = transfer(market)
    record(market, call.operation, Answer.not_done(Outcome.UNCLEAR, "away", "no answer"))
    market.simulator.fault("status_before", "/v1/transfers", times=30, status=503)
    for _ in range(4):
        operations.run_operations(market, market.gateway)
        market.turn(hours=1)
    market.simulator.control("DELETE", "faults")
    market.settle()
    call.check()


def test_a_call_older_than_the_processors_memory_is_looked_up_first(market: Market) -> None:
    call = transfer(market)
    assert operations.ask(call.operation, market.gateway).outcome is Outcome.DONE
    # The processor forgets idempotency keys after 24 hours.
    market.turn(hours=30)
    market.settle()
    assert call.effects() == 1
    call.check()


def test_a_page_that_could_not_be_made_is_asked_for_again(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    market.simulator.fault("status_after", "/v1/checkout/sessions", method="POST", status=500)
    answer = market.check_out(milestone)
    assert (answer.status_code, answer.json()["code"]) == (503, "processor_unavailable")
    assert "Retry-After" in answer.headers
    # The second one stands; the first, once it is found, is closed.
    page = market.page(milestone)
    market.turn(minutes=2)
    market.settle()
    assert market.page(milestone)["checkout_id"] == page["checkout_id"]
    market.pay(milestone)


def test_a_page_that_nobody_asked_for_again_is_seen_through_in_the_background(
    market: Market,
) -> None:
    (milestone,) = market.agree(50_000)
    market.simulator.fault("status_after", "/v1/checkout/sessions", method="POST", status=500)
    assert market.check_out(milestone).status_code == 503
    market.turn(minutes=2)
    market.settle()
    assert market.money(milestone)["status"] == "funding"
    market.pay(milestone)


def test_a_payee_that_could_not_be_opened_is_asked_for_again(market: Market) -> None:
    market.simulator.fault("status_after", "/v2/core/accounts", method="POST", status=500)
    answer = market.assistant.post(f"{BASE}/payees", {})
    assert (answer.status_code, answer.json()["code"]) == (503, "processor_unavailable")
    assert market.assistant.post(f"{BASE}/payees", {}).json()["status"] == "pending"
    market.turn(minutes=2)
    market.settle()
    accounts = market.gateway.api.client.v2.core.accounts.list({"limit": 100})
    mine = [
        each
        for each in accounts.data
        if each.metadata
        and each.metadata.to_dict().get("person_id") == str(market.assistant.person_id)
    ]
    assert len(mine) == 1
