import os
import time

from tests.bench.cpu import Meter, told


def test_what_a_process_takes_is_counted_from_when_the_meter_was_made() -> None:
    meter = Meter({"this": os.getpid()})
    until = time.process_time() + 0.05
    while time.process_time() < until:
        pass
    assert 0.04 <= meter.taken()["this"] < 1


def test_those_who_took_most_are_told_first_and_the_rest_together() -> None:
    taken = {"a": 3.0, "b": 2.0, "c": 0.5, "d": 0.5}
    assert told(taken, 100, most=2) == "a 30.0, b 20.0, others 10.0"
