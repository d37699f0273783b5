"""What an operator can do with dead letters."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from pika import BasicProperties

from shared.messages.jobs import JobClosed
from shared.messaging import dead_letters
from shared.messaging.dead_letters import DeadLetter
from tests.integration.messaging.conftest import House, closed
from tests.support.wait import eventually


@pytest.fixture
def buried(running: House, monkeypatch: pytest.MonkeyPatch) -> JobClosed:
    """An event that was refused and lies among the dead letters, alone."""
    monkeypatch.setenv("AMQP_URL", running.contracts_amqp)
    dead_letters.discard("contracts", running.contracts_amqp, lambda _: True)
    event = closed("rejected")
    running.emit(event)
    eventually(lambda: running.dead(event))
    return event


def test_list_and_show_tell_what_happened_and_leave_the_letter(
    running: House, buried: JobClosed, capsys: pytest.CaptureFixture[str]
) -> None:
    letter = running.dead(buried)[0]
    dead_letters.main(["contracts", "list"])
    dead_letters.main(["contracts", "show", "--id", letter.id])
    listed, shown = capsys.readouterr().out.split("found 1\n", 1)
    assert listed.split() == [
        *(letter.id, "contracts.jobs.job_closed.v1", "attempts:", "1"),
        *("Rejected:", "never:", "{'reason':", "'the", "test", "wants", "it'}"),
    ]
    assert buried.model_dump_json() in shown
    assert '"cloudEvents:source": "/jobs"' in shown
    assert len(running.dead(buried)) == 1


def test_a_replayed_letter_is_handled_and_a_second_replay_changes_nothing(
    running: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AMQP_URL", running.contracts_amqp)
    event, message_id = closed(), str(uuid4())
    for _ in range(2):
        _bury_by_hand(running, event, message_id)
    eventually(lambda: len(running.dead(event)) == 2)
    dead_letters.main(["contracts", "replay", "--id", message_id])
    assert "replayed 2" in capsys.readouterr().out
    eventually(lambda: running.handled(event))
    dead_letters.replay("contracts", running.contracts_amqp, lambda _: True)
    after = closed()
    running.emit(after)
    eventually(lambda: running.handled(after))
    assert len(running.handled(event)) == 1
    assert running.dead(event) == []


def test_a_letter_that_fails_again_dies_again_with_its_tries_counted_anew(
    running: House, buried: JobClosed
) -> None:
    first = running.dead(buried)[0]
    replayed = dead_letters.replay("contracts", running.contracts_amqp, lambda _: True)
    assert [letter.id for letter in replayed] == [first.id]
    again = eventually(lambda: running.dead(buried))[0]
    assert (again.id, again.attempts, again.queue) == (first.id, 1, first.queue)


@pytest.mark.usefixtures("buried")
def test_only_the_chosen_letter_is_discarded(
    running: House, buried: JobClosed, capsys: pytest.CaptureFixture[str]
) -> None:
    other = closed("rejected")
    running.emit(other)
    letter = eventually(lambda: running.dead(other))[0]
    dead_letters.main(["contracts", "discard", "--id", letter.id])
    assert "discarded 1" in capsys.readouterr().out
    assert running.dead(other) == []
    assert len(running.dead(buried)) == 1


@pytest.mark.usefixtures("buried")
def test_a_letter_whose_queue_is_gone_stays(running: House) -> None:
    event = closed()
    _bury_by_hand(running, event, str(uuid4()), queue="contracts.jobs.no_such.v1")
    letter = eventually(lambda: running.dead(event))[0]
    with pytest.raises(SystemExit, match="queue of a letter is gone"):
        dead_letters.main(["contracts", "replay", "--id", letter.id])
    assert len(running.dead(event)) == 1
    dead_letters.main(["contracts", "discard", "--id", letter.id])


@pytest.mark.usefixtures("buried")
def test_a_letter_without_an_id_is_found_by_a_digest(running: House) -> None:
    with running.channel(running.jobs_amqp) as channel:
        running.send(channel, "job_closed.v1", b"no id", content_type="application/json")

    def without_id(letter: DeadLetter) -> bool:
        return letter.received.message_id is None

    letter = eventually(lambda: running.dead_with(without_id))[0]
    assert letter.id.startswith("sha256:")
    discarded = dead_letters.discard(
        "contracts", running.contracts_amqp, lambda one: one.id == letter.id
    )
    assert [one.received.body for one in discarded] == [b"no id"]


def test_a_letter_that_another_reader_has_just_given_back_is_found(
    running: House, buried: JobClosed, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running.channel(running.contracts_amqp) as channel:

        @contextmanager
        def opened_before(_: str) -> Iterator[Any]:
            yield channel
            channel.basic_nack(0, multiple=True)

        for _ in range(60):
            with running.channel(running.contracts_amqp) as reader:
                eventually(lambda: reader.basic_get("contracts.dead")[0])
            with monkeypatch.context() as patched:
                patched.setattr(dead_letters, "_channel", opened_before)
                assert len(running.dead(buried)) == 1


@pytest.mark.parametrize(
    ("service", "arguments", "message"),
    [
        ("contracts", ["show", "--id", "none"], "There is no dead letter none in contracts.dead"),
        ("jobs", ["list"], "No dead letters of jobs can be read"),
    ],
)
@pytest.mark.usefixtures("buried")
def test_what_is_not_there_is_said_so(service: str, arguments: list[str], message: str) -> None:
    with pytest.raises(SystemExit, match=message):
        dead_letters.main([service, *arguments])


def test_without_a_broker_the_operator_is_told_which_variable_to_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("AMQP_URL", raising=False)
    with pytest.raises(SystemExit, match="AMQP_URL"):
        dead_letters.main(["contracts", "list"])


def _bury_by_hand(
    house: House, event: JobClosed, message_id: str, queue: str = "contracts.jobs.job_closed.v1"
) -> None:
    """Put a good event among the dead letters, as if the world had not been ready for it."""
    with house.channel(house.contracts_amqp) as channel:
        channel.basic_publish(
            "contracts.dead",
            queue,
            event.model_dump_json().encode(),
            BasicProperties(
                message_id=message_id,
                content_type="application/json",
                headers={"x-tasuki-queue": queue, "x-tasuki-attempt": 5, "x-tasuki-error": "…"},
            ),
        )
