"""From the commit of one service to the commit of another, and each way that this can end."""

import time
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from shared.messages.base import Event
from shared.messaging.dead_letters import DeadLetter
from shared.observability.traces import continued, current_traceparent
from tests.integration.messaging.conftest import House, closed, declined, subject
from tests.support.wait import eventually


def test_an_event_of_one_service_is_handled_by_another(running: House) -> None:
    event = closed()
    running.emit(event)
    assert eventually(lambda: running.handled(event))[0][0] == "closed"
    eventually(lambda: running.outbox_size() == 0)


def test_events_reach_the_broker_in_the_order_of_the_outbox(running: House) -> None:
    events = [declined() for _ in range(1_200)]
    with running.channel() as channel:
        queue = channel.queue_declare("", exclusive=True).method.queue
        channel.queue_bind(queue, "jobs.events", "#")
        for start in range(0, len(events), 400):
            running.emit(*events[start : start + 400])
        eventually(
            lambda: channel.queue_declare(queue, passive=True).method.message_count == len(events)
        )
        bodies = [channel.basic_get(queue, auto_ack=True)[2] for _ in events]
    assert bodies == [event.model_dump_json().encode() for event in events]


def test_a_message_carries_the_attributes_of_cloudevents(running: House) -> None:
    event = closed()
    with running.channel() as channel:
        queue = channel.queue_declare("", exclusive=True).method.queue
        channel.queue_bind(queue, "jobs.events", "job_closed.v1")
        running.emit(event)
        eventually(lambda: channel.queue_declare(queue, passive=True).method.message_count)
        _, properties, _ = channel.basic_get(queue, auto_ack=True)
    headers = properties.headers
    assert properties.content_type == "application/json"
    assert properties.delivery_mode == 2
    assert headers["cloudEvents:specversion"] == "1.0"
    assert headers["cloudEvents:id"] == properties.message_id
    assert headers["cloudEvents:source"] == "/jobs"
    assert headers["cloudEvents:type"] == "jobs.job_closed.v1"
    assert headers["cloudEvents:subject"] == str(event.job_id)
    assert headers["cloudEvents:time"].endswith("+00:00")


@pytest.mark.parametrize("event", [closed(), declined()], ids=["one by one", "in batches"])
def test_a_message_that_comes_three_times_is_handled_once(running: House, event: Event) -> None:
    after = type(event).model_validate(event.model_dump() | {_key(event): uuid4()})
    running.publish(event, times=3)
    running.publish(after)
    eventually(lambda: running.handled(after))
    assert len(running.handled(event)) == 1


def test_many_events_share_a_transaction(running: House) -> None:
    events = [declined() for _ in range(500)]
    running.emit(*events)
    handled = eventually(lambda: _all(running, events))
    assert len(handled) == len(events)
    assert max(size for _, size, _ in handled) > 1


def test_a_batch_that_fails_is_handled_one_by_one(running: House) -> None:
    events = [declined("rejected" if number == 20 else "") for number in range(40)]
    running.emit(*events)
    good = events[:20] + events[21:]
    eventually(lambda: _all(running, good))
    letter = eventually(lambda: running.dead(events[20]))[0]
    assert letter.error.startswith("Rejected: never")
    assert len(running.handled(*good)) == len(good)
    assert running.handled(events[20]) == []


def test_what_was_not_ready_is_tried_again_and_succeeds(running: House, tmp_path: Path) -> None:
    events = [closed(f"transient:{tmp_path / 'one'}"), declined(f"transient:{tmp_path / 'two'}")]
    running.emit(*events)
    eventually(lambda: _all(running, events))
    assert len(running.handled(*events)) == 2
    assert running.dead(events[0]) == []


def test_what_is_never_ready_dies_after_the_last_delay(running: House) -> None:
    event = closed("never ready")
    running.emit(event)
    letter = eventually(lambda: running.dead(event))[0]
    assert letter.attempts == 4  # at once, and after each of the three delays
    assert letter.error == "Transient: not_yet:  {}"
    assert letter.queue == "contracts.jobs.job_closed.v1"
    assert running.handled(event) == []


def test_a_bug_is_tried_three_times(running: House) -> None:
    event = closed("bug")
    running.emit(event)
    letter = eventually(lambda: running.dead(event))[0]
    assert letter.attempts == 3
    assert letter.error == "ValueError: a bug"


def test_what_a_rule_refuses_dies_at_once(running: House) -> None:
    event = closed("rejected")
    running.emit(event)
    letter = eventually(lambda: running.dead(event))[0]
    assert letter.attempts == 1
    assert letter.received.headers["cloudEvents:type"] == "jobs.job_closed.v1"


@pytest.mark.parametrize(
    ("body", "properties", "error"),
    [
        (b"{", {}, "not a jobs.job_closed.v1"),
        (b'{"title": "no ids"}', {}, "Field required"),
        (b"\xff\xfe", {}, "not a jobs.job_closed.v1"),
        (b"{}", {"content_type": "application/json; charset=utf-8"}, "content type"),
        (b"{}", {"content_type": None}, "content type"),
        (b"{}", {"message_id": None}, "is not a UUID"),
        (b"{}", {"message_id": "42"}, "is not a UUID"),
        (b"{}", {"headers": {"cloudEvents:type": "jobs.job_posted.v1"}}, "event type"),
    ],
)
def test_what_is_no_event_dies_at_once_and_the_queue_goes_on(
    running: House, body: bytes, properties: dict[str, object], error: str
) -> None:
    after, mark = closed(), str(uuid4())
    usual = {"message_id": str(uuid4()), "content_type": "application/json"}
    headers = {"mark": mark} | properties.get("headers", {})  # type: ignore[operator]
    with running.channel(running.jobs_amqp) as channel:
        given = usual | properties | {"headers": headers}
        running.send(channel, "job_closed.v1", body, **given)
    running.emit(after)
    eventually(lambda: running.handled(after))

    def marked(letter: DeadLetter) -> bool:
        return letter.received.headers.get("mark") == mark

    letter = eventually(lambda: running.dead_with(marked))[0]
    assert error in letter.error
    assert letter.received.body == body


def test_unknown_fields_are_ignored(running: House) -> None:
    event = closed()
    body = event.model_dump_json()[:-1] + ', "added_later": 1}'
    with running.channel(running.jobs_amqp) as channel:
        message_id = str(uuid4())
        running.send(
            channel,
            "job_closed.v1",
            body.encode(),
            message_id=message_id,
            content_type="application/json",
        )
    assert eventually(lambda: running.handled(event))


def test_five_sleeping_queries_in_one_process_take_the_time_of_one(running: House) -> None:
    events = [closed("sleep:1") for _ in range(5)]
    started = time.monotonic()
    running.emit(*events)
    eventually(lambda: _all(running, events))
    assert time.monotonic() - started < 2.5


def test_a_trace_goes_on_through_outbox_broker_and_handler(running: House) -> None:
    events = [closed("tell"), declined()]
    with continued(None, "a test"):
        trace_id = (current_traceparent() or "").split("-")[1]
        running.emit(*events)
    handled = eventually(lambda: _all(running, events))
    assert {traceparent.split("-")[1] for _, _, traceparent in handled} == {trace_id}
    with psycopg.connect(running.contracts_url) as connection:
        told = connection.execute("SELECT traceparent FROM outbox").fetchone()
    assert told
    assert told[0].split("-")[1] == trace_id


def _key(event: Event) -> str:
    return next(name for name, value in event if value == subject(event))


def _all(house: House, events: Sequence[Event]) -> list[tuple[str, int, str]]:
    handled = house.handled(*events)
    return handled if len(handled) >= len(events) else []
