"""Whatever doesn't fit is refused with its documented code, and nothing moves."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from services.payments.use_cases import releases
from shared.errors import DomainError
from shared.ids import new_id
from shared.messages.contracts import MilestonePartlyAccepted
from shared.messages.jobs import Category
from shared.money import MAX_MINOR, Money
from tests.integration.payments.conftest import Hall
from tests.integration.payments.market import BASE, Market

INVALID = (422, "validation_failed")
NOT_MINE = (404, "milestone_not_found")
ROLE = (403, "role_required")
LARGEST = MAX_MINOR // 2

# What no amount may be: nothing, less than nothing, a fraction, a text, more than can be counted.
BAD_AMOUNTS: tuple[object, ...] = (
    0,
    -1,
    0.5,
    1.0,
    "1000",
    "",
    None,
    True,
    [1],
    MAX_MINOR // 2 + 1,
    2**53,
    10**30,
)
BAD_MONEY: tuple[object, ...] = (
    *({"amount": each} for each in BAD_AMOUNTS),
    {"amount": 1_000, "currency": "USD"},
    {"amount": 1_000, "currency": "jpy"},
    {"amount": 1_000, "currency": ""},
    {"amount": 1_000, "tax": 100},
    {},
    1_000,
    None,
)


@dataclass
class Scene:
    """A client with milestones in every state, and credit; somebody else with one, too."""

    market: Market
    other: Market
    ids: Mapping[str, UUID]
    pages: Mapping[str, str]

    def named(self, text: str) -> str:
        """Return a path with the ids that it names."""
        return text.format(**{**{k: str(v) for k, v in self.ids.items()}, **self.pages})

    def listed(self, names: str) -> list[str]:
        """Return the ids of these names; what isn't a name stays as it is."""
        return [str(self.ids.get(name, name)) for name in names.split()]

    def kept(self) -> dict[str, Any]:
        """Return how many rows each table has, and all balances.

        But for what operators tried: that is written down although it was refused.
        """
        market = self.market
        tables = market.rows(
            "SELECT table_name FROM information_schema.tables"
            " WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name IN"
            " (SELECT table_name FROM information_schema.role_table_grants"
            "  WHERE grantee = current_user AND privilege_type = 'SELECT')"
            " AND table_name <> 'operator_actions'"
        )
        query = " UNION ALL ".join(
            f"SELECT '{row.table_name}' AS name, count(*) AS rows FROM {row.table_name}"  # noqa: S608 - their own names
            for row in tables
        )
        counts = {row.name: row.rows for row in market.rows(query)}
        statuses = market.rows("SELECT milestone_id, status, left_price FROM escrows ORDER BY 1")
        return {"rows": counts, "escrows": statuses, "sums": market.sums()}


@pytest.fixture(scope="module")
def scene(hall: Hall) -> Iterator[Scene]:
    """One scene for all: nothing that is refused here changes it."""
    market, other = hall.open().with_new_people(), hall.open().with_new_people()
    unfunded, funded, released, partly, ended, refunded, disputed = market.agree(*[50_000] * 7)
    awaited, second = market.agree(60_000, 70_000)
    (far,) = market.agree(50_000, due_in_days=84)
    (tiny,) = market.agree(44, category=Category.RESEARCH)
    huge = market.agree(90_909_091, LARGEST, LARGEST, LARGEST, category=Category.RESEARCH)
    (others,) = other.agree(50_000)
    market.pay(funded, released, partly, refunded)
    market.pay(disputed)
    market.accept(released)
    market.contracts.accept_part(partly, 20_000)
    market.end(ended)
    market.end(refunded)
    market.simulator.control("POST", f"charges/{market.charge_of(disputed)}/dispute")
    market.settle()
    page = market.ask_to_transfer(awaited)
    market.transfer(66_000 - 6_126 + 10_000)
    page = market.ask_to_transfer(second)
    others_page = other.page(others)
    names = {
        "unfunded": unfunded,
        "funded": funded,
        "released": released,
        "partly": partly,
        "ended": ended,
        "refunded": refunded,
        "disputed": disputed,
        "awaited": second,
        "far": far,
        "tiny": tiny,
        "others": others,
        "unknown": new_id(),
        **{f"huge{number}": each for number, each in enumerate(huge)},
    }
    pages = {"page": page["checkout_id"], "others_page": others_page["checkout_id"]}
    assert market.credit() == 10_000
    yield Scene(market, other, names, pages)
    market.settle()
    market.check_books()


def check_refused(scene: Scene, answer: Any, refusal: tuple[int, str], before: Any) -> None:
    assert (answer.status_code, answer.json()["code"]) == refusal, answer.text
    assert scene.kept() == before


# Who is to be paid for, and what is said to that.
PAYMENTS = [
    ("", INVALID),
    ("first", INVALID),
    ("unfunded unfunded", (422, "milestones_repeated")),
    ("unknown", NOT_MINE),
    ("others", NOT_MINE),
    ("unfunded others", NOT_MINE),
    ("unfunded unknown", NOT_MINE),
    ("funded", (409, "milestone_already_funded")),
    ("unfunded funded", (409, "milestone_already_funded")),
    ("released", (409, "milestone_already_funded")),
    ("refunded", (409, "milestone_already_funded")),
    ("disputed", (409, "milestone_already_funded")),
    ("ended", (409, "milestone_ended")),
    ("unfunded ended", (409, "milestone_ended")),
    ("far", (409, "processor_hold_exceeded")),
]
UNDER_WAY = ("awaited", (409, "payment_under_way"))


@pytest.mark.parametrize(
    ("names", "refusal"),
    [
        *PAYMENTS,
        ("tiny", (409, "amount_not_chargeable")),
        ("huge0", (409, "amount_not_chargeable")),
        ("huge1 huge2 huge3", (409, "amount_not_chargeable")),
    ],
)
@pytest.mark.parametrize("method", ["card", "konbini", "bank_transfer"])
def test_no_page_is_made_for_what_cannot_be_paid_for(
    scene: Scene, method: str, names: str, refusal: tuple[int, str]
) -> None:
    before = scene.kept()
    asked = {"milestone_ids": scene.listed(names), "method": method}
    answer = scene.market.client.post(f"{BASE}/checkouts", asked)
    check_refused(scene, answer, refusal, before)


@pytest.mark.parametrize("method", ["card", "konbini"])
def test_no_other_page_is_made_while_a_transfer_is_awaited(scene: Scene, method: str) -> None:
    names, refusal = UNDER_WAY
    before = scene.kept()
    asked = {"milestone_ids": scene.listed(names), "method": method}
    answer = scene.market.client.post(f"{BASE}/checkouts", asked)
    check_refused(scene, answer, refusal, before)


@pytest.mark.parametrize(
    ("names", "refusal"),
    [
        *PAYMENTS,
        UNDER_WAY,
        ("unfunded", (409, "credit_insufficient")),
        ("huge1 huge2 huge3", (409, "credit_insufficient")),
    ],
)
def test_credit_does_not_pay_for_what_cannot_be_paid_for(
    scene: Scene, names: str, refusal: tuple[int, str]
) -> None:
    before = scene.kept()
    asked = {"milestone_ids": scene.listed(names)}
    answer = scene.market.client.post(f"{BASE}/credit/payments", asked)
    check_refused(scene, answer, refusal, before)


@pytest.mark.parametrize("path", ["checkouts", "credit/payments"])
@pytest.mark.parametrize(
    "body",
    [
        {},
        {"milestone_ids": None},
        {"milestone_ids": "unfunded"},
        {"milestone_ids": ["00000000-0000-7000-8000-000000000000"] * 21},
        {"milestone_ids": ["00000000-0000-7000-8000-000000000000"], "method": "cash"},
        {"milestone_ids": ["00000000-0000-7000-8000-000000000000"], "amount": 1},
        [],
        "pay",
    ],
)
def test_a_malformed_payment_is_refused(scene: Scene, path: str, body: Any) -> None:
    before = scene.kept()
    check_refused(scene, scene.market.client.post(f"{BASE}/{path}", body), INVALID, before)


@pytest.mark.parametrize("amount", BAD_MONEY, ids=str)
def test_no_such_amount_of_credit_is_paid_back(scene: Scene, amount: object) -> None:
    before = scene.kept()
    answer = scene.market.client.post(f"{BASE}/credit/refunds", {"amount": amount})
    check_refused(scene, answer, INVALID, before)


@pytest.mark.parametrize("amount", [10_001, LARGEST])
def test_more_credit_than_there_is_is_not_paid_back(scene: Scene, amount: int) -> None:
    before = scene.kept()
    answer = scene.market.client.post(f"{BASE}/credit/refunds", {"amount": {"amount": amount}})
    check_refused(scene, answer, (409, "credit_insufficient"), before)


@pytest.mark.parametrize("price", BAD_MONEY, ids=str)
def test_no_such_part_of_a_price_goes_back(scene: Scene, price: object) -> None:
    before = scene.kept()
    path = scene.named(f"{BASE}/milestones/{{funded}}/refunds")
    answer = scene.market.operator.post(path, {"price": price, "reason": "less was done"})
    check_refused(scene, answer, INVALID, before)


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201, "a\x00b", None, 7])
def test_a_refund_needs_a_reason(scene: Scene, reason: object) -> None:
    before = scene.kept()
    path = scene.named(f"{BASE}/milestones/{{funded}}/refunds")
    answer = scene.market.operator.post(path, {"price": {"amount": 1}, "reason": reason})
    check_refused(scene, answer, INVALID, before)


@pytest.mark.parametrize(
    ("name", "price", "refusal"),
    [
        ("funded", 50_001, (409, "price_not_within")),
        ("funded", LARGEST, (409, "price_not_within")),
        ("released", 50_001, (409, "price_not_within")),
        ("partly", 50_001, (409, "price_not_within")),
        ("unfunded", 1, (409, "milestone_not_refundable")),
        ("awaited", 1, (409, "milestone_not_refundable")),
        ("ended", 1, (409, "milestone_not_refundable")),
        ("refunded", 1, (409, "milestone_not_refundable")),
        ("disputed", 1, (409, "chargeback_open")),
        ("unknown", 1, NOT_MINE),
    ],
)
def test_nothing_goes_back_that_is_not_there(
    scene: Scene, name: str, price: int, refusal: tuple[int, str]
) -> None:
    before = scene.kept()
    check_refused(scene, scene.market.refund(scene.ids[name], price), refusal, before)


@pytest.mark.parametrize(
    ("who", "method", "path", "refusal"),
    [
        ("client", "POST", "milestones/{funded}/refunds", NOT_MINE),
        ("others_assistant", "POST", "milestones/{funded}/refunds", NOT_MINE),
        ("others_client", "GET", "milestones/{funded}", NOT_MINE),
        ("others_client", "GET", "checkouts/{page}", (404, "checkout_not_found")),
        ("client", "GET", "checkouts/{others_page}", (404, "checkout_not_found")),
        ("client", "GET", "checkouts/{unknown}", (404, "checkout_not_found")),
        ("client", "POST", "checkouts/{others_page}/cancellation", (404, "checkout_not_found")),
        ("assistant", "POST", "checkouts/{page}/cancellation", (404, "checkout_not_found")),
        ("client", "POST", "checkouts/first/cancellation", INVALID),
        ("client", "POST", "payouts", ROLE),
        ("client", "GET", "payables/me", ROLE),
        ("operator", "POST", "payouts", ROLE),
        ("assistant", "POST", "payouts", (409, "payee_not_active")),
        ("assistant", "GET", "payees/me", (404, "payee_not_found")),
        ("assistant", "POST", "payees/me/onboarding-links", (404, "payee_not_found")),
        ("client", "GET", "chargebacks", ROLE),
        ("assistant", "GET", "fraud-warnings", ROLE),
        ("client", "GET", "late-payables", ROLE),
        ("assistant", "GET", "failed-refunds", ROLE),
        ("client", "POST", "refunds/{unknown}/retry", ROLE),
        ("operator", "POST", "refunds/{unknown}/retry", (404, "refund_not_found")),
        ("client", "GET", "books/trial-balance", ROLE),
        ("assistant", "GET", "books/entries", ROLE),
        ("client", "POST", "reconciliations", ROLE),
        ("nobody", "POST", "payouts", (401, "token_missing")),
        ("nobody", "POST", "checkouts/{page}/cancellation", (401, "token_missing")),
        ("nobody", "GET", "milestones/{funded}", (401, "token_missing")),
        ("nobody", "GET", "credit", (401, "token_missing")),
    ],
)
def test_what_is_not_for_somebody_is_refused(
    scene: Scene, who: str, method: str, path: str, refusal: tuple[int, str]
) -> None:
    people = {
        "client": scene.market.client.headers,
        "assistant": scene.market.assistant.headers,
        "operator": scene.market.operator.headers,
        "others_client": scene.other.client.headers,
        "others_assistant": scene.other.assistant.headers,
        "nobody": {},
    }
    body = {"price": {"amount": 1}, "reason": "x"} if path.endswith("/refunds") else None
    before = scene.kept()
    answer = scene.market.api.client.request(
        method, scene.named(f"{BASE}/{path}"), headers=people[who], json=body
    )
    check_refused(scene, answer, refusal, before)


@pytest.mark.parametrize("body", [{"country": "FR"}, {"country": None}, {"name": "x"}, []])
def test_a_payee_of_no_such_country_is_refused(scene: Scene, body: object) -> None:
    before = scene.kept()
    answer = scene.market.assistant.post(f"{BASE}/payees", body)
    check_refused(scene, answer, INVALID, before)


def preview_of(**changes: object) -> dict[str, object]:
    planned = {"price": {"amount": 50_000}, "due_on": "2035-08-10"}
    return {"category": "writing", "milestones": [planned], **changes}


@pytest.mark.parametrize(
    "body",
    [
        *(preview_of(milestones=[{"price": each, "due_on": "2035-08-10"}]) for each in BAD_MONEY),
        *(
            preview_of(milestones=[{"price": {"amount": 1}, "due_on": each}])
            for each in ("2035-02-30", "tomorrow", "", None, 20350810.5, "2035-08-10T12:00:00Z")
        ),
        *(preview_of(hours=each) for each in (0, -1, 10_001, 1.5, "many")),
        *(preview_of(review_days=each) for each in (0, 15, -7, 1.5, None)),
        preview_of(milestones=[]),
        preview_of(milestones=[{"price": {"amount": 1}, "due_on": "2035-08-10"}] * 101),
        preview_of(category="juggling"),
        preview_of(mode="barter"),
        {},
    ],
    ids=str,
)
def test_a_preview_of_what_cannot_be_agreed_is_refused(scene: Scene, body: object) -> None:
    before = scene.kept()
    answer = scene.market.assistant.post(f"{BASE}/previews", body)
    check_refused(scene, answer, INVALID, before)


@pytest.mark.parametrize("prices", [[LARGEST] * 2, [LARGEST] * 100, [10**14] * 100])
def test_a_preview_of_more_than_can_be_counted_is_refused(scene: Scene, prices: list[int]) -> None:
    before = scene.kept()
    planned = [{"price": {"amount": each}, "due_on": "2035-08-10"} for each in prices]
    answer = scene.market.assistant.post(f"{BASE}/previews", preview_of(milestones=planned))
    check_refused(scene, answer, (409, "price_too_large"), before)


def is_refused(scene: Scene, code: str, tell: Any) -> None:
    """What an event says is refused as well: it goes to the dead letters."""
    before = scene.kept()
    with pytest.raises(DomainError) as refusal:
        tell()
    assert refusal.value.code == code
    assert scene.kept() == before


@pytest.mark.parametrize(
    ("name", "price", "code"),
    [
        ("funded", 0, "price_not_within"),
        ("funded", 50_001, "price_not_within"),
        ("partly", 30_001, "price_not_within"),
        ("unfunded", 1, "step_not_possible_yet"),
        ("released", 1, "step_not_possible"),
        ("refunded", 1, "step_not_possible"),
        ("ended", 1, "step_not_possible"),
        ("unknown", 1, "escrow_not_known_yet"),
    ],
)
def test_no_part_is_released_that_is_not_there(
    scene: Scene, name: str, price: int, code: str
) -> None:
    contracts = scene.market.contracts
    is_refused(scene, code, lambda: contracts.accept_part(scene.ids[name], price))


@pytest.mark.parametrize(
    ("name", "to_assistant", "to_client", "code"),
    [
        ("funded", 50_000, 1, "split_does_not_add_up"),
        ("funded", 0, 0, "price_change_not_known_yet"),
        ("funded", 25_000, 24_999, "price_change_not_known_yet"),
        ("partly", 50_000, 0, "split_does_not_add_up"),
        ("unfunded", 25_000, 25_000, "step_not_possible_yet"),
        ("unknown", 25_000, 25_000, "escrow_not_known_yet"),
    ],
)
def test_no_award_is_paid_that_is_not_there(
    scene: Scene, name: str, to_assistant: int, to_client: int, code: str
) -> None:
    contracts = scene.market.contracts
    milestone = scene.ids[name]
    is_refused(scene, code, lambda: contracts.resolve(milestone, to_assistant, to_client))


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [(100, "USD", "currency_not_supported"), (MAX_MINOR, "JPY", "price_too_large")],
)
def test_no_contract_is_kept_that_cannot_be_paid(
    scene: Scene, amount: int, currency: str, code: str
) -> None:
    contracts = scene.market.contracts
    price = Money(amount=amount, currency=currency)
    is_refused(scene, code, lambda: contracts.agree(1_000, price))


def test_a_part_in_another_currency_is_refused(scene: Scene) -> None:
    market = scene.market
    told = MilestonePartlyAccepted(
        contract_id=new_id(),
        milestone_id=scene.ids["funded"],
        title="Part",
        client_id=market.client.person_id,
        assistant_id=market.assistant.person_id,
        acceptance_id=new_id(),
        price=Money(amount=100, currency="USD"),
        accepted_at=market.api.clock.now(),
    )

    def tell() -> None:
        with market.begin() as work:
            releases.release_part(told, work)

    is_refused(scene, "currency_not_supported", tell)
