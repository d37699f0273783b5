"""What concerns a company is told to those of its members whose part it is."""

from uuid import UUID

import pytest

from services.notify.domain import examples
from services.notify.domain.companies import OF_EVENT, OF_SERVICE
from services.notify.domain.letters import Addressee
from services.notify.domain.tellings import TELLINGS
from services.notify.use_cases import hearing, mailing, telling
from shared.errors import Transient
from shared.messages.base import Event
from shared.messages.companies import CompanyFounded, MembershipChanged
from shared.people import Right
from tests.unit.notify.fakes import Fakes

COMPANY = UUID(int=9)
FOUNDED = CompanyFounded(
    company_id=COMPANY,
    name="株式会社みどり園芸",
    email="office@midori.example",
    locale="ja",
    founded_by=UUID(int=10),
)
NAMES = {Right.POST: "poster", Right.FUND: "funder", Right.ACCEPT: "reviewer"}
IDS = {name: UUID(int=number) for number, name in enumerate(NAMES.values(), start=11)}


def changed(name: str, *rights: Right, member: bool = True, change: int = 1) -> MembershipChanged:
    return MembershipChanged(
        company_id=COMPANY,
        company_name=FOUNDED.name,
        person_id=IDS[name],
        member=member,
        rights=frozenset(rights),
        changed_by=IDS[name],
        change=change,
    )


def of_company(event: Event) -> Event:
    return event.model_copy(update={"client_id": COMPANY})


def told(fakes: Fakes, event: Event) -> set[str]:
    """Return the names of those who are told of it; `office` is the company's own address."""
    before = len(fakes.notifications.kept)
    telling.tell([of_company(event)], fakes.work)
    names = {person_id: name for name, person_id in IDS.items()} | {COMPANY: "office"}
    return {
        names[each.person_id]
        for each in fakes.notifications.kept[before:]
        if each.person_id in names
    }


@pytest.fixture
def fakes() -> Fakes:
    """Everybody is known, and a company with a member for each right."""
    fakes = Fakes()
    for name, person_id in IDS.items():
        fakes.people.known[person_id] = Addressee(person_id, f"{name}@example.jp", name, "ja")
    hearing.remember_companies([FOUNDED], fakes.work)
    members = [changed(name, right) for right, name in NAMES.items()]
    hearing.follow_members(members, fakes.work)
    return fakes


@pytest.mark.parametrize(
    ("event", "who"),
    [
        (examples.proposal_made, {"poster"}),
        (examples.milestone_delivered, {"reviewer"}),
        (examples.accepted_by_silence, {"reviewer"}),
        (examples.ending_asked_by_assistant, {"reviewer"}),
        (examples.funding_short, {"funder"}),
        (examples.credit_granted, {"funder"}),
        (examples.chargeback_opened, {"funder"}),
        (examples.contract_agreed, {"poster", "funder", "reviewer"}),
        (examples.terms_amended, {"funder", "reviewer"}),
    ],
    ids=lambda each: each.event_name if isinstance(each, Event) else "",
)
def test_each_member_is_told_of_their_part(fakes: Fakes, event: Event, who: set[str]) -> None:
    assert told(fakes, event) == who


def test_whoever_may_see_the_money_is_told_of_it(fakes: Fakes) -> None:
    hearing.follow_members([changed("poster", Right.SEE_MONEY, change=2)], fakes.work)
    assert told(fakes, examples.credit_granted) == {"poster", "funder"}
    assert told(fakes, examples.proposal_made) == {"office"}


def test_what_is_nobodys_part_goes_to_the_companys_own_address(fakes: Fakes) -> None:
    gone = changed("reviewer", member=False, change=2)
    hearing.follow_members([gone], fakes.work)
    assert told(fakes, examples.milestone_delivered) == {"office"}
    mailing.send_due_mail(fakes)
    assert fakes.mailer.sent[-1].addressee.email == "office@midori.example"


def test_an_old_change_that_comes_late_changes_nothing(fakes: Fakes) -> None:
    hearing.follow_members([changed("reviewer", member=False, change=3)], fakes.work)
    hearing.follow_members([changed("reviewer", Right.ACCEPT, change=2)], fakes.work)
    assert told(fakes, examples.milestone_delivered) == {"office"}


def test_members_are_told_in_whose_name(fakes: Fakes) -> None:
    telling.tell([of_company(examples.funding_short)], fakes.work)
    [told_it] = fakes.notifications.kept
    assert told_it.letter.body.endswith(FOUNDED.name)
    telling.tell([examples.funding_short], fakes.work)
    assert not fakes.notifications.kept[-1].letter.body.endswith(FOUNDED.name)


def test_a_company_of_whose_members_nothing_is_known_yet_waits(fakes: Fakes) -> None:
    fakes.companies.known.clear()
    with pytest.raises(Transient, match="person_not_known_yet"):
        telling.tell([of_company(examples.funding_short)], fakes.work)
    fakes.people.known.pop(COMPANY)
    with pytest.raises(Transient, match="person_not_known_yet"):
        telling.tell([of_company(examples.funding_short)], fakes.work)


def test_the_table_says_of_each_event_that_a_client_is_told_who_of_a_company_reads_it() -> None:
    services = {row.event.service for row in TELLINGS if row.who != "person_id"}
    assert services <= OF_SERVICE.keys()
    assert OF_EVENT.keys() <= {row.event for row in TELLINGS}
