"""A program in which somebody takes part, and people in every relation to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from services.programs.domain.path import Done
from services.programs.use_cases import caring, stepping
from shared.ids import new_id
from shared.messages.program_people import Step
from shared.people import Right
from tests.integration.programs.conftest import programs_api_at
from tests.integration.programs.rights import MATRIX
from tests.integration.programs.town import (
    PROGRAMS,
    Town,
    done,
    email_of,
    known,
    milestone_of,
    registered,
    town_in,
)
from tests.support.apis import Api, Caller
from tests.support.matrix import Stage
from tests.support.servers import TestPostgres


@contextmanager
def stage_of_programs(postgres: TestPostgres, files: Path) -> Iterator[Stage]:
    """Yield the stage, over a new database."""
    with programs_api_at(postgres.service_database("programs").url, files) as api:
        yield stage_in(api)


def stage_in(api: Api) -> Stage:
    """Return the stage, in what this API keeps."""
    town = town_in(api)
    participant, participant_id = town.joined("Hanako")
    _, other_id = town.joined("Taro")
    supporter, other_supporter = town.supporter("Sachi", 9), town.supporter("Ken", 9)
    done(town.assign(participant_id, supporter))
    done(town.assign(other_id, other_supporter))
    applicant, application_id = town.applied("Jiro")
    ids = {
        "program_id": town.program_id,
        "cohort_id": town.cohort_id,
        "sponsor_id": str(town.sponsor.person_id),
        "partner_id": str(town.partner.person_id),
        "account_id": str(town.sponsor.person_id),
        "participant_id": participant_id,
        "application_id": application_id,
        "supporter_id": str(supporter.person_id),
        "person_id": str(supporter.person_id),
        "supporter_email": email_of(supporter.person_id),
        "number": "1",
        **on_the_path(api, participant, participant_id),
        "letter_id": "0",
        "replay_id": str(new_id()),
    }
    callers = {
        "participant": participant,
        "supporter": supporter,
        "other_supporter": other_supporter,
        "other_assistant": applicant,
        **_members(town),
        "other_town": _other_town(api),
        "operator": town.operator,
        "nobody": replace(participant, headers={}),
    }
    return Stage(MATRIX, callers, ids)


def on_the_path(
    api: Api, participant: Caller, participant_id: str, words: str = "How?"
) -> dict[str, str]:
    """Return the ids of what somebody has along the path, who has come to the practice job."""
    milestone = milestone_of(participant.person_id)
    with api.begin() as work:
        work.known_work.merge_milestone(milestone)
        someone = work.participants.lock(UUID(participant_id)).came_to(Step.UNITS)
        stepping.go_on(someone, Done.COMPLETE_UNITS, work)
        caring.ask_silent(someone, work)
        (check_in,) = work.care.check_ins.of(someone.participant_id)
    mine = f"{PROGRAMS}/participants/{participant_id}"
    file = participant.client.post(
        f"{mine}/files?name=list.txt", headers=participant.headers, content=b"a list"
    )
    shown = {"milestone_id": str(milestone.milestone_id), "text": words}
    return {
        "milestone_id": str(milestone.milestone_id),
        "check_in_id": str(check_in.check_in_id),
        "file_id": done(file)["file_id"],
        "help_id": done(participant.post(f"{mine}/helps", {"text": words}))["help_id"],
        "draft_id": done(participant.post(f"{mine}/drafts", shown))["draft_id"],
    }


def _members(town: Town) -> dict[str, Caller]:
    sponsor, partner = town.sponsor.person_id, town.partner.person_id
    return {
        "sponsor": town.sponsor,
        "sponsor_see": town.api.person(companies={sponsor: [Right.SEE_MONEY]}),
        "partner": town.partner,
        "partner_post": town.api.person(companies={partner: [Right.POST]}),
        "partner_accept": town.api.person(companies={partner: [Right.ACCEPT]}),
    }


def _other_town(api: Api) -> Caller:
    other = known(api, "Minato City", "client", company=True)
    registered(api, other)
    return other
