"""All one's data of a program, and leaving for good: what programs makes of each."""

import os
import time
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy import text

from services.programs.use_cases import attending, files
from shared import account_data
from shared.files import LATELY_SECONDS, LocalFiles
from shared.messages.deletion import PersonDeleted
from tests.integration.programs.stages import on_the_path
from tests.integration.programs.town import APPLICATION, PROGRAMS, Town, done, put, town_in
from tests.support.apis import Api, Caller

WORDS = str(APPLICATION["motivation"])
NOTE = "What only supporters read."
REVIEW = {"accepted": True, "comment": WORDS}
# An answer is kept for a day under its key.
ANSWERS = "idempotency_keys"


class Gone(NamedTuple):
    """Somebody who has said something wherever one can."""

    person: Caller
    supporter: Caller
    path: str
    file_id: str

    def export(self) -> dict[str, Any]:
        """Return all that is kept of them."""
        data: dict[str, Any] = done(self.person.get(f"{PROGRAMS}/people/me/export"))["data"]
        return data


@pytest.fixture
def town(api: Api) -> Town:
    return town_in(api)


def gone_through(town: Town, name: str) -> Gone:
    """Return somebody who takes part, with words and a file in everything that there is."""
    person, participant_id = town.joined(name)
    supporter = town.supporter()
    done(town.assign(participant_id, supporter))
    made = on_the_path(town.api, person, participant_id, WORDS)
    mine = f"{PROGRAMS}/participants/{participant_id}"
    done(person.post(f"{mine}/units/1/check", {"answers": [1]}))
    attached = {"text": WORDS, "file_ids": [made["file_id"]]}
    done(person.post(f"{mine}/practice/deliveries", attached))
    done(person.post(f"{mine}/drafts", attached | {"milestone_id": made["milestone_id"]}))
    done(person.post(f"{PROGRAMS}/helps/{made['help_id']}/answers", {"text": WORDS}))
    answer = {"mood": "well", "text": WORDS}
    done(person.post(f"{PROGRAMS}/check-ins/{made['check_in_id']}/answer", answer))
    done(put(person, f"{mine}/rating", {"stars": 4, "comment": WORDS}))
    done(supporter.post(f"{mine}/notes", {"text": NOTE}))
    return Gone(person, supporter, mine, made["file_id"])


def forget(api: Api, person: Caller) -> None:
    deleted = PersonDeleted(person_id=person.person_id)
    with api.begin() as work:
        attending.forget(deleted, work)
        account_data.forget(deleted, work)


def publish(api: Api) -> None:
    """Move all that was told to the archive, as the relay does."""
    with api.database.transaction() as connection:
        connection.execute(
            text(
                "WITH told AS (DELETE FROM outbox RETURNING *) INSERT INTO outbox_archive"
                " SELECT position, id, type, routing_key, subject, occurred_at, traceparent, data"
                " FROM told"
            )
        )


def said_in(api: Api, words: str) -> set[str]:
    """Return the tables that have these words anywhere."""
    with api.database.transaction() as connection:
        tables = connection.execute(
            text(
                "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
                " AND relnamespace = 'public'::regnamespace"
            )
        ).scalars()
        asked = "SELECT 1 FROM {} t WHERE strpos(t::text, :words) > 0 LIMIT 1"
        return {
            name
            for name in list(tables)
            if name != ANSWERS
            and connection.execute(text(asked.format(name)), {"words": words}).first()
        }


def test_people_take_along_their_whole_path_and_nothing_of_others(town: Town) -> None:
    hanako, taro = (gone_through(town, name) for name in ("Hanako", "Taro"))
    mine = hanako.export()
    said = ("applications", "practices", "drafts", "helps", "check_ins", "ratings")
    assert {name for name, rows in mine.items() if WORDS in str(rows)} == set(said)
    steps = [each["step"] for each in mine["steps"]]
    assert steps == ["orientation", "practice"]
    assert [(each["unit"], each["tries"]) for each in mine["units"]] == [(1, 1)]
    assert [each["file_id"] for each in mine["files"]] == [hanako.file_id]
    assert len(mine["drafts"]) == 2
    everything = str(mine)
    for others in (NOTE, taro.file_id, str(taro.person.person_id), "Taro"):
        assert others not in everything
    theirs = hanako.supporter
    of_supporter = done(theirs.get(f"{PROGRAMS}/people/me/export"))["data"]
    assert len(of_supporter["supports"]) == 1
    assert WORDS not in str(of_supporter)


def test_what_who_has_left_wrote_is_nowhere(town: Town) -> None:
    hanako = gone_through(town, "Hanako")
    publish(town.api)
    done(hanako.supporter.post(f"{hanako.path}/practice/review", REVIEW))
    told = {"outbox", "outbox_archive"}
    assert said_in(town.api, WORDS) >= told | {
        "practices",
        "drafts",
        "helps",
        "check_ins",
        "ratings",
    }
    assert said_in(town.api, NOTE) == {"notes"}
    forget(town.api, hanako.person)
    assert said_in(town.api, WORDS) == said_in(town.api, NOTE) == set()
    assert said_in(town.api, "Hanako") == set()
    kept = hanako.export()
    assert kept["files"] == []
    assert [(each["unit"], each["tries"]) for each in kept["units"]] == [(1, 1)]


def test_what_was_told_of_others_names_no_supporter_who_has_left(town: Town) -> None:
    hanako = gone_through(town, "Hanako")
    draft, *_ = done(hanako.person.get(f"{hanako.path}/drafts"))
    helped, *_ = done(hanako.person.get(f"{hanako.path}/helps"))
    look, answers = f"drafts/{draft['draft_id']}/look", f"helps/{helped['help_id']}/answers"
    done(hanako.supporter.post(f"{PROGRAMS}/{look}", {"comment": WORDS}))
    publish(town.api)
    done(hanako.supporter.post(f"{PROGRAMS}/{answers}", {"text": WORDS}))
    assert said_in(town.api, "Sachi") == {"people", "outbox", "outbox_archive"}
    forget(town.api, hanako.supporter)
    assert said_in(town.api, "Sachi") == set()
    assert said_in(town.api, "Hanako") == {"people", "outbox_archive"}


def test_the_bytes_of_who_has_left_are_erased_unless_somebody_else_has_the_same(
    town: Town, tmp_path: Path
) -> None:
    folder, api = tmp_path / "files", town.api
    hanako, taro = (gone_through(town, name) for name in ("Hanako", "Taro"))
    own = hanako.person.post(f"{hanako.path}/files", content=b"mine", params={"name": "a.txt"})
    (shared,) = [each["sha256"] for each in taro.export()["files"]]
    long_ago = time.time() - LATELY_SECONDS - 60
    for each in folder.rglob("*"):
        os.utime(each, (long_ago, long_ago))

    def swept() -> set[str]:
        files.erase_unwanted(LocalFiles(folder), api)
        return {each.name for each in folder.rglob("*") if each.is_file()}

    assert swept() == {shared, done(own)["sha256"]}
    forget(api, hanako.person)
    assert swept() == {shared}
    assert taro.person.get(f"{taro.path}/files/{taro.file_id}").content == b"a list"
    forget(api, taro.person)
    assert swept() == set()
