from datetime import UTC, date, datetime, timedelta

import pytest

from services.web import formats
from services.web.i18n import speaking
from shared.money import Money

AT = datetime(2026, 4, 1, 15, 30, tzinfo=UTC)  # half past midnight of the 2nd in Japan


@pytest.mark.parametrize(
    ("said", "in_japanese", "in_english"),
    [
        (lambda: formats.yen(Money(amount=12_000)), "12,000円", "¥12,000"),
        (lambda: formats.yen(-500), "-500円", "-¥500"),
        (lambda: formats.day(AT), "2026年4月2日(木)", "Thu 2 Apr 2026"),
        (lambda: formats.short_day(date(2026, 4, 2)), "4月2日(木)", "Thu 2 Apr"),
        (lambda: formats.month(date(2026, 4, 1)), "2026年4月", "April 2026"),
        (lambda: formats.moment(AT), "2026年4月2日(木) 00:30", "Thu 2 Apr 2026 00:30"),
        (lambda: formats.clock_time(AT), "00:30", "00:30"),
        (lambda: formats.hours(90), "1時間 30分", "1 h 30 min"),
        (lambda: formats.hours(60), "1時間", "1 h"),
        (lambda: formats.hours(0), "0分", "0 min"),
        (lambda: formats.percent(1_050), "10.5%", "10.5%"),
        (lambda: formats.filesize(2_048), "2 KB", "2 KB"),
        (lambda: formats.number(12_345), "12,345", "12,345"),
    ],
)
def test_figures_and_times_are_written_as_their_readers_do(
    said: "object", in_japanese: str, in_english: str
) -> None:
    assert callable(said)
    with speaking("ja"):
        assert said() == in_japanese
    with speaking("en"):
        assert said() == in_english


@pytest.mark.parametrize(
    ("distance", "in_japanese", "in_english"),
    [
        (timedelta(seconds=-20), "たった今", "just now"),
        (timedelta(hours=-3), "3 時間前", "3 hours ago"),
        (timedelta(days=2), "2 日後", "in 2 days"),
    ],
)
def test_how_long_ago_goes_by_the_clock_of_the_visit(
    distance: timedelta, in_japanese: str, in_english: str
) -> None:
    token = formats.now.set(AT)
    try:
        with speaking("ja"):
            assert formats.ago(AT + distance) == in_japanese
        with speaking("en"):
            assert formats.ago(AT + distance) == in_english
        assert formats.today() == date(2026, 4, 2)
    finally:
        formats.now.reset(token)


def test_a_drawing_becomes_an_image_of_its_own() -> None:
    image = formats.as_image('<svg width="1"><script>alert(1)</script></svg>')
    assert image.startswith("data:image/svg+xml;base64,")
    assert "<" not in image
