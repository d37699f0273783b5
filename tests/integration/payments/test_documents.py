"""Documents over a real database: they equal the books, and never change once they were issued."""

import io
from typing import Any
from urllib.parse import quote
from uuid import UUID

import psycopg
import pypdf
import pytest

from shared.ids import new_id
from shared.messages.jobs import Mode
from shared.provision.databases import ServiceDatabase
from tests.integration.payments.archive import BASE, Agreed, Archive
from tests.integration.payments.november import (
    ISSUER,
    NUMBER,
    OTHER_NUMBER,
    a_month,
    refusal,
    sums_of,
)


def test_a_receipt_says_what_the_payment_was_for(archive: Archive) -> None:
    a_month(archive)
    receipt = archive.document(archive.client, "receipt", "ch_first").json()
    assert receipt["total"] == 49_895 + 140_800 + 1_200
    assert receipt["issuer"]["name"] == ISSUER["name"]
    assert receipt["recipient"]["name"] == "株式会社みどり園芸"
    assert receipt["issued_on"] == "2026-11-02"
    assert {each["name"]: each["value"] for each in receipt["details"]}["method"] == "bank_transfer"
    (table,) = receipt["tables"]
    assert [(row["what"], row["title"], row["amount"]) for row in table["rows"]] == [
        ("escrow", "家庭菜園の手引き", 49_895),
        ("escrow", "Translation", 140_800),
        ("credit", "", 1_200),
    ]


def test_two_operators_who_say_who_runs_the_market_dont_overwrite_each_other(
    archive: Archive,
) -> None:
    archive.put(archive.operator, "issuer", ISSUER)
    tag = archive.operator.get(f"{BASE}/issuer").headers["ETag"]
    headers = archive.operator.headers | {"If-Match": tag}
    first, second = (
        archive.operator.client.put(f"{BASE}/issuer", json=ISSUER | {"name": name}, headers=headers)
        for name in ("First", "Second")
    )
    assert (first.status_code, second.status_code) == (200, 412)
    assert archive.operator.get(f"{BASE}/issuer").json()["name"] == "First"


def test_in_principal_mode_the_market_is_the_issuer(archive: Archive) -> None:
    about = a_month(archive)
    invoice = archive.document(archive.client, "invoice", about["rest"]).json()
    assert invoice["qualified"]
    assert invoice["issuer"]["registration_number"] == NUMBER
    assert invoice["agent"] is None
    assert invoice["taxes"] == [{"basis_points": 1_000, "taxable": 100_000, "tax": 10_000}]
    assert sums_of(invoice) == {
        "subtotal": 100_000,
        "tax": 10_000,
        "total": 110_000,
        "paid_from_escrow": -110_000,
        "still_to_pay": 0,
    }


def test_in_brokered_mode_the_assistant_is_the_issuer_with_a_number_from_its_day_on(
    archive: Archive,
) -> None:
    archive.put(archive.operator, "issuer", ISSUER)
    before = archive.agree(20_000)
    archive.capture("ch_before", before)
    early = archive.release(before).release_id
    after = archive.agree(50_000)
    archive.capture("ch_after", after)
    archive.at("2026-11-03")
    answer = archive.put(
        archive.assistant,
        "payees/me/registration-number",
        {"number": "t 8000-0120-10038", "name": "山田デザイン"},
    )
    assert answer.json()["number"] == OTHER_NUMBER
    late = archive.release(after).release_id

    plain = archive.document(archive.client, "invoice", early).json()
    assert (plain["qualified"], plain["issuer"]["name"]) == (False, "山田 花子")
    assert "not_qualified" in plain["notes"]
    assert plain["agent"]["registration_number"] is None

    invoice = archive.document(archive.client, "invoice", late).json()
    assert invoice["qualified"]
    assert invoice["issuer"] == {
        "name": "山田デザイン",
        "address": "",
        "registration_number": OTHER_NUMBER,
    }
    assert invoice["agent"]["name"] == ISSUER["name"]
    assert sums_of(invoice) == {
        "subtotal": 50_000,
        "tax": 5_000,
        "total": 55_000,
        "withheld_by_client": -5_105,
        "paid_from_escrow": -49_895,
        "still_to_pay": 0,
    }
    # The issuer keeps a copy: Consumption Tax Act, article 57-4 (6).
    assert archive.document(archive.assistant, "invoice", late).json() == invoice


def test_the_fee_is_invoiced_to_the_assistant(archive: Archive) -> None:
    about = a_month(archive)
    invoice = archive.document(archive.assistant, "fee_invoice", about["whole"]).json()
    assert (invoice["total"], invoice["qualified"]) == (12_100, True)
    assert invoice["taxes"] == [{"basis_points": 1_000, "taxable": 11_000, "tax": 1_100}]
    assert invoice["recipient"]["name"] == "山田 花子"


def test_a_refund_after_release_gives_return_invoices_and_leaves_the_invoice_as_it_was(
    archive: Archive,
) -> None:
    archive.put(archive.operator, "issuer", ISSUER)
    agreed = archive.agree(100_000, Mode.PRINCIPAL)
    archive.capture("ch_first", agreed)
    release_id = archive.release(agreed).release_id
    before = archive.document(archive.client, "invoice", release_id).json()
    fee_before = archive.document(archive.assistant, "fee_invoice", release_id).json()
    archive.at("2026-11-20")
    refund = archive.refund(agreed, 30_000)
    assert archive.document(archive.client, "invoice", release_id).json() == before
    assert archive.document(archive.assistant, "fee_invoice", release_id).json() == fee_before

    returned = archive.document(archive.client, "return_invoice", refund).json()
    assert (returned["total"], returned["issued_on"]) == (33_000, "2026-11-20")
    assert returned["qualified"]
    assert returned["tables"][0]["rows"][0]["invoice"] == before["number"]
    fee = archive.document(archive.assistant, "fee_return_invoice", refund).json()
    assert fee["tables"][0]["rows"][0]["invoice"] == fee_before["number"]
    in_books = archive.in_books(
        "fact = 'refund_after_release' AND account IN "
        "('income:platform_fee', 'liability:consumption_tax')"
    )
    assert fee["total"] == -in_books


def test_a_statement_leads_from_prices_to_what_the_bank_gets(archive: Archive) -> None:
    about = a_month(archive)
    statement = archive.document(archive.assistant, "payout_statement", about["payout"]).json()
    in_transit = archive.in_books("account = 'liability:payout_in_transit'")
    assert statement["total"] == in_transit
    (table,) = statement["tables"]
    assert table["totals"]["price"] == 50_000 + 128_000 - 10_000
    parts = ("price", "tax", "withholding", "fee", "fee_tax")
    assert sum(table["totals"][each] for each in parts) == table["totals"]["net"]
    assert sums_of(statement) == {
        "nets": table["totals"]["net"],
        "transfer_fee": -500,
        "to_bank": in_transit,
    }


def test_a_statement_shows_what_was_set_off_and_stays_when_a_refund_comes_later(
    archive: Archive,
) -> None:
    agreed = archive.agree(100_000)
    archive.capture("ch_first", agreed)
    release = archive.release(agreed)
    payout = archive.pay_out(release, set_off=3_000)
    before = archive.document(archive.assistant, "payout_statement", payout).json()
    assert sums_of(before)["set_off"] == -3_000
    assert before["total"] == release.division.net.amount - 3_500
    other = archive.agree(90_000)
    archive.capture("ch_other", other)
    archive.release(other)
    archive.at("2026-11-25")
    archive.refund(agreed, 10_000)
    assert archive.document(archive.assistant, "payout_statement", payout).json() == before


def test_a_payout_that_failed_has_no_statement(archive: Archive) -> None:
    about = a_month(archive)
    archive.bank_has(about["payout"], "returned")
    answer = archive.document(archive.assistant, "payout_statement", about["payout"])
    assert refusal(answer) == (404, "document_not_found")


def test_the_documents_of_a_month_add_up_to_the_books(archive: Archive) -> None:
    a_month(archive)
    of_client = archive.listed(archive.client, "2026-11")
    of_assistant = archive.listed(archive.assistant, "2026-11")

    def total(documents: list[Any], kind: str) -> int:
        return sum(each["total"] for each in documents if each["kind"] == kind)

    captured = archive.in_books(
        "fact = 'captured' AND account IN ('liability:escrow', 'liability:client_credit')"
    )
    assert total(of_client, "receipt") == captured
    # The client of the brokered milestone withheld 5,105 of what was invoiced.
    released = -archive.in_books("fact = 'released' AND account = 'liability:escrow'")
    assert total(of_client, "invoice") == released + 5_105
    refunded = archive.in_books(
        "fact = 'refund_after_release' AND account = 'liability:refunds_payable'"
    )
    assert total(of_client, "return_invoice") == refunded
    fees = archive.in_books("account IN ('income:platform_fee', 'liability:consumption_tax')")
    assert total(of_assistant, "fee_invoice") - total(of_assistant, "fee_return_invoice") == fees
    paid_out = archive.in_books("account = 'liability:payout_in_transit'")
    assert total(of_assistant, "payout_statement") == paid_out
    assert [each["kind"] for each in of_client].count("monthly_statement") == 1
    # In brokered mode the assistant is the issuer of the client's invoice.
    assert [each["kind"] for each in of_assistant].count("invoice") == 1
    numbers = [each["number"] for each in of_client + of_assistant if each["kind"] != "invoice"]
    assert len(set(numbers)) == len(numbers)
    assert of_client == sorted(of_client, key=lambda each: each["issued_on"])


def test_a_monthly_statement_balances_with_the_books(archive: Archive) -> None:
    a_month(archive)
    archive.at("2026-12-20")
    later = archive.agree(10_000)
    archive.capture("ch_later", later)
    archive.release(later)

    of_client = archive.document(archive.client, "monthly_statement", "2026-11").json()
    held = archive.in_books(
        "account IN ('liability:escrow', 'liability:client_credit') "
        "AND occurred_at < '2026-12-01T00:00+09:00'"
    )
    assert of_client["total"] == sums_of(of_client)["client_closing"] == held == 1_200
    assert sums_of(of_client)["client_opening"] == 0
    assert [row["what"] for row in of_client["tables"][0]["rows"]] == [
        "captured",
        "released",
        "released",
        "released",
    ]

    of_assistant = archive.document(archive.assistant, "monthly_statement", "2026-11").json()
    owed = archive.in_books(
        "account = 'liability:assistant_payable' AND occurred_at < '2026-12-01T00:00+09:00'"
    )
    assert of_assistant["total"] == owed == 0
    moved, charged = of_assistant["tables"]
    assert [row["what"] for row in moved["rows"]] == [
        "released",
        "released",
        "refund_after_release",
        "released",
        "payout_requested",
    ]
    assert charged["totals"]["price"] == 168_000
    fees = archive.in_books(
        "account = 'income:platform_fee' AND occurred_at < '2026-12-01T00:00+09:00'"
    )
    assert charged["totals"]["fee"] == -fees
    december = archive.document(archive.assistant, "monthly_statement", "2026-11").json()
    assert december == of_assistant


def test_a_month_that_goes_on_has_no_statement_yet(archive: Archive) -> None:
    answer = archive.document(archive.client, "monthly_statement", "2026-11")
    assert refusal(answer) == (409, "period_not_over")
    assert archive.listed(archive.client, "2026-11") == []
    for name in ("2026-13", "2026-1", "november", "2026-11-01", "1999-12", "9999-12", "2026-11\n"):
        answer = archive.document(archive.client, "monthly_statement", quote(name))
        assert refusal(answer) == (404, "document_not_found")
    for name in ("1999", "20261", "year"):
        answer = archive.document(archive.client, "payment_record", name)
        assert refusal(answer) == (404, "document_not_found")
    # Before there was a market there was nothing, and that is said.
    early = archive.document(archive.client, "monthly_statement", "2000-01").json()
    assert early["total"] == 0
    assert archive.operator.get(f"{BASE}/withholding/2099-12").json()["due"] == 0
    answer = archive.client.get(f"{BASE}/documents", params={"month": "2026-13"})
    assert refusal(answer) == (422, "validation_failed")


def test_nobody_sees_the_documents_of_others_but_operators(archive: Archive) -> None:
    about = a_month(archive)
    stranger = archive.api.person("client", "assistant")
    everything = [
        ("receipt", "ch_first", archive.client),
        ("invoice", about["part"], archive.client),
        ("invoice", about["whole"], archive.client),
        ("return_invoice", about["refund"], archive.client),
        ("fee_invoice", about["whole"], archive.assistant),
        ("fee_return_invoice", about["refund"], archive.assistant),
        ("payout_statement", about["payout"], archive.assistant),
    ]
    for kind, name, owner in everything:
        assert archive.document(owner, kind, name).status_code == 200
        assert archive.document(archive.operator, kind, name).status_code == 200
        answer = archive.document(stranger, kind, name)
        assert refusal(answer) == (404, "document_not_found")
        nobody = archive.api.client.get(f"{BASE}/documents/{kind}/{name}")
        assert refusal(nobody) == (401, "token_missing")
    # In principal mode the market sells, and not the assistant; the fee isn't the client's matter.
    for person, kind, name in (
        (archive.assistant, "invoice", about["part"]),
        (archive.assistant, "receipt", "ch_first"),
        (archive.client, "fee_invoice", about["whole"]),
        (archive.client, "payout_statement", about["payout"]),
    ):
        assert refusal(archive.document(person, kind, name)) == (404, "document_not_found")
    whose = {"person_id": str(archive.client.person_id)}
    answer = archive.document(stranger, "monthly_statement", "2026-11", **whose)
    assert refusal(answer) == (403, "role_required")
    seen = archive.document(archive.operator, "monthly_statement", "2026-11", **whose).json()
    assert seen == archive.document(archive.client, "monthly_statement", "2026-11").json()


@pytest.mark.parametrize("kind", ["receipt", "invoice", "return_invoice", "payout_statement"])
def test_what_there_is_no_such_document_of_is_not_found(archive: Archive, kind: str) -> None:
    for name in (new_id(), "none", "ch_none"):
        answer = archive.document(archive.operator, kind, name)
        assert refusal(answer) == (404, "document_not_found")


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_document_is_printed_in_both_languages(archive: Archive, lang: str) -> None:
    about = a_month(archive)
    archive.at("2027-01-04")
    every = [
        (archive.client, "receipt", "ch_first"),
        (archive.client, "invoice", about["whole"]),
        (archive.client, "return_invoice", about["refund"]),
        (archive.client, "monthly_statement", "2026-11"),
        (archive.assistant, "fee_invoice", about["whole"]),
        (archive.assistant, "fee_return_invoice", about["refund"]),
        (archive.assistant, "payout_statement", about["payout"]),
        (archive.assistant, "monthly_statement", "2026-11"),
        (archive.assistant, "payment_record", "2026"),
        (archive.operator, "payment_record", "2026"),
        (archive.operator, "withholding", "2026-11"),
    ]
    for person, kind, name in every:
        shown = archive.document(person, kind, name).json()
        answer = archive.document(person, kind, name, format="pdf", lang=lang)
        assert answer.headers["content-type"] == "application/pdf"
        assert shown["number"] in answer.headers["content-disposition"]
        read = "".join(
            page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.content)).pages
        )
        assert shown["number"] in read
        assert f"{shown['total']:,}" in read.replace("\u2212", "-")
        again = archive.document(person, kind, name, format="pdf", lang=lang)
        assert again.content == answer.content


def test_an_assistant_names_a_number_that_holds_and_from_today_on(archive: Archive) -> None:
    path = "payees/me/registration-number"
    unknown = archive.assistant.get(f"{BASE}/{path}")
    assert refusal(unknown) == (404, "registration_not_found")
    wrong = archive.put(archive.assistant, path, {"number": "T7000012050003"})
    assert refusal(wrong) == (422, "registration_number_invalid")
    late = archive.put(archive.assistant, path, {"number": NUMBER, "valid_from": "2026-11-01"})
    assert refusal(late) == (422, "valid_from_in_the_past")
    assert refusal(archive.put(archive.client, path, {"number": NUMBER})) == (
        403,
        "role_required",
    )
    assert archive.put(archive.assistant, path, {"number": NUMBER}).status_code == 200
    future = {"number": None, "valid_from": "2026-12-01"}
    assert archive.put(archive.assistant, path, future).status_code == 200
    assert archive.assistant.get(f"{BASE}/{path}").json()["number"] == NUMBER
    archive.at("2026-12-01")
    assert archive.assistant.get(f"{BASE}/{path}").json()["number"] is None


def test_a_new_issuer_changes_no_document_of_before(archive: Archive) -> None:
    about = a_month(archive)
    before = archive.document(archive.client, "receipt", "ch_first").json()
    renamed = ISSUER | {"name": "たすきホールディングス", "registration_number": None}
    assert archive.put(archive.operator, "issuer", renamed).status_code == 200
    assert archive.document(archive.client, "receipt", "ch_first").json() == before
    assert archive.client.get(f"{BASE}/issuer").json()["name"] == "たすきホールディングス"
    assert refusal(archive.put(archive.client, "issuer", renamed)) == (403, "role_required")
    principal: Agreed = archive.agree(10_000, Mode.PRINCIPAL)
    archive.capture("ch_next", principal)
    release_id: UUID = archive.release(principal).release_id
    plain = archive.document(archive.client, "invoice", release_id).json()
    assert (plain["qualified"], plain["issuer"]["name"]) == (False, "たすきホールディングス")
    assert archive.document(archive.client, "invoice", about["rest"]).json()["qualified"]


def test_what_a_refund_took_back_is_never_changed(
    archive: Archive, payments_database: ServiceDatabase
) -> None:
    a_month(archive)
    for statement in ("UPDATE release_reversals SET tax = 0", "DELETE FROM release_reversals"):
        with (
            psycopg.connect(payments_database.owner_url) as owner,
            pytest.raises(psycopg.errors.Error),
        ):
            owner.execute(statement)
