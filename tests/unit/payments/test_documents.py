"""Documents as such: numbers, sums, months, and how they are printed."""

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payments.adapters.documents import layout, printing
from services.payments.adapters.documents.printing import TypstPrinter
from services.payments.domain.documents import (
    FORMS,
    PREFIXES,
    Column,
    Document,
    Form,
    Issuer,
    Item,
    Party,
    TaxTotal,
    number_of,
    tax_totals,
)
from services.payments.domain.papers import (
    Charged,
    PaidOut,
    Parties,
    Refunded,
    Released,
    Reversed,
    Shares,
    fee_invoice,
    fee_return_invoice,
    invoice,
    payout_statement,
    receipt,
    return_invoice,
)
from services.payments.domain.periods import (
    Balance,
    MonthOf,
    Movement,
    Period,
    monthly_statement,
)
from services.payments.domain.postings import POSTINGS, Account
from services.payments.domain.rates import Rates, Tier, amounts, divide
from services.payments.domain.withholding import (
    PaymentRecord,
    TaxRules,
    WithheldMonth,
    payment_records,
    remittance,
    to_remit,
    withholding_list,
)
from shared.documents.typesetting import FONTS, letters_of
from shared.errors import Rejected
from shared.messages.accounts import Locale
from shared.messages.documents import DocumentKind
from shared.messages.jobs import Category, Mode
from shared.money import yen

MARKET = Issuer(
    "株式会社たすきワークス", "〒606-8501\n京都市左京区", "T7000012050002", market="Tasuki 襷"
)
CLIENT = Party("株式会社みどり園芸")
ASSISTANT = Party("山田 花子")
RATES = Rates(
    1_000,
    (Tier(0, 2_000), Tier(100_000, 1_000), Tier(200_000, 500)),
    (Tier(0, 1_021), Tier(1_000_000, 2_042)),
)
DAY = date(2026, 11, 5)
PRINTER = TypstPrinter()
LANGUAGES: tuple[Locale, ...] = ("ja", "en")
PRICES = st.integers(1, 10_000_000)
MODES = st.sampled_from(Mode)


def released(
    price: int = 50_000, mode: Mode = Mode.BROKERED, title: str = "家庭菜園の手引き"
) -> Released:
    cost = amounts(yen(price), mode, RATES)
    division = divide(cost, mode, RATES, yen(0))
    shares = Shares(
        price,
        cost.tax.amount,
        cost.funded.amount,
        division.net.amount,
        division.platform_fee.amount,
        division.platform_fee_tax.amount,
        division.withholding.amount,
    )
    return Released(
        UUID(int=1), title, mode, 1_000, DAY, shares, Parties(MARKET, CLIENT, ASSISTANT)
    )


def charged(title: str = "家庭菜園の手引き", client: Party = CLIENT) -> Charged:
    return Charged(MARKET, client, "ch_1", "card", 55_000, DAY, ((title, 50_000),), 5_000)


def paid_out(*releases: Released, set_off: int = 0) -> PaidOut:
    gross = sum(each.shares.net for each in releases) - set_off
    return PaidOut(MARKET, ASSISTANT, UUID(int=2), DAY, DAY, gross, 500, releases)


def one_of_each() -> Iterator[Document]:
    work = released(mode=Mode.PRINCIPAL)
    refunded = Refunded(UUID(int=3), DAY, (Reversed(released(), released(10_000).shares),))
    month, year = Period.month("2026-11"), Period.year(2026)
    movements = tuple(Movement(DAY, "captured", f"記事 {each}", 1_000) for each in range(80))
    figures = WithheldMonth(month, (), -5, 0, date(2026, 12, 10), 0, None)
    record = PaymentRecord(
        None, MARKET.name, UUID(int=4), "山田 花子", "writing", 1, 0, 0, 0, 0, above_threshold=False
    )
    yield receipt(charged())
    yield invoice(released())
    yield invoice(work)
    yield fee_invoice(work)
    yield return_invoice(refunded)
    yield fee_return_invoice(refunded)
    yield payout_statement(paid_out(released(), work, set_off=700))
    whose = MonthOf(UUID(int=5), ASSISTANT, Balance(0, movements), Balance(7, ()))
    yield monthly_statement(month, whose, MARKET)
    yield payment_records(year, [record], MARKET, ASSISTANT, "x")
    yield withholding_list(figures, MARKET)


EVERY = tuple(one_of_each())


def read(pdf: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf))


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in read(pdf).pages)


def test_there_is_one_of_each() -> None:
    assert {each.kind for each in EVERY} == set(DocumentKind) == set(PREFIXES)


def test_a_number_is_the_same_whenever_it_is_made_and_another_for_anything_else() -> None:
    number = number_of(DocumentKind.INVOICE, "a", DAY)
    assert number == "IN-20261105-ESRBAES8"
    others = {
        number_of(DocumentKind.FEE_INVOICE, "a", DAY),
        number_of(DocumentKind.INVOICE, "b", DAY),
        number_of(DocumentKind.INVOICE, "a", DAY + timedelta(days=1)),
    }
    assert len(others | {number}) == 4
    month = Period.month("2026-11")
    statements = {
        monthly_statement(month, MonthOf(UUID(int=each), CLIENT, None, None), MARKET).number
        for each in (1, 2)
    }
    assert len(statements) == 2


@given(PRICES, MODES)
def test_the_tax_of_an_invoice_is_rounded_once_for_each_rate(price: int, mode: Mode) -> None:
    work = released(price, mode)
    for document in (invoice(work), fee_invoice(work)):
        (total,) = document.taxes
        assert total.rounded_once
        assert document.total == total.taxable + total.tax


def test_taxes_are_summed_up_by_rate_and_rounding_twice_shows() -> None:
    items = [Item("a", 15, 1_000, 1, DAY), Item("b", 15, 1_000, 1, DAY), Item("c", 9, 800, 0, DAY)]
    totals = tax_totals(items)
    assert totals == (TaxTotal(1_000, 30, 2), TaxTotal(800, 9, 0))
    assert [each.rounded_once for each in totals] == [False, True]


@given(PRICES, MODES)
def test_what_an_invoice_takes_off_leaves_nothing_to_pay(price: int, mode: Mode) -> None:
    sums = {each.name: each.amount for each in invoice(released(price, mode)).sums}
    taken_off = sums.get("withheld_by_client", 0) + sums["paid_from_escrow"]
    assert sums["total"] + taken_off == sums["still_to_pay"] == 0


@given(st.lists(st.tuples(PRICES, MODES), min_size=1, max_size=5), st.integers(0, 5))
def test_a_payout_statement_adds_up_row_by_row_and_to_what_the_bank_gets(
    works: list[tuple[int, Mode]], set_off: int
) -> None:
    paid = paid_out(*(released(*each) for each in works), set_off=set_off)
    document = payout_statement(paid)
    (table,) = document.tables
    for row in [*table.rows, table.totals]:
        *parts, net = [row[each] for each in table.columns if FORMS[each] is Form.AMOUNT]
        assert sum(parts) == net  # type: ignore[arg-type]  # amounts are numbers
    assert document.total == document.sums[-1].amount
    assert document.total == sum(each.amount for each in document.sums[:-1])


def test_an_invoice_without_a_number_does_not_call_itself_qualified() -> None:
    plain = invoice(released())
    assert not plain.qualified
    assert layout.title_of(plain, "ja") == "請求書"
    assert layout.title_of(invoice(released(mode=Mode.PRINCIPAL)), "ja") == "適格請求書"
    assert "発行者の登録番号がないため" in text_of(PRINTER.print(plain, "ja"))


def test_months_and_years_begin_and_end_at_midnight_in_japan() -> None:
    month = Period.month("2026-12")
    assert month.begins == datetime(2026, 11, 30, 15, tzinfo=UTC)
    assert month.ends == Period.month("2027-01").begins == Period.year(2027).begins
    assert Period.month("2028-02").after == date(2028, 3, 1)


def test_taxes_are_due_on_a_banking_day_of_the_next_month() -> None:
    rules = TaxRules(remittance_day=10, record_above=50_000)
    # 10 January 2027 is a Sunday, the 11th Coming of Age Day.
    assert rules.pay_by(Period.month("2026-12")) == date(2027, 1, 12)


@given(st.lists(st.integers(-1_000, 1_000), min_size=1, max_size=12))
def test_what_is_due_and_what_is_brought_forward_account_for_all_that_moved(
    moved: list[int],
) -> None:
    months = {f"2026-{number:02}": amount for number, amount in enumerate(moved, start=1)}
    steps = [to_remit(months, each) for each in (*months, "2027-01")]
    assert all(forward <= 0 <= due for forward, due in steps)
    assert sum(due for _, due in steps) + steps[-1][0] == sum(moved)


def test_a_remittance_is_posted_under_the_name_of_its_month() -> None:
    month = Period.month("2026-11")
    entry = remittance(month, 10_210, datetime(2026, 12, 10, tzinfo=UTC))
    assert entry.source == "withholding:2026-11"
    assert [(each.account, each.debit, each.credit) for each in entry.lines] == [
        ("liability:withholding", 10_210, 0),
        ("asset:bank", 0, 10_210),
    ]


def keys(texts: Any, path: str = "") -> Iterator[str]:
    for key, value in texts.items():
        yield from keys(value, f"{path}{key}.") if isinstance(value, dict) else [f"{path}{key}"]


def test_all_languages_say_the_same_things() -> None:
    ja, en = (set(keys(layout.texts_of(each))) for each in LANGUAGES)
    assert en - ja == {"months"}
    assert ja <= en


def test_there_are_words_for_everything_that_a_document_can_name() -> None:
    for lang in LANGUAGES:
        texts = layout.texts_of(lang)
        assert set(texts["columns"]) == set(Column) == set(FORMS)
        assert set(texts["words"]) >= set(Category)
        for part in ("titles", "subtitles", "totals"):
            assert set(texts[part]) >= set(DocumentKind)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("document", EVERY, ids=lambda each: f"{each.kind}")
def test_a_pdf_carries_its_fonts_title_language_and_numbered_pages(
    document: Document, lang: Locale
) -> None:
    pdf = PRINTER.print(document, lang)
    found = read(pdf)
    fonts = [font for page in found.pages for font in fonts_of(page)]
    assert fonts
    for font in fonts:
        descriptor = font["/DescendantFonts"][0]["/FontDescriptor"]
        assert "/FontFile2" in descriptor or "/FontFile3" in descriptor, font["/BaseFont"]
        # Only the letters that are used: six capitals and a plus before the name.
        assert font["/BaseFont"][7] == "+"
    assert found.metadata
    assert found.metadata.title == f"{layout.title_of(document, lang)} {document.number}"
    catalogue: Any = found.root_object
    assert (catalogue["/Lang"], catalogue["/MarkInfo"]["/Marked"]) == (lang, True)
    for number, page in enumerate(found.pages, start=1):
        assert (page.mediabox.width, page.mediabox.height) == pytest.approx((595.3, 841.9), abs=0.1)
        assert f"{number} / {len(found.pages)}" in page.extract_text()
    assert document.recipient.name in text_of(pdf)
    assert PRINTER.print(document, lang) == pdf == TypstPrinter().print(document, lang)


def fonts_of(page: pypdf.PageObject) -> list[Any]:
    fonts = page["/Resources"].get("/Font", {})  # type: ignore[attr-defined]  # a dictionary
    return [each.get_object() for each in fonts.values()]


def test_what_people_write_is_printed_as_text_and_never_obeyed() -> None:
    title = '#panic("x") $a$ *b* <b>_c_</b> [d] "e" \\ @f `g` // h'
    read_ = text_of(PRINTER.print(receipt(charged(title)), "ja"))
    assert '#panic("x")' in read_
    assert "<b>_c_</b>" in read_


def test_a_letter_that_no_font_has_is_shown_as_missing_instead_of_failing() -> None:
    # Hangul, a kanji beyond the font, an emoji; a selector of forms; a voiced mark of its own.
    client = Party("김 \U00020bb7野 \U0001f600 葛\U000e0100城 か\u3099 Nguyễn Văn Đức")
    read_ = text_of(PRINTER.print(receipt(charged(client=client)), "ja"))
    assert "〓 〓野 〓 葛城 が" in read_
    assert "Văn Đức" in read_


def test_every_letter_that_is_called_printable_can_be_printed() -> None:
    letters = "".join(
        chr(each)
        for each in sorted(PRINTER.typesetter._letters)  # noqa: SLF001 - what the printer goes by
        if chr(each).isprintable() and not chr(each).isspace()
    )
    assert len(letters) > 11_000
    title = " ".join(letters[start : start + 40] for start in range(0, len(letters), 40))
    assert read(PRINTER.print(receipt(charged(title)), "ja")).pages


def test_a_long_word_is_broken_into_lines() -> None:
    read_ = text_of(PRINTER.print(payout_statement(paid_out(released(title="W" * 200))), "ja"))
    lines = [line for line in read_.splitlines() if "WW" in line]
    assert len(lines) > 5
    assert max(line.count("W") for line in lines) < 40


def test_a_pdf_has_so_many_rows_at_the_most() -> None:
    parts = (("Part", 1),) * (printing.MOST_ROWS + 1)
    too_long = Charged(MARKET, CLIENT, "ch_1", "card", len(parts), DAY, parts, 0)
    with pytest.raises(Rejected, match="document_too_long"):
        PRINTER.print(receipt(too_long), "ja")


def test_a_font_without_a_table_of_letters_is_refused() -> None:
    with pytest.raises(ValueError, match="no cmap"):
        letters_of(b"\x00\x01\x00\x00" + b"\x00" * 8)
    with pytest.raises(ValueError, match="format 12"):
        letters_of((FONTS / "BIZUDPGothic-Bold-subset.ttf").read_bytes())


def test_facts_that_move_somebodys_balance_have_words() -> None:
    shown = {Account.ESCROW, Account.CLIENT_CREDIT, Account.ASSISTANT_PAYABLE}
    moving = {each.fact for each in POSTINGS if {each.debit, each.credit} & shown}
    for lang in LANGUAGES:
        assert set(layout.texts_of(lang)["words"]) >= moving
