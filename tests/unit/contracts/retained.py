"""A retainer in memory: a client and an assistant, and one period after another."""

from datetime import date, datetime, timedelta

from services.contracts.domain.milestone import Milestone
from services.contracts.use_cases import clocks, money, retaining
from services.contracts.use_cases.agreeing import agree, remember_person
from services.contracts.use_cases.working import Place
from shared.calendar import end_of_day_in_japan
from shared.ids import new_id
from shared.messages.base import Event
from shared.messages.contracts import MilestoneStatus
from shared.messages.jobs import JobKind, Period, ProposalAccepted, RetainerTerms
from shared.messages.payments import FundingStarted, MilestoneFunded
from shared.messages.retainers import HoursView, LogHours
from shared.money import yen
from shared.people import Person
from tests.unit.contracts.agreed import proposal_accepted, registered
from tests.unit.contracts.fakes import Market

# A period of 20 hours from 10 April to 9 May, or a week of them to 16 April.
STARTS_ON = date(2026, 4, 10)
LAST_DAY = {Period.MONTH: date(2026, 5, 9), Period.WEEK: date(2026, 4, 16)}
HOURLY = yen(1_500)
HOURS = 20
PRICE = yen(30_000)


def noon(day: date) -> datetime:
    return end_of_day_in_japan(day) - timedelta(hours=12)


def retainer_accepted(
    client: Person, assistant: Person, period: Period, *, weekly_hours: int = 0
) -> ProposalAccepted:
    """Return the acceptance of a proposal for a retainer."""
    accepted = proposal_accepted(client, assistant)
    [first] = accepted.milestones
    news = {"title": "Write a guide 1", "price": PRICE, "due_on": LAST_DAY[period]}
    terms = RetainerTerms(
        period=period, hourly_price=HOURLY, hours_limit=HOURS, starts_on=STARTS_ON
    )
    return accepted.model_copy(
        update={
            "kind": JobKind.RETAINER,
            "milestones": (first.model_copy(update=news),),
            "retainer": terms,
            "weekly_hours": weekly_hours,
        }
    )


class Retained:
    """A client and an assistant with a retainer, in memory."""

    def __init__(self, period: Period = Period.MONTH, *, weekly_hours: int = 0) -> None:
        self.market = Market()
        self.client = Person(new_id(), frozenset({"client"}))
        self.assistant = Person(new_id(), frozenset({"assistant"}))
        for person, name in ((self.client, "Client"), (self.assistant, "Assistant")):
            remember_person(registered(person, name), self.market.work())
        self.accepted = retainer_accepted(
            self.client, self.assistant, period, weekly_hours=weekly_hours
        )
        agree(self.accepted, self.market.work())
        [self.contract] = self.market.contracts.values()
        self.contract_id = self.contract.contract_id

    @property
    def periods(self) -> list[Milestone]:
        return list(self.market.work().retainers.periods(self.contract_id))

    def statuses(self) -> list[MilestoneStatus]:
        return [each.status for each in self.periods]

    def place(self, number: int = 1) -> Place:
        return Place(self.contract_id, self.periods[number - 1].milestone_id)

    def fund(self, number: int = 1) -> None:
        period = self.periods[number - 1]
        facts = {
            "contract_id": period.contract_id,
            "milestone_id": period.milestone_id,
            "title": period.title,
            "client_id": period.client_id,
            "assistant_id": period.assistant_id,
        }
        work = self.market.work()
        money.note_funding_started(FundingStarted(**facts), work)
        money.note_funded(MilestoneFunded(**facts, amount=yen(33_000)), work)

    def log(self, day: date, hours: float, number: int = 1, note: str = "") -> HoursView:
        command = LogHours(day=day, minutes=int(hours * 60), note=note)
        return retaining.log_hours(self.place(number), command, self.assistant, self.market.work())

    def turn(self, moment: datetime) -> list[Event]:
        """Turn the clock to a moment; return what is told by it."""
        self.market.told()
        self.market.clock.time = moment
        clocks.fire_deadlines(self.market)
        return self.market.told()

    def turn_to_end(self, number: int = 1, *, hours: float = 0) -> list[Event]:
        """Turn the clock to the end of a period, or so many hours after it."""
        end = end_of_day_in_japan(self.periods[number - 1].due_on)
        return self.turn(end + timedelta(hours=hours))
