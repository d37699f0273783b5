"""The archive: what was published can be told again, and a rebuilt consumer knows as much."""

from threading import Event
from time import monotonic

import psycopg
import pytest

from shared.messages.jobs import JobClosed, ProposalDeclined
from shared.messaging.archive import NobodyHears, Pace, Progress, Selection, count, main, replay
from shared.messaging.topology import queue_name
from tests.integration.messaging.conftest import House, closed, declined
from tests.support.wait import eventually

DECLINED = queue_name("contracts", ProposalDeclined)
FAST = Pace(rate=100_000)
ARCHIVED = "SELECT count(*) FROM outbox_archive"
HALF = 20
HANDLED = "SELECT count(*) FROM handled"
IN_THE_REST = "SELECT count(*) FROM outbox_archive_rest"


def again(house: House, to: str | None, pace: Pace = FAST, **chosen: object) -> Progress:
    """Replay what jobs has told."""
    wanted = Selection(to, **chosen)  # type: ignore[arg-type]
    return replay("jobs", house.jobs_url, house.jobs_amqp, wanted, pace)


def lose(house: House) -> None:
    """Empty what contracts knows, as a database that is made anew."""
    with psycopg.connect(house.contracts_url) as connection:
        connection.execute("TRUNCATE inbox, handled")


def state(house: House) -> list[tuple[str, str, str]]:
    """Return what contracts made of each event, whatever the batches were."""
    with psycopg.connect(house.contracts_url) as connection:
        return connection.execute(
            "SELECT method, subject, traceparent FROM handled ORDER BY subject"
        ).fetchall()


def test_an_emptied_consumer_is_rebuilt_to_the_same_state_and_once_more_changes_nothing(
    house: House,
) -> None:
    house.start_relay()
    house.start_hearer()
    events = [*(closed() for _ in range(30)), *(declined() for _ in range(270))]
    house.emit(*events)
    eventually(lambda: house.count(HANDLED) == len(events))
    before = state(house)
    lose(house)
    told = again(house, "contracts")
    assert (told.published, told.unheard) == (len(events), 0)
    eventually(lambda: house.count(HANDLED) == len(events))
    assert [row[:2] for row in state(house)] == [row[:2] for row in before]
    assert again(house, None).published == len(events)
    house.emit(last := closed())
    eventually(lambda: house.handled(last))
    assert house.count(HANDLED) == len(events) + 1
    assert house.count("SELECT count(*) FROM inbox") == len(events) + 1


def test_one_queue_alone_hears_what_was_told_before_it_was_there(house: House) -> None:
    house.start_relay()
    events = [*(closed() for _ in range(3)), *(declined() for _ in range(4))]
    house.emit(*events)
    eventually(lambda: house.count(ARCHIVED, house.jobs_url) == len(events))
    with pytest.raises(NobodyHears, match="after position 0"):
        again(house, DECLINED)
    house.start_hearer()
    assert again(house, DECLINED).published == 4
    eventually(lambda: house.count(HANDLED) == 4)
    assert house.handled(*events[:3]) == []


def test_a_replay_keeps_its_rate_and_goes_on_where_it_ended(house: House) -> None:
    house.start_relay()
    house.start_hearer()
    house.emit(*(declined() for _ in range(60)))
    eventually(lambda: house.count(HANDLED) == 60)
    stop = Event()

    def stop_at_twenty(step: Progress) -> None:
        if step.published >= HALF:
            stop.set()

    first = again(house, DECLINED, Pace(40, stop_at_twenty, stop))
    assert first.published == 20
    began = monotonic()
    rest = again(house, DECLINED, Pace(rate=40), after=first.position)
    assert rest.published == 40
    assert 1 <= monotonic() - began < 3


def counted(house: House, wanted: Selection) -> int:
    with psycopg.connect(house.jobs_url) as database:
        return count(database, wanted)


def test_a_dry_run_counts_what_time_and_type_choose(house: House) -> None:
    house.start_relay()
    house.emit(closed(), closed(), declined())
    eventually(lambda: house.count(ARCHIVED, house.jobs_url) == 3)
    with psycopg.connect(house.jobs_url) as connection:
        connection.execute(
            "UPDATE outbox_archive SET published_at = published_at - interval '9 days'"
            " WHERE position = (SELECT min(position) FROM outbox_archive)"
        )
        row = connection.execute("SELECT now() - interval '1 day'").fetchone()
    assert row
    both = (JobClosed.event_type(),)
    assert counted(house, Selection()) == 3
    assert counted(house, Selection(types=both)) == 2
    assert counted(house, Selection(types=both, since=row[0])) == 1
    assert counted(house, Selection(until=row[0])) == 1
    assert counted(house, Selection(DECLINED)) == 1
    assert counted(house, Selection(DECLINED, types=both)) == 0


def test_months_are_made_ahead_and_one_that_is_missing_stops_nothing(house: House) -> None:
    with psycopg.connect(house.jobs_url, autocommit=True) as connection:
        months = connection.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits"
            " WHERE inhparent = 'outbox_archive'::regclass"
        ).fetchall()
        assert len(months) == 4
        connection.execute("UPDATE outbox_archive SET published_at = now() + interval '1 year'")
        connection.execute(
            "INSERT INTO outbox_archive VALUES (1, gen_random_uuid(), 't', 'r', 's', now(), NULL,"
            " '{}', now() + interval '1 year')"
        )
        connection.execute("SELECT prepare_outbox_archive()")
    assert house.count(IN_THE_REST, house.jobs_url) == 1
    house.emit(closed())
    house.start_relay()
    eventually(lambda: house.outbox_size() == 0)
    assert house.count(IN_THE_REST, house.jobs_url) == 1
    assert house.count(ARCHIVED, house.jobs_url) == 2


def test_the_command_line_counts_tells_and_says_how_to_go_on(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", house.jobs_url)
    monkeypatch.setenv("AMQP_URL", house.jobs_amqp)
    house.start_relay()
    house.emit(declined(), closed())
    eventually(lambda: house.count(ARCHIVED, house.jobs_url) == 2)
    main(["jobs", "--dry-run", "--since", "2026-01-01"])
    assert capsys.readouterr().out == "events: 2\n"
    main(["jobs", "--rate", "1000"])
    assert "told 2 of which nobody hears 2" in capsys.readouterr().out
    with pytest.raises(SystemExit, match="Go on with --after"):
        main(["jobs", "--to", DECLINED])
