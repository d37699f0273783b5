from collections.abc import Iterator

import pytest

from tests.support.wait import eventually


def numbers() -> Iterator[int]:
    yield from range(100)


def test_the_first_truthy_value_is_returned() -> None:
    values = numbers()

    assert eventually(lambda: next(values), interval=0) == 1


def test_a_failed_assertion_means_not_yet() -> None:
    values = numbers()

    def three() -> bool:
        assert next(values) == 3
        return True

    assert eventually(three, interval=0)


def test_what_was_seen_last_is_told_when_the_time_is_over() -> None:
    with pytest.raises(AssertionError, match=r"the book to open; last: \[\]"):
        eventually(list, timeout=0, message="the book to open")
