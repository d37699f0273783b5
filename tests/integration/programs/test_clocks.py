"""Clocks of programs: each row once, one that fails alone, and how many are late."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from services.programs.adapters import gauges
from services.programs.use_cases import caring, helping, minding
from shared.observability.metrics import DEADLINE_OVERDUE_SECONDS, DEADLINES_OVERDUE
from tests.integration.programs.town import PROGRAMS, done, town_in
from tests.support.apis import Api, Caller

ASKED = 6


def told(api: Api) -> dict[str, int]:
    with api.database.transaction() as connection:
        query = text("SELECT routing_key, count(*) FROM outbox GROUP BY routing_key")
        return {row[0].split(".")[0]: row[1] for row in connection.execute(query)}


def ask_for_help(api: Api, person: Caller, participant_id: str, times: int) -> list[UUID]:
    """Ask for help so often, an hour too long ago; return the ids in the order of their clocks."""
    path = f"{PROGRAMS}/participants/{participant_id}/helps"
    for _ in range(times):
        done(person.post(path, {"text": "How?"}))
    with api.begin() as work:
        asked = work.care.helps.of(UUID(participant_id))
        for number, each in enumerate(asked):
            due_at = work.clock.now() - timedelta(minutes=60 - number)
            work.care.helps.save(replace(each, due_at=due_at))
    return [each.help_id for each in asked]


def fall_silent(api: Api, participant_id: str, days: int) -> None:
    with api.begin() as work:
        someone = work.participants.lock(UUID(participant_id))
        long_ago = work.clock.now() - timedelta(days=days)
        work.participants.save(replace(someone, last_sign_at=long_ago))


def test_clocks_of_two_replicas_go_off_once_each(api: Api) -> None:
    person, participant_id = town_in(api).joined()
    ask_for_help(api, person, participant_id, ASKED)
    fall_silent(api, participant_id, 99)

    with ThreadPoolExecutor(2) as replicas:
        list(replicas.map(minding.fire_clocks, [api, api]))

    assert told(api)["help_escalated"] == ASKED
    assert told(api)["check_in_asked"] == 1


def _failing(fire: Callable[..., None], broken: UUID, key: str) -> Callable[..., None]:
    def fire_unless_broken(due: Any, work: Any) -> None:
        fire(due, work)
        if getattr(due, key) == broken:
            raise ZeroDivisionError

    return fire_unless_broken


def test_a_row_that_fails_is_tried_again_and_holds_up_no_other(
    api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    town = town_in(api)
    hanako, first = town.joined("Hanako")
    _, second = town.joined("Taro")
    broken = ask_for_help(api, hanako, first, 3)[0]
    fall_silent(api, first, 99)
    fall_silent(api, second, 98)
    with monkeypatch.context() as failing:
        failing.setattr(helping, "escalate", _failing(helping.escalate, broken, "help_id"))
        ask = _failing(caring.ask_silent, UUID(first), "participant_id")
        failing.setattr(caring, "ask_silent", ask)
        assert minding.fire_clocks(api) == 2 + 1
        assert minding.fire_clocks(api) == 0
    assert told(api)["help_escalated"] == 2
    assert told(api)["check_in_asked"] == 1
    assert {getattr(each, "clock_id", None) for each in caplog.records} >= {str(broken), first}
    assert minding.fire_clocks(api) == 1 + 1
    assert told(api)["help_escalated"] == 3


def test_what_is_overdue_shows_until_it_is_done(api: Api) -> None:
    person, participant_id = town_in(api).joined()
    ask_for_help(api, person, participant_id, 2)
    fall_silent(api, participant_id, 99)

    def shown() -> dict[str, tuple[float, float]]:
        with api.database.transaction() as connection:
            readings = list(gauges.read(connection, api.clock.now()))
        counts = {each.labels[0]: each.value for each in readings if each[0] is DEADLINES_OVERDUE}
        late = {
            each.labels[0]: each.value for each in readings if each[0] is DEADLINE_OVERDUE_SECONDS
        }
        return {clock: (counts[clock], late[clock]) for clock in counts}

    before = shown()
    assert before["helps"] == (2, 3_600)
    assert before["drafts"] == before["check_ins"] == (0, 0)
    count, late = before["silence"]
    with api.begin() as work:
        participant = work.participants.get(UUID(participant_id))
        days = work.programs.get(participant.program_id).silence_days
    assert (count, late) == (1, (99 - days) * 86_400)
    minding.fire_clocks(api)
    assert set(shown().values()) == {(0, 0)}
