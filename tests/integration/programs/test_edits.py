"""What two of a town or its partner may edit: nobody overwrites what they have not read."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, NamedTuple

import pytest

from tests.integration.programs.town import COHORT, CURRICULUM, Town, done, program_of, town_in
from tests.support.apis import Api, Caller


class Edited(NamedTuple):
    """Something that is read at one path and changed at another, or the same."""

    caller: Caller
    read: str
    put: str
    body: dict[str, Any]

    def tag(self) -> str:
        """Return the ETag of what is there."""
        return str(self.caller.get(self.read).headers["ETag"])

    def change(self, body: dict[str, Any], if_match: str) -> Any:
        """Return the answer to a change of what was read as this."""
        headers = self.caller.headers | {"If-Match": if_match}
        return self.caller.client.put(self.put, json=body, headers=headers)


def other(what: Edited, number: int) -> dict[str, Any]:
    """Return what is said in place of what is there."""
    if "units" not in what.body:
        return what.body | {"name" if "name" in what.body else "title": f"Other {number}"}
    return what.body | {"units": [each | {"hours": number} for each in what.body["units"]]}


@pytest.fixture
def town(api: Api) -> Town:
    return town_in(api)


@pytest.fixture(params=["program", "curriculum", "cohort"])
def edited(town: Town, request: pytest.FixtureRequest) -> Edited:
    """Something of a town's."""
    described = program_of(town.sponsor, town.partner)
    return {
        "program": Edited(town.sponsor, town.program, town.program, described),
        "curriculum": Edited(town.partner, town.program, f"{town.program}/curriculum", CURRICULUM),
        "cohort": Edited(town.partner, town.cohort, town.cohort, COHORT),
    }[request.param]


def test_who_has_read_it_as_it_is_may_edit_it_and_learns_its_new_etag(edited: Edited) -> None:
    read = edited.tag()
    after = edited.change(other(edited, 1), read)
    assert after.status_code == 200, after.text
    assert after.headers["ETag"] == edited.tag() != read
    assert after.json() == done(edited.caller.get(edited.read))


def test_who_has_read_it_as_it_was_is_refused_and_nothing_is_lost(edited: Edited) -> None:
    read = edited.tag()
    done(edited.change(other(edited, 1), read))
    before = done(edited.caller.get(edited.read))
    refused = edited.change(other(edited, 2), read)
    assert (refused.status_code, refused.json()["code"]) == (412, "changed_meanwhile")
    assert done(edited.caller.get(edited.read)) == before


def test_of_several_who_edit_at_once_what_all_have_read_one_does(edited: Edited) -> None:
    read, start = edited.tag(), Barrier(4)

    def edit(number: int) -> int:
        start.wait(timeout=10)
        return int(edited.change(other(edited, number), read).status_code)

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(edit, range(1, 5))) == [200, 412, 412, 412]


def test_what_is_as_it_was_is_not_sent_again(edited: Edited) -> None:
    tag = edited.tag()
    headers = edited.caller.headers | {"If-None-Match": tag}
    again = edited.caller.client.get(edited.read, headers=headers)
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)


def test_a_curriculum_is_held_against_a_program_that_the_town_described_anew(town: Town) -> None:
    curriculum = Edited(town.partner, town.program, f"{town.program}/curriculum", CURRICULUM)
    read = curriculum.tag()
    described = program_of(town.sponsor, town.partner, title="Another")
    program = Edited(town.sponsor, town.program, town.program, described)
    done(program.change(described, program.tag()))
    assert curriculum.change(CURRICULUM, read).status_code == 412


def test_what_was_refused_is_done_under_the_same_key_once_it_was_read_anew(edited: Edited) -> None:
    headers = edited.caller.headers | {"Idempotency-Key": "form"}
    answers = [
        edited.caller.client.put(
            edited.put, json=edited.body, headers=headers | {"If-Match": if_match}
        )
        for if_match in ('"old"', edited.tag())
    ]
    assert [each.status_code for each in answers] == [412, 200]
