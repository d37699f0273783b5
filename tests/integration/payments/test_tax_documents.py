"""What the market states for the tax office, over a real database."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from shared.messages.jobs import Category, Mode
from tests.integration.payments.archive import BASE, Archive
from tests.integration.payments.november import ISSUER, a_month, refusal


def test_the_market_lists_what_it_states_for_the_tax_office(archive: Archive) -> None:
    a_month(archive)
    archive.at("2027-01-04")
    november = archive.listed(archive.operator, "2026-11")
    assert [each["kind"] for each in november] == ["withholding"]
    december = archive.listed(archive.operator, "2026-12")
    assert [each["kind"] for each in december] == ["payment_record", "withholding"]
    of_assistant = archive.listed(archive.assistant, "2026-12")
    assert [each["kind"] for each in of_assistant] == ["monthly_statement", "payment_record"]
    refused = archive.document(archive.assistant, "withholding", "2026-11")
    assert refusal(refused) == (403, "role_required")


def withholding(archive: Archive, month: str) -> Any:
    return archive.operator.get(f"{BASE}/withholding/{month}").json()


def test_taxes_withheld_are_those_of_the_books_and_remitted_once(archive: Archive) -> None:
    a_month(archive)
    moved = archive.in_books("account = 'liability:withholding'")
    shown = withholding(archive, "2026-11")
    assert shown["withheld"] == shown["due"] == moved
    # 10 December 2026 is a Thursday.
    assert shown["pay_by"] == "2026-12-10"
    (of_assistant,) = shown["assistants"]
    assert of_assistant["name"] == "山田 花子"
    assert (of_assistant["withheld"], of_assistant["paid"]) == (moved, 118_000 * 11 // 10)

    done = archive.operator.post(f"{BASE}/withholding/2026-11/remittance")
    assert (done.status_code, done.json()["remitted"]) == (201, moved)
    assert archive.in_books("account = 'liability:withholding'") == 0
    assert archive.in_books("account = 'asset:bank'") == moved
    again = archive.operator.post(f"{BASE}/withholding/2026-11/remittance")
    assert refusal(again) == (409, "withholding_already_remitted")
    assert withholding(archive, "2026-11")["withheld"] == moved


def test_two_remittances_at_once_are_one(archive: Archive) -> None:
    a_month(archive)
    path = f"{BASE}/withholding/2026-11/remittance"
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: archive.operator.post(path).status_code, range(4)))
    assert sorted(answers) == [201, 409, 409, 409]
    assert archive.in_books("account = 'liability:withholding'") == 0


def test_nothing_is_remitted_before_the_month_is_over_or_when_nothing_is_due(
    archive: Archive,
) -> None:
    path = f"{BASE}/withholding/2026-11/remittance"
    assert refusal(archive.operator.post(path)) == (409, "period_not_over")
    archive.at("2026-12-01")
    assert refusal(archive.operator.post(path)) == (409, "nothing_to_remit")
    for person in (archive.client, archive.assistant):
        assert refusal(person.post(path)) == (403, "role_required")
        assert refusal(person.get(f"{BASE}/withholding/2026-11")) == (403, "role_required")
    assert archive.in_books("account = 'asset:bank'") == 0


def test_what_is_given_back_after_its_remittance_is_taken_from_later_months(
    archive: Archive,
) -> None:
    agreed = archive.agree(100_000, Mode.PRINCIPAL)
    archive.capture("ch_first", agreed)
    archive.release(agreed)
    archive.at("2026-12-05")
    archive.operator.post(f"{BASE}/withholding/2026-11/remittance")
    archive.refund(agreed, 100_000)
    archive.at("2027-01-05")
    december = withholding(archive, "2026-12")
    assert (december["withheld"], december["due"]) == (-10_210, 0)
    answer = archive.operator.post(f"{BASE}/withholding/2026-12/remittance")
    assert refusal(answer) == (409, "nothing_to_remit")
    other = archive.agree(200_000, Mode.PRINCIPAL)
    archive.capture("ch_other", other)
    archive.release(other)
    archive.at("2027-02-01")
    january = withholding(archive, "2027-01")
    assert (january["withheld"], january["brought_forward"], january["due"]) == (
        20_420,
        -10_210,
        10_210,
    )
    archive.operator.post(f"{BASE}/withholding/2027-01/remittance")
    assert archive.in_books("account = 'liability:withholding'") == 0


def records(person: Any, year: int = 2026, **query: Any) -> Any:
    answer = person.get(f"{BASE}/payment-records/{year}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()["records"]


def test_a_years_figures_name_payer_and_payee(archive: Archive) -> None:
    about = a_month(archive)
    archive.agree(30_000, category=Category.DEVELOPMENT)
    of_market = records(archive.operator)
    (principal,) = of_market
    withheld = archive.in_books("account = 'liability:withholding'")
    assert principal["payer_id"] is None
    assert principal["payer"] == ISSUER["name"]
    assert (principal["price"], principal["tax"]) == (118_000, 11_800)
    assert (principal["paid"], principal["withheld"]) == (129_800, withheld)
    assert principal["unpaid"] == principal["paid"]
    assert principal["above_threshold"]

    (brokered,) = records(archive.client)
    assert brokered["payer"] == "株式会社みどり園芸"
    assert (brokered["payee"], brokered["category"]) == ("山田 花子", "writing")
    assert (brokered["paid"], brokered["withheld"]) == (55_000, 5_105)
    assert records(archive.assistant) == [*of_market, brokered]
    whose: dict[str, Any] = {"person_id": str(archive.client.person_id)}
    assert records(archive.operator, **whose) == [brokered]
    assert refusal(archive.assistant.get(f"{BASE}/payment-records/2026", params=whose)) == (
        403,
        "role_required",
    )

    archive.at("2026-12-28")
    archive.bank_has(about["payout"])
    assert [each["unpaid"] for each in records(archive.assistant)] == [0, 0]
    assert records(archive.assistant, 2025) == records(archive.assistant, 2027) == []


def test_what_is_paid_in_the_next_year_was_unpaid_at_the_end_of_this(archive: Archive) -> None:
    about = a_month(archive)
    archive.at("2027-01-04")
    archive.bank_has(about["payout"])
    (brokered,) = records(archive.client)
    assert (brokered["unpaid"], brokered["unpaid_withheld"]) == (55_000, 5_105)
