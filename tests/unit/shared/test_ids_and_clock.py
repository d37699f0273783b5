import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from shared.calendar import day_in_japan, end_of_day_in_japan
from shared.clock import SystemClock, TurnedClock, clock
from shared.ids import new_id


def test_ids_are_uuid_version_7_of_now() -> None:
    made = new_id()
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"
    at = datetime.fromtimestamp((made.int >> 80) / 1000, UTC)
    assert abs(datetime.now(UTC) - at) < timedelta(seconds=5)


def test_ids_do_not_repeat() -> None:
    assert len({new_id() for _ in range(10_000)}) == 10_000


def test_the_clock_follows_its_file(tmp_path: Path) -> None:
    file = tmp_path / "offset"
    turned = TurnedClock(file)
    assert abs(turned.now() - datetime.now(UTC)) < timedelta(seconds=1)
    for days in (7, 14):
        file.write_text(str(days * 86_400), encoding="ascii")
        os.utime(file, ns=(days, days))
        ahead = turned.now() - datetime.now(UTC)
        assert abs(ahead - timedelta(days=days)) < timedelta(seconds=1)


def test_without_a_file_the_clock_is_the_machines() -> None:
    assert isinstance(clock(None), SystemClock)


def test_a_day_in_japan_begins_at_15_hours_utc_and_ends_there() -> None:
    assert day_in_japan(datetime(2026, 3, 31, 14, 59, tzinfo=UTC)) == date(2026, 3, 31)
    assert day_in_japan(datetime(2026, 3, 31, 15, 0, tzinfo=UTC)) == date(2026, 4, 1)
    assert end_of_day_in_japan(date(2026, 3, 31)) == datetime(2026, 3, 31, 15, 0, tzinfo=UTC)
