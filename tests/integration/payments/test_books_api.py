"""The books over HTTP: operators only, and in streams."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.payments.adapters.work_books import SqlBooksTransactions, make_books_work
from services.payments.api_books import router
from services.payments.domain.months import Month
from services.payments.domain.statement import PLATFORM, BalanceTransaction
from services.payments.ports_books import Wired
from services.payments.use_cases.closing import close
from services.payments.use_cases.sealing import seal
from shared.ids import new_id
from tests.integration.payments.ledgers import FEE, GROSS, NOVEMBER, Ledger
from tests.support.apis import Api, api_of

BASE = "/api/v1/payments"
MONTH = Month.named("2026-11")


class OnePayment:
    """A processor that knows of one payment."""

    def balance(self, account_id: str | None) -> int:
        return 0 if account_id else GROSS - FEE

    def lines(self, _account_id: str | None) -> Iterator[BalanceTransaction]:
        yield BalanceTransaction(PLATFORM, "ch_1", "txn_1", GROSS - FEE, "charge", NOVEMBER)


@pytest.fixture
def api(ledger: Ledger) -> Iterator[Api]:
    """The routes of the books over the ledger's database."""
    url = ledger.database.engine.url.render_as_string(hide_password=False)
    with api_of("payments", [router], make_books_work, url) as api:
        transactions = SqlBooksTransactions(api.database, api.clock)
        state = api.client.app.state  # type: ignore[attr-defined]  # FastAPI's
        state.books = Wired(make_books_work, transactions, OnePayment())
        yield api


@pytest.mark.parametrize(
    "path",
    [
        "books/trial-balance",
        "books/entries",
        "books/income",
        "books/seal",
        "books/months",
        "books/export",
        "reconciliations",
        f"reconciliations/{UUID(int=7)}",
    ],
)
def test_only_operators_look_at_the_books(api: Api, path: str) -> None:
    answer = api.person("client").get(f"{BASE}/{path}")
    assert (answer.status_code, answer.json()["code"]) == (403, "role_required")


def test_the_journal_is_downloaded(api: Api, ledger: Ledger) -> None:
    ledger.lives(300)
    operator = api.person("operator")
    answer = operator.get(f"{BASE}/books/export", params={"month": "2026-11"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="books-2026-11.csv"'
    assert len(list(csv.DictReader(io.StringIO(answer.text)))) == 300 * 9
    answer = operator.get(f"{BASE}/books/export", params={"format": "beancount"})
    assert answer.text.count('* "captured"') == 300
    answer = operator.get(f"{BASE}/books/export", params={"month": "2026-11-01"})
    assert (answer.status_code, answer.json()["code"]) == (422, "month_malformed")


def test_what_was_earned_is_shown_by_month_in_japan_also_where_it_is_nothing(
    api: Api, ledger: Ledger
) -> None:
    milestone = new_id()
    ledger.post(ledger.captured(milestone), ledger.released(milestone))
    # In Japan it is December by then.
    late, other = datetime(2026, 11, 30, 15, 30, tzinfo=UTC), new_id()
    ledger.post(ledger.captured(other), ledger.released(other, late))
    api.clock.time = datetime(2027, 1, 2, tzinfo=UTC)
    found = api.person("operator").get(f"{BASE}/books/income", params={"months": 4}).json()
    assert [(each["month"], each["amount"]) for each in found] == [
        ("2026-10", 0),
        ("2026-11", 11_000),
        ("2026-12", 11_000),
        ("2027-01", 0),
    ]
    too_many = api.person("operator").get(f"{BASE}/books/income", params={"months": 25})
    assert too_many.status_code == 422


def test_seal_and_closed_months_are_shown(api: Api, ledger: Ledger) -> None:
    ledger.lives(1)
    close(MONTH, ledger.transactions)
    operator = api.person("operator")
    shown = operator.get(f"{BASE}/books/seal").json()
    assert shown["sha256"] == seal(ledger.transactions).sha256
    (month,) = operator.get(f"{BASE}/books/months").json()
    assert (month["month"], month["sha256"]) == ("2026-11", shown["sha256"])
    assert len(month["balances"]) == 7


def test_runs_of_the_reconciliation_are_listed_and_shown(api: Api) -> None:
    operator = api.person("operator")
    first = operator.post(f"{BASE}/reconciliations", key="once")
    assert first.status_code == 201, first.text
    assert operator.post(f"{BASE}/reconciliations", key="once").json() == first.json()
    (item,) = first.json()["unmatched"]
    assert (item["reason"], item["source"]) == ("theirs_only", "ch_1")
    second = operator.post(f"{BASE}/reconciliations").json()
    page = operator.get(f"{BASE}/reconciliations", params={"limit": 1}).json()
    assert [each["reconciliation_id"] for each in page["items"]] == [second["reconciliation_id"]]
    page = operator.get(f"{BASE}/reconciliations", params={"after": page["next"]}).json()
    assert [each["unmatched_count"] for each in page["items"]] == [1]
    run = operator.get(f"{BASE}/reconciliations/{second['reconciliation_id']}").json()
    assert run == second


def test_a_trace_is_a_table_or_a_picture(api: Api) -> None:
    for format_ in ("json", "svg"):
        answer = api.person("operator").get(f"{BASE}/traces/ch_1", params={"format": format_})
        assert (answer.status_code, answer.json()["code"]) == (404, "trace_not_found")
