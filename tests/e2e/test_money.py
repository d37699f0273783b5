"""All ways of the money through the public API, on all processes: figures to the yen."""

import io
from dataclasses import dataclass
from xml.etree import ElementTree as ET

import pypdf
import pytest

from tests.e2e.conftest import Told
from tests.support.stripe_spec import check_record
from tools.stack import Stack
from tools.story.acts import Stage
from tools.story.money import MoneyTale

# What the story does to each account, debit less credit.
MOVED = {
    # 247,459 came in, and the processor kept its fees. 30,084 went back to the client, 161,052 to
    # the bank, and a chargeback took 27,500 and two fees.
    "asset:processor_balance": 247_459 - 7_439 - 30_084 - 161_052 - 27_500 - 3_000,
    "asset:bank": -5_819,
    "income:platform_fee": -(47_840 - 2_200),
    "liability:consumption_tax": -(4_784 - 220),
    "income:transfer_fee": -300,
    "expense:processor_fee": 3_952 + 674 + 376 + 180 + 1_267 + 990,
    "expense:dispute_fee": 3_000,
    "expense:chargeback_loss": 27_500,
}
DOCUMENTS = {
    "receipt": 109_769 + 44_906 + 25_094 + 4_990 + 35_200 + 27_500,
    # Prices with tax, whoever withholds.
    "invoice": 55_000 + 27_500 + 22_000 + 5_500 + 49_500 + 22_000 + 35_200 + 27_500,
    "return_invoice": 11_000,
    "fee_invoice": 47_840 + 4_784,
    "fee_return_invoice": 2_420,
    "payout_statement": 76_590 + 41_475 + 42_987,
}


@dataclass(frozen=True)
class MoneyTold(Told):
    """What the story of money has proved, and its papers."""

    tale: MoneyTale


@pytest.fixture(scope="module")
def told(stage: Stage) -> MoneyTold:
    """The story, told once for all tests here."""
    before = stage.operator.get("/payments/books/trial-balance")
    tale = MoneyTale(stage)
    proofs = tale.tell()
    after = stage.operator.get("/payments/books/trial-balance")
    return MoneyTold(proofs, before, after, tale)


def text_of(pdf: bytes) -> str:
    """Return a PDF's text without the spaces between its characters."""
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


pytestmark = pytest.mark.timeout(300)


def test_everything_is_proved_at_the_end(told: MoneyTold) -> None:
    assert [proof for proof in told.proofs if not proof.holds] == []
    claims = [proof.claim for proof in told.proofs]
    assert "the seal fits the whole journal" in claims
    assert any(claim.startswith("bean-check") for claim in claims)


def test_every_account_moves_by_just_what_the_story_says(told: MoneyTold) -> None:
    assert told.moved() == MOVED
    assert sum(MOVED.values()) == 0


def test_the_documents_of_the_months_add_up_to_the_yen(told: MoneyTold) -> None:
    assert dict(told.tale.papers.totals) == DOCUMENTS
    # What came in is what was invoiced, less what the clients withheld of it themselves, and what
    # went back before it was released.
    withheld = 5_105 + 2_553 + 2_042 + 510 + 4_594 + 2_042
    assert DOCUMENTS["receipt"] == DOCUMENTS["invoice"] - withheld + 14_969 + 5_136


@pytest.mark.parametrize(
    ("kind", "amounts"),
    [
        ("receipt", (109_769, 49_895, 59_874)),
        ("invoice", (50_000, 5_000, 55_000, 5_105)),
        ("payout_statement", (24_189, 18_898, 43_087, 100, 42_987, 3_267, 7_040, 704)),
    ],
)
def test_a_document_says_the_same_as_pdf_and_as_json(
    told: MoneyTold, kind: str, amounts: tuple[int, ...]
) -> None:
    papers = told.tale.papers
    document, text = papers.documents[kind], text_of(papers.files[kind])
    assert document["number"] in text
    assert f"{document['total']:,}" in text
    assert [each for each in amounts if f"{each:,}" not in text] == []
    assert document["issuer"]["name"] in text


def test_the_preview_before_the_agreement_is_what_was_paid(told: MoneyTold) -> None:
    preview, payout = told.tale.preview, told.tale.papers.payout
    assert [each["net"]["amount"] for each in preview["milestones"]] == [24_189, 18_898]
    assert preview["net"] == payout["amount"]
    assert preview["net"]["amount"] == 42_987
    assert preview["per_hour"]["amount"] == 42_987 // 30


def test_the_way_of_the_vouchers_yen_leads_to_the_bank_and_back_to_the_client(
    told: MoneyTold,
) -> None:
    nodes = told.tale.papers.trace["nodes"]
    claims = {each["account"]: each["there"] for each in nodes if each["lane"] == "claims"}
    assert {account: there for account, there in claims.items() if there} == {
        "outside:client": -(109_769 - 14_969 - 9_979),
        # 93 of the 100 yen that the transfer cost; the bonus, of another payment, bore the rest.
        "outside:assistant_bank": 37_795 + 18_897 + 15_613 - 93,
        "income:transfer_fee": 93,
        "income:platform_fee": 20_450 - 2_200,
        "liability:consumption_tax": 2_045 - 220,
        "outside:assistant": -7_559,
    }
    assert sum(claims.values()) == 0


def test_a_party_sees_the_way_of_a_milestone_without_the_others(told: MoneyTold) -> None:
    guide = told.tale.contracts[0]
    trace = guide.client.get(f"/payments/traces/{guide.milestone_ids[0]}")
    paid = [each for each in trace["nodes"] if each["account"] == "outside:client"]
    assert {each["lane"]: (each["left"], each["came"]) for each in paid} == {
        "claims": (49_895, 9_979),
        "places": (49_895, 9_979),
    }


def test_the_way_of_the_vouchers_yen_is_drawn(told: MoneyTold) -> None:
    picture = ET.fromstring(told.tale.papers.files["trace"].decode())  # noqa: S314  (our own)
    assert picture.tag.endswith("svg")
    drawn = "".join(picture.itertext())
    assert "109,769" in drawn


def test_operators_see_what_the_bank_took_back_and_what_it_was_told(
    told: MoneyTold, stage: Stage
) -> None:
    won, lost = told.tale.contracts[-1].milestone_ids
    chargebacks = stage.operator.get("/payments/chargebacks", limit=2)["items"]
    seen = {each["milestone_ids"][0]: each for each in chargebacks}
    assert {name: each["status"] for name, each in seen.items()} == {won: "won", lost: "lost"}
    assert [seen[each]["amount"]["amount"] for each in (won, lost)] == [35_200, 27_500]
    # The first bank asked before the work was accepted, the second after.
    told_bank = {name: each["evidence"]["uncategorized_text"] for name, each in seen.items()}
    assert "accepted by the client" in told_bank[lost]
    assert "delivered: " in told_bank[won]
    assert "accepted" not in told_bank[won]


def test_the_last_reconciliation_has_nothing_unmatched(told: MoneyTold, stage: Stage) -> None:
    assert told.proofs
    runs = stage.operator.get("/payments/reconciliations", limit=100)["items"]
    last = next(run for run in runs if run["asked_by"] == "operator")
    assert (last["status"], last["unmatched_count"]) == ("done", 0)
    assert last["books_balance"] == last["processor_balance"]


def test_all_that_was_said_to_stripe_and_by_it_fits_the_specification(
    told: MoneyTold, stack: Stack
) -> None:
    assert told.proofs
    assert check_record(stack.stripe_record) > 60
