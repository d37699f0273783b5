"""The sample market: which folder is filled, and what is written about its people."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from shared.messages.jobs import PostJob
from shared.messages.profiles import KeepProfile
from tools.environments import External
from tools.run_folder import RunFolder
from tools.sample.cast import company, figures, read
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
    assert set(company().members) <= set(figures())


@pytest.mark.parametrize("told", read("jobs")["jobs"], ids=lambda told: str(told["title"]))
def test_a_job_is_one_that_jobs_takes_from_people_who_are_there(told: dict[str, object]) -> None:
    job: dict[str, object] = {name: told[name] for name in OF_A_JOB if name in told}
    tasks = told.get("tasks")
    if isinstance(tasks, dict):
        job["tasks"] = {**tasks, "price": {"amount": tasks["price"], "currency": "JPY"}}

    PostJob.model_validate({**job, "budget": {"amount": told["budget"], "currency": "JPY"}})

    assert set(_named(told)) <= {*figures(), "midori"}


def _named(told: dict[str, object]) -> Iterator[object]:
    """Yield who is named in a job."""
    yield told["client"]
    for part, name in (("proposals", "assistant"), ("questions", "by"), ("invited", "assistant")):
        several = told.get(part, [])
        assert isinstance(several, list)
        yield from (each[name] for each in several)
