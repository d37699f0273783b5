import pytest

from services.accounts.domain.passwords import is_guessable

OWN = ("hanako.yamada@example.jp", "山田花子")
GUESSABLE = (
    *("Tasuki-2026!", "tasuki tasuki tasuki", "Assistant123"),
    *("hanako.yamada1990", "山田花子山田花子2026"),
)
GOOD = (
    *("correct horse battery", "my tasuki is a red band"),
    *("z9$kQ2!pLm4x", "ひらがなだけでもいいよね"),
)


@pytest.mark.parametrize("password", GUESSABLE)
def test_what_the_market_and_the_person_are_called_makes_no_password(password: str) -> None:
    assert is_guessable(password, OWN)


@pytest.mark.parametrize("password", GOOD)
def test_a_sentence_with_such_a_word_in_it_is_one(password: str) -> None:
    assert not is_guessable(password, OWN)
