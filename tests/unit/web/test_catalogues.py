import re
from pathlib import Path

import pytest
from babel.messages.catalog import Message

from services.web import i18n
from services.web.i18n import AREAS, read_catalogue
from services.web.refusal_texts import TEXTS
from tools.messages import said_in, untranslated, updated

PLACE = re.compile(r"%\(\w+\)\w|%%")


def key(message: Message) -> tuple[object, str]:
    said = message.id if isinstance(message.id, str) else tuple(message.id)
    return said, str(message.context or "")


@pytest.mark.parametrize("area", AREAS)
def test_every_sentence_of_an_area_is_translated_and_no_other(area: str) -> None:
    catalogue = read_catalogue(area)
    there = {key(message) for message in catalogue if message.id}
    wanted = {(message, context or "") for message, context, _ in said_in(area)}
    # `python -m tools.messages` puts what is missing there, and takes away what is left over.
    assert there == wanted
    assert untranslated(catalogue) == []
    assert [message.id for message in catalogue if message.id and message.fuzzy] == []


@pytest.mark.parametrize("area", AREAS)
def test_a_translation_has_the_facts_of_its_sentence(area: str) -> None:
    for message in read_catalogue(area):
        if message.id:
            ids = (message.id,) if isinstance(message.id, str) else tuple(message.id)
            strings = (
                (message.string,)
                if isinstance(message.string, str)
                else tuple(message.string or ())
            )
            wanted = {place for each in ids for place in PLACE.findall(each)}
            for string in strings:
                assert set(PLACE.findall(string)) <= wanted, string
                assert wanted - set(PLACE.findall(string)) <= {"%(num)s", "%(num)d"}, string


def test_a_sentence_is_translated_alike_wherever_it_is_said() -> None:
    known: dict[tuple[object, str], object] = {}
    for area in AREAS:
        for message in read_catalogue(area):
            if message.id:
                assert known.setdefault(key(message), message.string) == message.string


def test_what_is_said_is_found_by_the_language_of_the_visit() -> None:
    with i18n.speaking("ja"):
        assert i18n.gettext("Thank you") == "お手続きありがとうございます"
        assert i18n.gettext("Please write at most %(number)s characters.", number=20) == (
            "20 文字以内で入力してください。"
        )
    with i18n.speaking("en"):
        assert i18n.gettext("Thank you") == "Thank you"


def test_a_sentence_that_nobody_translated_is_shown_in_english() -> None:
    with i18n.speaking("ja"):
        assert i18n.gettext("No such sentence") == "No such sentence"
        assert i18n.ngettext("%(num)s thing", "%(num)s things", 2) == "2 things"


def test_an_updated_catalogue_keeps_its_translations() -> None:
    message = updated("public").get("Thank you")
    assert message is not None
    assert message.string == "お手続きありがとうございます"


# These only programs, events or other servers meet.
FOR_NO_PERSON = {
    "bounce_secret_wrong",
    "captured_amount_differs",
    "signature_wrong",
    "validation_failed",
    "webhook_malformed",
    "webhook_signature_invalid",
    "webhook_timestamp_invalid",
}


def test_whatever_is_refused_is_said_in_words() -> None:
    documented = Path("docs/errors.md").read_text(encoding="utf-8")
    codes = set(re.findall(r"^\| `([a-z_]+)`", documented, re.MULTILINE))
    assert codes - set(TEXTS) - FOR_NO_PERSON == set()


def test_every_text_for_a_refusal_is_a_sentence_that_takes_its_facts_by_name() -> None:
    for code, text in TEXTS.items():
        assert text.endswith((".", "?")), code
        assert "%" not in PLACE.sub("", text), code


@pytest.mark.parametrize(
    ("accept_language", "language"),
    [
        ("", "ja"),
        ("en", "en"),
        ("en-GB,en;q=0.9,ja;q=0.8", "en"),
        ("fr-FR,ja;q=0.5,en;q=0.4", "ja"),
        ("en;q=0.4, ja;q=0.5", "ja"),
        ("en;q=0, fr", "ja"),
        ("fr, de", "ja"),
        ("en;q=nonsense", "ja"),
    ],
)
def test_the_reader_gets_the_most_wanted_language_that_there_is(
    accept_language: str, language: str
) -> None:
    assert i18n.most_wanted(accept_language) == language
