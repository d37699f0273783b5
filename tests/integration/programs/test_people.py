"""Applying, taking part and leaving over HTTP, on the real database, also by many at once."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest

from services.programs.use_cases import attending
from shared import account_data
from shared.messages.deletion import PersonDeleted
from shared.people import Right
from tests.integration.programs.town import (
    APPLICATION,
    COHORT,
    PROGRAMS,
    Town,
    done,
    known,
    put,
    town_in,
)
from tests.support.apis import Api


@pytest.fixture
def town(api: Api) -> Town:
    return town_in(api)


def at_once(calls: Iterable[Callable[[], Any]]) -> list[Any]:
    """Return what each answers, all of them begun together."""
    calls = list(calls)
    start = Barrier(len(calls))

    def begin(call: Callable[[], Any]) -> Any:
        start.wait(timeout=10)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(begin, calls))


def test_capacity_holds_when_all_are_accepted_and_leave_at_once(town: Town) -> None:
    applied = [town.applied(f"Person {number}") for number in range(8)]

    accepted = at_once(partial(town.accept, each) for _, each in applied)
    assert sorted(each["status"] for each in accepted) == ["accepted"] * 2 + ["waiting"] * 6
    line = sorted(each["place_in_line"] for each in accepted if each["place_in_line"])
    assert max(line) <= 6

    inside = [
        applied[number] for number, each in enumerate(accepted) if each["status"] == "accepted"
    ]
    where = f"{PROGRAMS}/applications"
    left = at_once(
        [partial(who.post, f"{where}/{what}/withdrawal") for who, what in inside]
        + [partial(put, town.partner, town.cohort, COHORT | {"capacity": 3})]
    )
    assert [each.status_code for each in left] == [200, 200, 200]
    cohort = done(town.partner.get(town.cohort))
    assert (cohort["capacity"], cohort["taken"], cohort["waiting"]) == (3, 3, 3)
    found = done(town.partner.get(f"{town.cohort}/applications"))["items"]
    waiting = {e["application_id"]: e["place_in_line"] for e in found if e["place_in_line"]}
    assert sorted(waiting.values()) == [1, 2, 3]


def test_the_limit_of_a_supporter_holds_at_once(town: Town) -> None:
    done(put(town.partner, town.cohort, COHORT | {"capacity": 5}))
    people = [town.joined(f"Person {number}")[1] for number in range(5)]
    supporter = town.supporter(limit=2)
    answers = at_once(partial(town.assign, each, supporter) for each in people)
    assert sorted(each.status_code for each in answers) == [200, 200, 409, 409, 409]
    (shown,) = done(town.partner.get(f"{town.program}/supporters"))
    assert (shown["limit"], shown["people"]) == (2, 2)


def test_a_refusal_says_all_that_is_not_met(town: Town) -> None:
    person = known(town.api, "Hanako", "assistant")
    body = APPLICATION | {"adult": False, "lives_in": "011002"}
    refused = person.post(f"{town.cohort}/applications", body)
    assert refused.status_code == 409
    assert refused.json()["code"] == "not_eligible"
    assert refused.json()["unmet"] == ["adult", "resident"]


def test_a_supporter_sees_the_own_people_and_records_who_of_them_was_there(town: Town) -> None:
    hanako, hanako_id = town.joined("Hanako")
    _, taro_id = town.joined("Taro")
    supporter = town.supporter()
    done(town.assign(hanako_id, supporter))
    session = f"{town.cohort}/sessions/1/attendance"
    done(put(town.partner, session, {"participant_ids": [taro_id]}))

    seen = done(supporter.get(f"{town.cohort}/participants"))
    assert [each["participant_id"] for each in seen] == [hanako_id]
    other = put(supporter, session, {"participant_ids": [taro_id]})
    assert other.json()["code"] == "not_in_cohort"
    done(put(supporter, session, {"participant_ids": [hanako_id]}))
    shown = done(town.partner.get(f"{town.cohort}/participants"))
    assert [each["attended"] for each in shown] == [[1], [1]]
    me = done(hanako.get(f"{PROGRAMS}/participants/mine"))
    assert (me["supporter_name"], me["step"], len(me["steps"])) == ("Sachi", "orientation", 1)
    assert me["cohort"]["sessions"][0]["where"] == "Town hall, room 3"
    stranger = known(town.api, "Jiro", "assistant")
    assert done(stranger.get(town.cohort))["sessions"][0]["where"] is None


def test_how_many_take_part_and_wait_is_told_to_the_partner_only(town: Town) -> None:
    hanako, hanako_id = town.joined("Hanako")
    supporter, stranger = town.supporter(), known(town.api, "Saburo", "assistant")
    done(town.assign(hanako_id, supporter))
    others = (town.sponsor, hanako, supporter, stranger, town.operator)
    shown = [done(each.get(town.cohort)) for each in others]
    assert {(each["places_left"], each["taken"], each["waiting"]) for each in shown} == {
        (True, None, None)
    }
    town.joined("Taro")
    jiro, waiting = town.applied("Jiro")
    assert town.accept(waiting)["cohort"]["waiting"] == 1
    (cohort,) = done(town.partner.get(f"{town.program}/cohorts"))
    assert (cohort["places_left"], cohort["taken"], cohort["waiting"]) == (False, 2, 1)
    seen = [
        *done(town.sponsor.get(f"{town.program}/cohorts")),
        done(jiro.get(f"{PROGRAMS}/applications/mine"))[0]["cohort"],
        done(hanako.get(f"{PROGRAMS}/participants/mine"))["cohort"],
        done(supporter.get(f"{town.cohort}/participants"))[0]["cohort"],
    ]
    assert [(each["places_left"], each["taken"], each["waiting"]) for each in seen] == [
        (False, None, None)
    ] * 4


def test_answers_and_caps_are_shown_to_who_runs_it(api: Api) -> None:
    caps = {"total_cap": {"amount": 1000}, "person_cap": {"amount": 100}}
    town = town_in(api, wallet=caps)
    member = api.person(companies={town.sponsor.person_id: [Right.POST]})
    stranger = api.person("assistant")
    shown = [done(each.get(town.program)) for each in (town.sponsor, member, stranger)]
    assert [each["wallet"] is not None for each in shown] == [True, False, False]
    rights = [each["units"][0]["questions"][0]["right"] for each in shown]
    assert rights == [1, 1, None]


def test_whose_account_is_gone_leaves_without_a_name_and_the_next_one_comes(town: Town) -> None:
    hanako, hanako_id = town.joined("Hanako")
    town.joined("Taro")
    _, waiting = town.applied("Jiro")
    assert town.accept(waiting)["status"] == "waiting"
    done(put(hanako, f"{PROGRAMS}/participants/{hanako_id}/rating", {"stars": 4, "comment": "x"}))
    deleted = PersonDeleted.model_construct(person_id=hanako.person_id, companies=())
    with town.api.begin() as work:
        attending.forget(deleted, work)
        account_data.forget(deleted, work)

    found = done(town.partner.get(f"{town.cohort}/applications"))["items"]
    assert [each["status"] for each in found] == ["withdrawn", "accepted", "accepted"]
    assert found[0]["motivation"] == ""
    assert found[0]["person_name"] == account_data.FORMER
    ratings = done(hanako.get(f"{PROGRAMS}/people/me/export"))["data"]["ratings"]
    assert [(each["stars"], each["comment"]) for each in ratings] == [(4, None)]


def test_who_applied_for_what_has_closed_reads_why(town: Town) -> None:
    person, _ = town.applied()
    done(town.sponsor.post(f"{town.program}/closure"))
    (mine,) = done(person.get(f"{PROGRAMS}/applications/mine"))
    assert (mine["status"], mine["reason"], mine["cause"]) == ("declined", None, "program_closed")


def test_who_left_may_apply_again(town: Town) -> None:
    person, participant_id = town.joined()
    done(person.post(f"{PROGRAMS}/participants/{participant_id}/departure"))
    again = person.post(f"{PROGRAMS}/participants/{participant_id}/departure")
    assert again.json()["code"] == "has_left"
    assert person.post(f"{town.cohort}/applications", APPLICATION).status_code == 201
