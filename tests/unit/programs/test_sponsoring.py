"""What sponsors pay for their people: asked once, asked again, due and dropped as it should be."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from typing import Any, cast
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.programs.domain.known_work import KnownContract
from services.programs.domain.participant import Participant
from services.programs.domain.program import Program
from services.programs.domain.sponsorship import (
    Sponsorship,
    within_calendar_months,
    within_months,
)
from services.programs.ports import Work
from services.programs.use_cases import sponsoring
from shared.errors import NotAllowed, NotFound, Transient
from shared.ids import new_id
from shared.messages.base import Event
from shared.messages.contracts import MilestoneAccepted, MilestonePartlyAccepted
from shared.messages.payments import EscrowReleased
from shared.messages.program_money import (
    SponsorshipAsked,
    SponsorshipDropped,
    SponsorshipDue,
    SponsorshipKind,
    SponsorshipStatus,
)
from shared.messages.programs import Eligibility, WalletTerms
from shared.messages.wallets import (
    SponsorshipRefused,
    SponsorshipReserved,
    SponsorshipReturned,
    SponsorshipSettled,
    SponsorshipTakenBack,
    WalletFunded,
)
from shared.money import PositiveMoney, YenPart, yen
from shared.people import Person, Right
from tests.support.fakes import SetClock
from tests.unit.programs.work_told import settled

JOINED = datetime(2026, 11, 2, 3, tzinfo=UTC)
AGREED = datetime(2026, 11, 20, 3, tzinfo=UTC)
TERMS = WalletTerms(
    total_cap=PositiveMoney(amount=1_000_000),
    person_cap=PositiveMoney(amount=100_000),
    pays_fees=True,
    fee_months=3,
    tuition=YenPart(amount=30_000),
    bonus=YenPart(amount=5_000),
    bonus_months=2,
)


class FakeSponsorships:
    """Sponsorships in memory."""

    def __init__(self) -> None:
        self.kept: dict[UUID, Sponsorship] = {}
        self.heard = 0

    def lock(self, program_id: UUID) -> int:
        del program_id
        return self.heard

    def hear(self, program_id: UUID) -> int:
        del program_id
        self.heard += 1
        return self.heard

    def add(self, sponsorship: Sponsorship) -> bool:
        if self.for_cause(sponsorship.participant_id, sponsorship.cause):
            return False
        self.save(sponsorship)
        return True

    def get(self, sponsorship_id: UUID) -> Sponsorship | None:
        found = self.kept.get(sponsorship_id)
        return replace(found) if found else None

    def for_cause(self, participant_id: UUID, cause: str) -> Sponsorship | None:
        for each in self.kept.values():
            if (each.participant_id, each.cause) == (participant_id, cause):
                return replace(each)
        return None

    def save(self, sponsorship: Sponsorship) -> None:
        self.kept[sponsorship.sponsorship_id] = replace(sponsorship)

    def refused(self, program_id: UUID) -> Sequence[Sponsorship]:
        del program_id
        refused = SponsorshipStatus.REFUSED
        return [replace(each) for each in self.kept.values() if each.status is refused]

    def not_earned(self, participant_id: UUID) -> Sequence[Sponsorship]:
        del participant_id
        return [replace(each) for each in self.kept.values() if not each.earned]

    def of_program(self, program_id: UUID, after: UUID | None, limit: int) -> Sequence[Sponsorship]:
        del program_id, after
        return list(self.kept.values())[:limit]


@dataclass
class Town:
    """A program with a wallet, and somebody who takes part in it."""

    terms: WalletTerms | None = TERMS
    contracts: list[KnownContract] = field(default_factory=list)
    told: list[Event] = field(default_factory=list)
    clock: SetClock = field(default_factory=lambda: SetClock(JOINED))
    sponsorships: FakeSponsorships = field(default_factory=FakeSponsorships)

    def __post_init__(self) -> None:
        self.program = Program(
            program_id=new_id(),
            sponsor_id=new_id(),
            partner_id=new_id(),
            title="在宅ワーク入門",
            about="?",
            eligibility=Eligibility(),
            help_hours=24,
            silence_days=14,
            wallet=self.terms,
            made_by=new_id(),
            made_at=JOINED,
        )
        self.participant: Participant | None = Participant(
            participant_id=new_id(),
            person_id=new_id(),
            program_id=self.program.program_id,
            cohort_id=new_id(),
            weekly_hours=10,
            outcomes_consent=True,
            joined_at=JOINED,
            last_sign_at=JOINED,
        )
        self.someone = self.participant
        # Work's ports, as far as they are used here.
        self.work = cast("Work", cast("Any", self))
        self.outbox = self.participants = self.programs = self.known_work = self

    def emit(self, event: Event, *, subject: UUID) -> None:
        del subject
        self.told.append(event)

    def lock_current(self, person_id: UUID) -> Participant | None:
        del person_id
        return self.participant

    def get(self, program_id: UUID) -> Program:
        del program_id
        return self.program

    def contracts_of(self, assistant_id: UUID) -> Sequence[KnownContract]:
        del assistant_id
        return self.contracts

    def agree(self, at: datetime = AGREED) -> UUID:
        contract_id = new_id()
        person_id = self.someone.person_id
        known = KnownContract(contract_id, person_id, new_id(), "A guide", agreed_at=at)
        self.contracts.append(known)
        return contract_id

    def join(self) -> None:
        sponsoring.on_joined(self.someone, self.program, self.work)

    def train(self) -> None:
        sponsoring.on_trained(self.someone, self.program, self.work)

    def accept(self, contract_id: UUID, at: datetime) -> None:
        accepted = MilestoneAccepted(**self._milestone(contract_id), by="client", accepted_at=at)
        sponsoring.on_accepted(accepted, self.work)

    def accept_part(self, contract_id: UUID, at: datetime) -> None:
        accepted = MilestonePartlyAccepted(
            **self._milestone(contract_id),
            acceptance_id=new_id(),
            price=yen(3_000),
            accepted_at=at,
        )
        sponsoring.on_accepted(accepted, self.work)

    def settle_hours(self, contract_id: UUID, at: datetime, worked: int = 8_000) -> None:
        of = self.someone.person_id
        told = settled(of, at, worked=worked, contract_id=contract_id)
        sponsoring.on_hours_settled(told, self.work)

    def release(self, contract_id: UUID, at: datetime, fee: int = 1_000) -> EscrowReleased:
        self.clock.time = at
        released = EscrowReleased(
            **self._milestone(contract_id),
            gross=yen(11_000),
            platform_fee=yen(fee),
            platform_fee_tax=yen(fee // 10),
            withholding=yen(0),
            net=yen(11_000 - fee - fee // 10),
            release_id=new_id(),
        )
        sponsoring.on_released(released, self.work)
        return released

    def reserve(self, each: Sponsorship) -> None:
        facts = self._facts(each)
        reserved = SponsorshipReserved(**facts, attempt=each.attempt, amount=each.amount)
        sponsoring.on_reserved(reserved, self.work)

    def refuse(self, each: Sponsorship, reason: str = "wallet_short") -> None:
        refused = SponsorshipRefused(**self._facts(each), attempt=each.attempt, reason=reason)
        sponsoring.on_refused(refused, self.work)

    def settle(self, each: Sponsorship) -> None:
        settled = SponsorshipSettled(**self._facts(each), settled_at=AGREED)
        sponsoring.on_settled(settled, self.work)

    def take_back(self, each: Sponsorship, total: int) -> None:
        told = SponsorshipTakenBack(**self._facts(each), taken_back=yen(total))
        sponsoring.on_taken_back(told, self.work)

    def fund(self) -> None:
        funded = WalletFunded(
            program_id=self.program.program_id,
            sponsor_id=self.program.sponsor_id,
            amount=yen(1),
            funded_at=AGREED,
        )
        sponsoring.on_funded(funded, self.work)

    @property
    def all(self) -> list[Sponsorship]:
        return list(self.sponsorships.kept.values())

    @property
    def only(self) -> Sponsorship:
        (one,) = self.all
        return one

    def names(self) -> list[str]:
        return [type(each).__name__ for each in self.told]

    def _milestone(self, contract_id: UUID) -> dict[str, Any]:
        return {
            "contract_id": contract_id,
            "milestone_id": new_id(),
            "title": "A guide",
            "client_id": new_id(),
            "assistant_id": self.someone.person_id,
        }

    def _facts(self, each: Sponsorship) -> dict[str, UUID]:
        return {"program_id": each.program_id, "sponsorship_id": each.sponsorship_id}


def test_tuition_is_set_aside_at_joining_and_due_when_somebody_is_trained() -> None:
    town = Town()
    town.join()
    town.join()
    assert (town.only.kind, town.only.amount) == (SponsorshipKind.TUITION, yen(30_000))
    town.reserve(town.only)
    assert town.only.status is SponsorshipStatus.RESERVED
    town.train()
    town.train()
    assert town.names() == ["SponsorshipAsked", "SponsorshipDue"]
    town.settle(town.only)
    assert (town.only.status, town.only.settled_at) == (SponsorshipStatus.SETTLED, AGREED)


def test_who_is_trained_before_the_answer_has_it_paid_when_it_comes() -> None:
    town = Town()
    town.join()
    town.train()
    assert town.only.status is SponsorshipStatus.ASKED
    town.reserve(town.only)
    assert isinstance(town.told[-1], SponsorshipDue)


def test_who_leaves_untrained_frees_the_tuition_and_nothing_else() -> None:
    town = Town()
    town.join()
    town.accept(town.agree(), AGREED)
    tuition, bonus = town.all
    town.reserve(tuition)
    sponsoring.on_left(town.someone, town.work)
    sponsoring.on_left(town.someone, town.work)
    assert [each for each in town.told if isinstance(each, SponsorshipDropped)] == [town.told[-1]]
    town.reserve(bonus)
    assert {each.status for each in town.all} == {
        SponsorshipStatus.DROPPED,
        SponsorshipStatus.DUE,
    }


def test_what_was_refused_is_asked_again_with_a_higher_attempt_when_money_comes() -> None:
    town = Town()
    town.join()
    first = town.only
    town.refuse(first)
    assert (town.only.status, town.only.refused) == (SponsorshipStatus.REFUSED, "wallet_short")
    town.fund()
    town.refuse(first)  # told again, late
    town.reserve(first)  # an answer on the first attempt says nothing about the second
    assert town.only.status is SponsorshipStatus.ASKED
    asked = [each for each in town.told if isinstance(each, SponsorshipAsked)]
    assert [each.attempt for each in asked] == [1, 2]
    town.reserve(town.only)
    assert (town.only.status, town.only.refused) == (SponsorshipStatus.RESERVED, None)


@pytest.mark.parametrize("news", ["funded", "returned", "raised"])
def test_a_refusal_that_is_heard_after_better_news_is_asked_again_at_once(news: str) -> None:
    town = Town()
    town.join()
    first, program_id = town.only, town.program.program_id
    if news == "funded":
        town.fund()
    elif news == "raised":
        sponsoring.on_raised(program_id, town.work)
    else:
        returned = SponsorshipReturned(program_id=program_id, sponsorship_id=new_id())
        sponsoring.on_returned(returned, town.work)
    town.refuse(first)
    assert (town.only.status, town.only.attempt) == (SponsorshipStatus.ASKED, 2)
    town.refuse(town.only)
    assert (town.only.status, town.only.attempt) == (SponsorshipStatus.REFUSED, 2)


def test_the_fee_with_its_tax_is_paid_once_for_each_release_of_the_first_months() -> None:
    town = Town()
    contract_id = town.agree()
    released = town.release(contract_id, AGREED)
    sponsoring.on_released(released, town.work)
    assert (town.only.amount, town.only.reference) == (yen(1_100), "2026-11")
    town.reserve(town.only)
    assert town.only.status is SponsorshipStatus.DUE
    town.release(contract_id, AGREED, fee=0)
    town.release(contract_id, datetime(2027, 2, 19, 14, 59, tzinfo=UTC))
    town.release(contract_id, datetime(2027, 2, 19, 15, tzinfo=UTC))  # 20 February in Japan
    assert [each.reference for each in town.all] == ["2026-11", "2027-02"]


@pytest.mark.parametrize("order", list(permutations(("reserve", "part", "rest", "settle"))))
def test_a_fee_that_was_given_back_isnt_paid_whatever_is_heard_first(
    order: tuple[str, ...],
) -> None:
    town = Town()
    released = town.release(town.agree(), AGREED)
    asked = town.only
    assert asked.release_id == released.release_id
    for news in order:
        if news == "reserve":
            town.reserve(asked)
        elif news == "settle":
            town.settle(asked)
        else:
            town.take_back(asked, 400 if news == "part" else 1_100)
    assert town.only.status is SponsorshipStatus.TAKEN_BACK
    assert town.only.taken_back == town.only.amount == yen(1_100)


def test_a_part_that_was_given_back_leaves_the_rest_paid_and_is_there_for_others() -> None:
    town = Town()
    town.join()
    town.release(town.agree(), AGREED)
    tuition, fees = town.all
    town.refuse(tuition)
    town.reserve(fees)
    town.settle(fees)
    for _ in range(2):
        town.take_back(fees, 300)
        town.take_back(fees, 100)
    tuition, fees = town.all
    assert (fees.status, fees.taken_back) == (SponsorshipStatus.SETTLED, yen(300))
    assert (tuition.status, tuition.attempt) == (SponsorshipStatus.ASKED, 2)
    town.refuse(tuition)
    town.take_back(fees, 300)  # told again: nothing is free that wasn't
    assert town.all[0].status is SponsorshipStatus.REFUSED


def test_what_was_refused_of_a_fee_and_given_back_in_part_is_asked_again_once() -> None:
    town = Town()
    town.release(town.agree(), AGREED)
    town.refuse(town.only)
    town.take_back(town.only, 300)
    assert (town.only.status, town.only.attempt) == (SponsorshipStatus.ASKED, 2)
    assert (town.only.amount, town.only.taken_back) == (yen(1_100), yen(300))


def test_a_bonus_is_paid_for_a_month_in_japan_once_in_the_first_months() -> None:
    town = Town()
    contract_id = town.agree()
    for at in (
        AGREED,
        AGREED + timedelta(days=1),
        datetime(2026, 12, 31, 14, 59, tzinfo=UTC),
        datetime(2026, 12, 31, 15, tzinfo=UTC),  # January in Japan
    ):
        town.accept(contract_id, at)
    assert [each.reference for each in town.all] == ["2026-11", "2026-12"]
    assert {each.amount for each in town.all} == {yen(5_000)}


@pytest.mark.parametrize("order", list(permutations(("accept", "accept_part", "settle_hours"))))
def test_whichever_work_comes_first_in_a_month_earns_its_bonus_once(order: tuple[str, ...]) -> None:
    town = Town()
    contract_id = town.agree()
    for number, what in enumerate(order):
        getattr(town, what)(contract_id, AGREED + timedelta(hours=number))
        assert [each.reference for each in town.all] == ["2026-11"]
    town.settle_hours(contract_id, datetime(2026, 11, 30, 15, tzinfo=UTC))  # December in Japan
    town.accept_part(contract_id, datetime(2026, 12, 1, tzinfo=UTC))
    town.accept_part(contract_id, datetime(2026, 12, 31, 15, tzinfo=UTC))  # the third month
    assert [each.reference for each in town.all] == ["2026-11", "2026-12"]
    assert {(each.kind, each.amount) for each in town.all} == {(SponsorshipKind.BONUS, yen(5_000))}


def test_a_period_without_hours_earns_no_bonus() -> None:
    town = Town()
    town.settle_hours(town.agree(), AGREED, worked=0)
    assert town.all == []


def test_contracts_from_before_the_program_are_none_of_its() -> None:
    town = Town()
    before = town.agree(JOINED - timedelta(days=1))
    town.release(before, AGREED)
    town.accept(before, AGREED)
    assert town.all == []


def test_work_that_is_heard_of_before_its_contract_waits_for_it() -> None:
    town = Town()
    with pytest.raises(Transient):
        town.release(new_id(), AGREED)
    for work in (town.accept, town.accept_part, town.settle_hours):
        with pytest.raises(Transient):
            work(new_id(), AGREED)


def test_nothing_is_asked_without_a_wallet_or_for_who_takes_no_part() -> None:
    town = Town(terms=None)
    town.join()
    town.train()
    town.release(town.agree(), AGREED)
    gone = Town()
    gone.participant = None
    gone.release(gone.agree(), AGREED)
    gone.accept(gone.agree(), AGREED)
    assert town.told == gone.told == []


def test_the_list_is_for_the_sponsors_members_who_see_money_and_names_nobody() -> None:
    town = Town()
    town.join()
    program = town.program

    def listed(by: Person) -> str:
        program_id = program.program_id
        found = sponsoring.list_sponsorships(program_id, by, town.work, after=None, limit=10)
        return str(found)

    seer = Person(new_id(), frozenset(), {program.sponsor_id: frozenset({Right.SEE_MONEY})})
    assert str(town.someone.person_id) not in listed(seer)
    with pytest.raises(NotAllowed):
        listed(Person(new_id(), frozenset(), {program.sponsor_id: frozenset({Right.POST})}))
    with pytest.raises(NotFound):
        listed(Person(new_id(), frozenset(), {program.partner_id: frozenset(Right)}))


@given(first=st.dates(date(2000, 1, 1), date(2090, 1, 1)), months=st.integers(1, 36))
def test_months_from_a_day_on_end_on_the_same_day_of_a_later_month(
    first: date, months: int
) -> None:
    day = timedelta(days=1)
    days = range(months * 31 + 2)
    inside = [each for each in days if within_months(first + each * day, first, months)]
    assert inside == list(range(len(inside)))
    end = first + len(inside) * day
    assert (end.year - first.year) * 12 + end.month - first.month == months
    assert end.day == first.day or (end.day < first.day and (end + day).day == 1)
    assert within_calendar_months(first, first, months)


def test_calendar_months_begin_with_that_of_the_first_contract() -> None:
    first = date(2026, 11, 30)
    within = [within_calendar_months(date(2026, month, 1), first, 2) for month in (10, 11, 12)]
    assert within == [False, True, True]
    assert not within_calendar_months(date(2027, 1, 1), first, 2)
