"""Figures over HTTP, of what use cases tell and others told; and made anew from it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from services.programs.adapters.tables_outcomes import outcome_facts
from shared.ids import new_id
from shared.messages.contracts import ContractAgreed
from shared.messages.payments import EscrowReleased
from shared.messages.program_path import StepReached
from shared.messages.program_people import Step
from shared.money import yen
from tests.integration.programs.town import PROGRAMS, Town, done, put, town_in
from tests.support.apis import Api, Caller

LATER = datetime(2026, 5, 20, tzinfo=UTC)


def town_with_work(api: Api) -> tuple[Town, list[Caller]]:
    """Return a town of six people with a first contract, a month later."""
    town = town_in(api)
    done(put(town.partner, town.cohort, _larger(town)))
    people = []
    for number in range(6):
        person, participant_id = town.joined(f"Person {number}")
        done(put(person, f"{PROGRAMS}/participants/{participant_id}/rating", {"stars": 4}))
        work(api, town, person, participant_id)
        people.append(person)
    api.clock.time = LATER
    return town, people


def work(api: Api, town: Town, person: Caller, participant_id: str) -> None:
    """Lead somebody along the path, to a contract that was paid."""
    now = api.clock.now()
    facts = {
        "participant_id": participant_id,
        "person_id": person.person_id,
        "program_id": town.program_id,
        "cohort_id": town.cohort_id,
    }
    for step in (Step.UNITS, Step.PRACTICE, Step.PROTECTED_JOB):
        with api.begin() as one:
            reached = StepReached(**facts, step=step, reached_at=now)
            one.outbox.emit(reached, subject=UUID(participant_id))
    both = {
        "contract_id": new_id(),
        "client_id": town.partner.person_id,
        "assistant_id": person.person_id,
        "title": "",
    }
    agreed = ContractAgreed(
        **both,
        job_id=new_id(),
        category="data_entry",
        mode="brokered",
        review_days=7,
        milestones=(),
        agreed_at=now,
        weekly_hours=10,
    )
    released = EscrowReleased(
        **both,
        milestone_id=new_id(),
        gross=yen(40_000),
        platform_fee=yen(0),
        platform_fee_tax=yen(0),
        withholding=yen(0),
        net=yen(36_000),
        payday=date(2026, 4, 30),
    )
    for told in (agreed, released):
        with api.begin() as one:
            one.outcomes.note(told)


def _larger(town: Town) -> Any:
    shown = done(town.partner.get(town.cohort))
    named = ("name", "apply_until", "starts_on", "ends_on", "sessions")
    cohort = {each: shown[each] for each in named} | {"capacity": 20}
    for session in cohort["sessions"]:
        del session["number"]
    return cohort


def values(view: Any) -> dict[str, int | None]:
    return {f"{cell['measure']} {cell['band']}".strip(): cell["value"] for cell in view["cells"]}


def kept(api: Api) -> Sequence[Any]:
    with api.database.transaction() as connection:
        return list(connection.execute(select(outcome_facts).order_by("fact_id")).all())


def test_figures_are_of_the_last_month_that_ended(api: Api) -> None:
    town, _ = town_with_work(api)

    shown = done(town.sponsor.get(f"{town.program}/outcomes"))

    assert (shown["as_of"], shown["municipality"]) == ("2026-04-30", "東京都千代田区")
    assert values(shown) == {
        "applied": 6,
        "joined": 6,
        "trained": 6,
        "practised": 6,
        "first_contract": 6,
        "free_work": None,
        "working_after_3_months": None,
        "working_after_6_months": None,
        "working_after_12_months": None,
        "hours": 250,
        "income 0-": 6,
        "local_jobs": None,
        "satisfaction 1-5": 6,
    }
    assert values(done(town.partner.get(f"{town.cohort}/outcomes"))) == values(shown)


def test_who_withdraws_consent_is_counted_no_more(api: Api) -> None:
    town, people = town_with_work(api)
    for person in people[:2]:
        mine = done(person.get(f"{PROGRAMS}/participants/mine"))["participant_id"]
        done(put(person, f"{PROGRAMS}/participants/{mine}/consent", {"outcomes_consent": False}))

    shown = done(town.sponsor.get(f"{town.program}/outcomes"))

    assert set(values(shown).values()) == {None}
    assert shown["suppressed"] == len(shown["cells"])


def test_a_rebuild_from_what_was_told_gives_the_same_numbers(api: Api) -> None:
    town, _ = town_with_work(api)
    before, facts = done(town.sponsor.get(f"{town.program}/outcomes")), kept(api)
    with api.database.transaction() as connection:
        wrong = outcome_facts.c.kind.in_(["joined", "step"])
        connection.execute(delete(outcome_facts).where(wrong))

    with api.begin() as one:
        made = one.outcomes.rebuild()

    assert kept(api) == facts
    assert done(town.sponsor.get(f"{town.program}/outcomes")) == before
    assert made == len([each for each in facts if each.program_id])


def test_what_is_told_twice_counts_once(api: Api) -> None:
    _, people = town_with_work(api)
    before = kept(api)
    mine = done(people[0].get(f"{PROGRAMS}/participants/mine"))
    contract = next(each for each in before if each.kind == "agreed")
    told = ContractAgreed(
        contract_id=new_id(),
        client_id=contract.client_id,
        assistant_id=mine["person_id"],
        title="",
        job_id=new_id(),
        category="data_entry",
        mode="brokered",
        review_days=7,
        milestones=(),
        agreed_at=contract.at,
    )
    told.be_told_as(contract.fact_id)

    with api.begin() as one:
        one.outcomes.note(told)

    assert kept(api) == before


def test_files_have_the_same_figures(api: Api) -> None:
    town, _ = town_with_work(api)

    as_csv = town.sponsor.get(f"{town.program}/outcomes.csv")
    as_pdf = town.partner.get(f"{town.program}/outcomes.pdf")
    as_json = done(api.person().get(f"{town.program}/outcomes.json"))

    assert "first_contract,,6,6" in as_csv.text
    assert as_csv.headers["content-type"] == "text/csv; charset=utf-8"
    assert as_pdf.content.startswith(b"%PDF")
    assert as_json["municipality_code"] == "131016"
    assert values(as_json["program"])["first_contract"] == 6
    assert set(as_json["measures"]) == {each.split()[0] for each in values(as_json["program"])}
