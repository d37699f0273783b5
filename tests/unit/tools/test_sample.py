"""The sample market: which folder is filled, and what is written about its people."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from shared.messages.jobs import PostJob
from shared.messages.profiles import KeepProfile
from tools.environments import External
from tools.run_folder import RunFolder
from tools.sample.beginners import ACTS, acts_of, others
from tools.sample.cast import companies, figures, read
from tools.sample.fill import DAYS, Sample, wanted
from tools.sample.openings import OF_A_JOB


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return RunFolder(tmp_path)


def test_a_new_folder_is_filled_and_its_market_begins_in_the_past(folder: RunFolder) -> None:
    sample = Sample(folder, wanted=True)

    sample.begin()

    assert sample.filling
    assert int(folder.clock.read_text(encoding="ascii")) == -timedelta(days=DAYS).total_seconds()


def test_a_folder_with_data_of_its_own_is_left_as_it_is(folder: RunFolder) -> None:
    folder.secrets()
    sample = Sample(folder, wanted=True)

    sample.begin()

    assert not sample.filling
    assert not folder.clock.exists()


def test_a_folder_that_was_left_half_filled_is_begun_anew(folder: RunFolder) -> None:
    Sample(folder, wanted=True).begin()
    before = folder.secrets()

    sample = Sample(folder, wanted=True)
    sample.begin()

    assert sample.filling
    assert folder.secrets() != before


def test_nobody_asks_for_a_sample_beside_servers_of_others_or_when_told_not_to() -> None:
    assert wanted({}, External())
    assert not wanted({"TASUKI_SAMPLE": "0"}, External())
    assert not wanted({}, External(smtp_url="smtp://mail"))


def test_everybody_has_an_address_of_their_own_and_a_profile_that_jobs_takes() -> None:
    people = figures().values()

    assert len({each.email for each in people}) == len(people)
    assert all(KeepProfile.model_validate(each.profile) for each in people if each.profile)
    assert all(set(each.members) <= set(figures()) for each in companies().values())


@pytest.mark.parametrize("told", read("jobs")["jobs"], ids=lambda told: str(told["title"]))
def test_a_job_is_one_that_jobs_takes_from_people_who_are_there(told: dict[str, object]) -> None:
    job: dict[str, object] = {name: told[name] for name in OF_A_JOB if name in told}
    tasks = told.get("tasks")
    if isinstance(tasks, dict):
        job["tasks"] = {**tasks, "price": {"amount": tasks["price"], "currency": "JPY"}}

    PostJob.model_validate({**job, "budget": {"amount": told["budget"], "currency": "JPY"}})

    assert set(_named(told)) <= {*figures(), *companies()}


def test_120_people_take_part_in_five_cohorts_of_three_towns_at_every_step() -> None:
    told = read("towns")
    kinds = [kind for each in told["cohorts"] for kind in _kinds(each)]

    assert len(told["towns"]) == 3
    assert len(told["cohorts"]) == 5
    assert sum("accept" in acts_of(kind) for kind in kinds) - kinds.count("waiting") == 120
    assert set(kinds) >= set(told["courses"])


@pytest.mark.parametrize("cohort", read("towns")["cohorts"], ids=lambda each: str(each["name"]))
def test_a_cohort_knows_when_its_people_do_what_they_do(cohort: dict[str, Any]) -> None:
    told = read("towns")
    kinds, days = _kinds(cohort), cohort["days"]

    assert {act for kind in kinds for act in acts_of(kind)} <= set(days)
    assert set(days) <= {*ACTS, "recorded"}
    assert cohort["opens"] > days["apply"]
    assert cohort["town"] in told["towns"]
    assert set(cohort["jobs"]) <= set(told["jobs"])
    assert {cohort["supporter"], *cohort.get("named", {})} <= set(figures())


def test_nobody_is_called_like_somebody_else() -> None:
    told = read("towns")["cohorts"]
    many = list(islice(others(), sum(sum(each["people"].values()) for each in told)))

    addresses = [each.email for each in (*many, *figures().values())]
    assert len(set(addresses)) == len(addresses)


def _kinds(cohort: dict[str, Any]) -> list[str]:
    """Return the kinds of those who apply for a cohort, one for each of them."""
    return [*Counter(cohort["people"]).elements(), *cohort.get("named", {}).values()]


def _named(told: dict[str, object]) -> Iterator[object]:
    """Yield who is named in a job."""
    yield told["client"]
    for part, name in (("proposals", "assistant"), ("questions", "by"), ("invited", "assistant")):
        several = told.get(part, [])
        assert isinstance(several, list)
        yield from (each[name] for each in several)
