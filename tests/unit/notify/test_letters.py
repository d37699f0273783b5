import inspect
from pathlib import Path

import pytest

from services.notify.adapters.letters import FILTERS, TEMPLATES, TemplateLetters
from services.notify.domain import examples, examples_programs
from services.notify.domain.examples import ASSISTANT, CLIENT, EXAMPLES
from services.notify.domain.examples_programs import PROGRAMS, STEPS
from services.notify.domain.letters import Addressee, Letter
from services.notify.domain.tellings import OWN_TELLINGS, TELLINGS, TO_ADDRESSES, told
from shared.messages.accounts import LetterKind, Locale
from shared.messages.base import Event
from shared.messages.contracts import DeadlineKind

PUBLIC_URL = "https://tasuki.example"
TOLD = (*EXAMPLES, *PROGRAMS)


def letter(template: str, happened: Event, locale: Locale, name: str = "花子") -> Letter:
    addressee = Addressee(ASSISTANT, "hanako@example.jp", name, locale)
    return TemplateLetters(PUBLIC_URL).write(template, addressee, happened)


@pytest.mark.parametrize("locale", FILTERS)
@pytest.mark.parametrize(
    "happened", TOLD, ids=lambda event: f"{event.event_name}-{TOLD.index(event)}"
)
def test_every_letter_of_every_event_can_be_written(happened: Event, locale: Locale) -> None:
    rows = list(told(happened))
    assert rows
    for _, template in rows:
        written = letter(template, happened, locale)
        assert written.subject
        assert written.body.startswith("花子 さん\n\n" if locale == "ja" else "Dear 花子,\n\n")
        assert written.body.endswith(f"-- \nTasuki\n{PUBLIC_URL}\n")
        assert "{" not in written.subject + written.body
        assert "\n\n\n" not in written.body


def test_every_event_of_the_table_has_an_example() -> None:
    assert {row.event for row in TELLINGS} == {type(event) for event in TOLD}
    assert {row.template for row in TELLINGS} == {
        template for event in TOLD for _, template in told(event)
    }


@pytest.mark.parametrize("locale", FILTERS)
def test_every_template_is_in_use(locale: Locale) -> None:
    files = {path.stem for path in Path(TEMPLATES / locale).glob("*.txt")}
    rows = {row.template for row in (*TELLINGS, *OWN_TELLINGS)}
    kinds = {str(kind) for kind in LetterKind}
    assert files - {"_end", "digest"} == rows | kinds | set(TO_ADDRESSES.values())


def test_only_the_other_one_is_asked_to_end() -> None:
    assert [who for who, _ in told(examples.ending_asked_by_client)] == [ASSISTANT]
    assert [who for who, _ in told(examples.ending_asked_by_assistant)] == [CLIENT]


def test_only_the_other_one_is_told_of_a_dispute_and_both_of_its_end() -> None:
    assert [who for who, _ in told(examples.dispute_opened_by_client)] == [ASSISTANT]
    assert [who for who, _ in told(examples.dispute_opened_by_assistant)] == [CLIENT]
    assert {who for who, _ in told(examples.dispute_decided)} == {CLIENT, ASSISTANT}


def test_only_the_assistant_is_told_of_payouts() -> None:
    for payout in (examples.payout_paid, examples.payout_returned):
        assert [who for who, _ in told(payout)] == [ASSISTANT]


def test_what_goes_back_to_a_sponsor_is_said_to_who_gives_it() -> None:
    written = {
        happened: letter("refund_made_assistant", happened, "en").body
        for happened in (examples.refund_made_after_payout, examples.refund_made_with_sponsored_fee)
    }
    without, sponsored = written.values()
    assert "sponsor" not in without
    assert "¥2,420 go from you back to the sponsor" in sponsored
    assert "¥9,979 of it were paid to you before" in sponsored


def test_money_that_is_short_says_how_much_is_missing_and_that_the_account_stays() -> None:
    english = letter("funding_short", examples.funding_short, "en").body
    assert "Still missing: ¥9,895" in english
    assert "the account number stays the same" in english
    assert "口座番号は変わりません" in letter("funding_short", examples.funding_short, "ja").body


def test_a_payout_lists_what_it_pays_for_and_adds_up() -> None:
    written = letter("payout_paid", examples.payout_paid, "en").body
    assert "- 商品説明 10 件: ¥37,795\nTransfer fee: ¥500\n" in written
    assert "¥37,295 have arrived" in written


def test_a_part_says_what_is_set_off_what_is_still_held_and_when_it_is_paid() -> None:
    written = letter("escrow_released", examples.part_released, "en").body
    assert "So this is paid to you: ¥30,000" in written
    assert "¥30,000 of the price" in written
    assert "Thursday, 30 April 2026" in written


def test_each_reason_to_wait_says_something_else_to_do() -> None:
    delayed = [event for event in EXAMPLES if event.event_name == "payout_delayed"]
    for locale in FILTERS:
        assert len({letter("payout_delayed", event, locale).body for event in delayed}) == 4


def test_silence_is_told_to_both_and_an_answer_to_the_assistant() -> None:
    assert {who for who, _ in told(examples.accepted_by_silence)} == {CLIENT, ASSISTANT}
    assert [who for who, _ in told(examples.accepted)] == [ASSISTANT]


@pytest.mark.parametrize("kind", DeadlineKind)
def test_a_near_deadline_is_told_once_whatever_its_kind(kind: DeadlineKind) -> None:
    assert len(list(told(examples.near(kind)))) == 1


@pytest.mark.parametrize("locale", FILTERS)
def test_a_member_is_told_for_which_company(locale: Locale) -> None:
    addressee = Addressee(ASSISTANT, "hanako@example.jp", "花子", locale)
    letters = TemplateLetters(PUBLIC_URL)
    told_it = letters.write(
        "funding_short", addressee, examples.funding_short, "株式会社みどり園芸"
    )
    own = letters.write("funding_short", addressee, examples.funding_short)
    assert told_it.subject == own.subject
    [line] = set(told_it.body.splitlines()) - set(own.body.splitlines())
    assert "株式会社みどり園芸" in line
    assert "\n\n\n" not in told_it.body


def test_what_one_changes_by_oneself_is_not_told_to_oneself() -> None:
    own = {"changed_by": ASSISTANT}
    for changed in (examples.membership_changed, examples.membership_ended):
        assert list(told(changed.model_copy(update=own))) == []


def test_amounts_and_moments_are_written_as_people_in_japan_read_them() -> None:
    japanese = letter("milestone_delivered", examples.milestone_delivered, "ja")
    assert "2026年4月8日(水) 08:30" in japanese.body
    english = letter("milestone_delivered", examples.milestone_delivered, "en")
    assert "Wednesday, 8 April 2026, 08:30 (Japan time)" in english.body
    assert "37,795円" in letter("escrow_released", examples.escrow_released, "ja").body
    assert "¥37,795" in letter("escrow_released", examples.escrow_released, "en").body


def test_a_line_break_in_a_title_stays_out_of_the_subject() -> None:
    sly = examples.milestone_funded.model_copy(update={"title": "a\r\nBcc: everybody@example.jp"})
    assert letter("milestone_funded", sly, "ja").subject == (
        "「a Bcc: everybody@example.jp」を始められます"
    )


def test_letters_are_text_and_keep_what_looks_like_markup() -> None:
    sly = examples.changes_requested.model_copy(update={"comment": "<b>5 < 6</b> & {{ name }}"})
    assert "<b>5 < 6</b> & {{ name }}" in letter("changes_requested", sly, "en").body


def test_the_examples_are_all_of_the_module() -> None:
    defined = {name for name, value in inspect.getmembers(examples) if isinstance(value, Event)}
    assert len(defined) + len(DeadlineKind) == len(EXAMPLES)
    of_programs = inspect.getmembers(examples_programs)
    defined = {name for name, value in of_programs if isinstance(value, Event)}
    assert len(defined) + len(STEPS) == len(PROGRAMS)
