"""A milestone's life, as one table. What people do and what payments tells both go by it."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Self
from uuid import UUID

from services.contracts.domain.parties import Parties
from shared.errors import Invalid, Rejected, Transient
from shared.messages.contracts import MilestoneKind, MilestoneStatus
from shared.money import Money, yen


class Step(StrEnum):
    """What may happen to a milestone."""

    START_FUNDING = "start_funding"
    ABANDON_FUNDING = "abandon_funding"
    FUND = "fund"
    DELIVER = "deliver"
    REQUEST_CHANGES = "request_changes"
    ACCEPT_PART = "accept_part"
    ACCEPT = "accept"
    GIVE = "give"
    RELEASE = "release"
    ASK_TO_END = "ask_to_end"
    END = "end"
    REFUND = "refund"
    DISPUTE = "dispute"
    ANSWER = "answer"
    PROPOSE = "propose"
    RESOLVE = "resolve"
    RETURN_REST = "return_rest"
    CHARGE_BACK = "charge_back"
    SETTLE = "settle"
    HAND_OVER = "hand_over"
    REPLACE = "replace"
    LAPSE = "lapse"


NOTHING = yen(0)

_S, _T = MilestoneStatus, Step

# fmt: off
MOVES: dict[tuple[MilestoneStatus, Step], MilestoneStatus] = {
    (_S.AGREED,            _T.START_FUNDING):   _S.FUNDING,
    (_S.FUNDING,           _T.ABANDON_FUNDING): _S.AGREED,
    (_S.AGREED,            _T.FUND):            _S.FUNDED,
    (_S.FUNDING,           _T.FUND):            _S.FUNDED,
    (_S.FUNDED,            _T.DELIVER):         _S.DELIVERED,
    (_S.DELIVERED,         _T.REQUEST_CHANGES): _S.CHANGES_REQUESTED,
    (_S.DELIVERED,         _T.ACCEPT_PART):     _S.CHANGES_REQUESTED,
    (_S.CHANGES_REQUESTED, _T.DELIVER):         _S.DELIVERED,
    (_S.DELIVERED,         _T.ACCEPT):          _S.ACCEPTED,
    # A bonus is the assistant's as soon as it is funded: nothing is delivered for it.
    (_S.FUNDED,            _T.GIVE):            _S.ACCEPTED,
    (_S.ACCEPTED,          _T.RELEASE):         _S.RELEASED,
    (_S.AGREED,            _T.ASK_TO_END):      _S.ENDING,
    (_S.FUNDED,            _T.ASK_TO_END):      _S.ENDING,
    (_S.CHANGES_REQUESTED, _T.ASK_TO_END):      _S.ENDING,
    (_S.ENDING,            _T.END):             _S.ENDED,
    (_S.ENDED,             _T.REFUND):          _S.REFUNDED,
    (_S.DELIVERED,         _T.DISPUTE):         _S.DISPUTED,
    (_S.CHANGES_REQUESTED, _T.DISPUTE):         _S.DISPUTED,
    (_S.ENDING,            _T.DISPUTE):         _S.DISPUTED,
    (_S.DISPUTED,          _T.ANSWER):          _S.DISPUTED,
    (_S.DISPUTED,          _T.PROPOSE):         _S.DISPUTED,
    (_S.DISPUTED,          _T.RESOLVE):         _S.RESOLVED,
    # Another price was agreed before it was paid for: another milestone takes its place.
    (_S.AGREED,            _T.REPLACE):         _S.ENDED,
    # A period of a retainer is over, or is not to be, and wasn't paid for.
    (_S.AGREED,            _T.LAPSE):           _S.ENDED,
    (_S.FUNDING,           _T.LAPSE):           _S.ENDED,
    # A period's hours are accepted: what was not worked goes back.
    (_S.DELIVERED,         _T.SETTLE):          _S.SETTLED,
    # The rest goes on under another contract, with another assistant.
    (_S.FUNDED,            _T.HAND_OVER):       _S.HANDED_OVER,
    (_S.CHANGES_REQUESTED, _T.HAND_OVER):       _S.HANDED_OVER,
    # Payments gave the client everything back, by agreement: so it is refunded at any moment.
    (_S.FUNDED,            _T.REFUND):          _S.REFUNDED,
    (_S.DELIVERED,         _T.REFUND):          _S.REFUNDED,
    (_S.CHANGES_REQUESTED, _T.REFUND):          _S.REFUNDED,
    (_S.ACCEPTED,          _T.REFUND):          _S.REFUNDED,
    (_S.ENDING,            _T.REFUND):          _S.REFUNDED,
    (_S.DISPUTED,          _T.REFUND):          _S.REFUNDED,
    # Or all that was left, after parts were accepted or given back: nothing is to be decided.
    (_S.FUNDED,            _T.RETURN_REST):     _S.RESOLVED,
    (_S.DELIVERED,         _T.RETURN_REST):     _S.RESOLVED,
    (_S.CHANGES_REQUESTED, _T.RETURN_REST):     _S.RESOLVED,
    (_S.ACCEPTED,          _T.RETURN_REST):     _S.RESOLVED,
    (_S.ENDING,            _T.RETURN_REST):     _S.RESOLVED,
    (_S.DISPUTED,          _T.RETURN_REST):     _S.RESOLVED,
    (_S.ENDED,             _T.RETURN_REST):     _S.REFUNDED,
    # A chargeback ends whatever has money in escrow.
    (_S.FUNDED,            _T.CHARGE_BACK):     _S.CHARGED_BACK,
    (_S.DELIVERED,         _T.CHARGE_BACK):     _S.CHARGED_BACK,
    (_S.CHANGES_REQUESTED, _T.CHARGE_BACK):     _S.CHARGED_BACK,
    (_S.ACCEPTED,          _T.CHARGE_BACK):     _S.CHARGED_BACK,
    (_S.ENDING,            _T.CHARGE_BACK):     _S.CHARGED_BACK,
    (_S.ENDED,             _T.CHARGE_BACK):     _S.CHARGED_BACK,
    (_S.DISPUTED,          _T.CHARGE_BACK):     _S.CHARGED_BACK,
    # What payments still does with money after the milestone's end changes nothing here.
    (_S.RELEASED,          _T.CHARGE_BACK):     _S.RELEASED,
    (_S.REFUNDED,          _T.CHARGE_BACK):     _S.REFUNDED,
    (_S.RESOLVED,          _T.RELEASE):         _S.RESOLVED,
    (_S.RESOLVED,          _T.REFUND):          _S.RESOLVED,
    (_S.RESOLVED,          _T.CHARGE_BACK):     _S.RESOLVED,
    (_S.CHARGED_BACK,      _T.RELEASE):         _S.CHARGED_BACK,
    (_S.CHARGED_BACK,      _T.REFUND):          _S.CHARGED_BACK,
    (_S.SETTLED,           _T.RELEASE):         _S.SETTLED,
    (_S.SETTLED,           _T.REFUND):          _S.SETTLED,
    (_S.SETTLED,           _T.CHARGE_BACK):     _S.SETTLED,
    (_S.HANDED_OVER,       _T.RELEASE):         _S.HANDED_OVER,
    (_S.HANDED_OVER,       _T.REFUND):          _S.HANDED_OVER,
    (_S.HANDED_OVER,       _T.CHARGE_BACK):     _S.HANDED_OVER,
}
# fmt: on


# Nothing is to be done any more; what payments still does with the money comes by itself.
OVER = frozenset(
    {
        _S.ACCEPTED,
        _S.RELEASED,
        _S.ENDED,
        _S.REFUNDED,
        _S.RESOLVED,
        _S.CHARGED_BACK,
        _S.SETTLED,
        _S.HANDED_OVER,
    }
)
# Its money waits at the processor for what the parties do.
HELD = frozenset({_S.FUNDED, _S.DELIVERED, _S.CHANGES_REQUESTED, _S.ENDING, _S.DISPUTED})


class Progress(StrEnum):
    """How a step stands to a status: all of it follows from MOVES."""

    NOW = "now"
    PAST = "past"
    EARLY = "early"
    NEVER = "never"


@cache
def reachable(status: MilestoneStatus) -> frozenset[MilestoneStatus]:
    """Return every status that can come after this one, and itself."""
    found = {status}
    while more := {to for (at, _), to in MOVES.items() if at in found} - found:
        found |= more
    return frozenset(found)


@cache
def progress(status: MilestoneStatus, step: Step) -> Progress:
    """Tell whether a step is possible now, lies behind, may become possible, or never will.

    A step lies behind when this status can be come to through it: a milestone that is being ended
    has its funding behind it, whether or not it was ever funded. So money that arrives late, while
    the parties are ending, doesn't bring the milestone back; payments returns it.
    """
    if (status, step) in MOVES:
        return Progress.NOW
    moves = [(at, to) for (at, each), to in MOVES.items() if each is step]
    if any(status in reachable(to) for _, to in moves):
        return Progress.PAST
    if any(at in reachable(status) for at, _ in moves):
        return Progress.EARLY
    return Progress.NEVER


@dataclass(frozen=True)
class Milestone(Parties):
    """A part of a contract that is done, reviewed and paid by itself."""

    milestone_id: UUID
    contract_id: UUID
    client_id: UUID
    assistant_id: UUID
    title: str
    description: str
    price: Money
    due_on: date
    review_days: int
    status: MilestoneStatus = MilestoneStatus.AGREED
    overdue: bool = False
    funding_attempt: int = 0
    ending_asked_by: UUID | None = None
    ending_reason: str | None = None
    kind: MilestoneKind = MilestoneKind.WORK
    funded: bool = False
    """Whether payments has told of money in escrow, be it that it came while the parties end."""
    accepted_price: Money = NOTHING
    """What was accepted in parts."""
    refunded_price: Money = NOTHING
    """What the client got back of the price while it was in escrow."""
    criteria: tuple[str, ...] = ()
    """By which a delivery is accepted, as agreed."""
    revisions: int = 0
    """Changes that were asked for so far."""
    max_revisions: int | None = None
    """Changes that may be asked for; None without a cap."""
    funded_at: datetime | None = None
    """When payments told of the money: the processor holds it for so long from then on."""
    late: bool = False
    """Whether it was delivered after its due date."""
    starts_on: date | None = None
    """The first day of a period, whose last one is `due_on`."""
    protected: bool = False
    """Whether its contract is protected."""

    @property
    def left(self) -> Money:
        """What of the price is neither accepted in parts nor given back.

        Zero also when parts were accepted while payments gave more back than is left of the price.
        """
        gone = self.accepted_price.amount + self.refunded_price.amount
        return Money(amount=max(0, self.price.amount - gone), currency=self.price.currency)

    def moved(self, step: Step) -> Self:
        """Return the milestone after what a person or a clock did; raise Rejected."""
        status = MOVES.get((self.status, step))
        if status is None:
            raise self._refusal(step)
        return replace(self, status=status)

    def heard(self, step: Step) -> Self:
        """Return the milestone after what another service told, in whatever order it arrives.

        Unchanged when the step lies behind. Raises Transient when it is not possible yet, Rejected
        when it never will be.
        """
        match progress(self.status, step):
            case Progress.NOW:
                return self.moved(step)
            case Progress.PAST:
                return self
            case Progress.EARLY:
                raise self._early(step)
            case Progress.NEVER:
                raise self._refusal(step)

    def funding_started(self, attempt: int) -> Self:
        """Return the milestone after the client went to pay for the n-th time.

        Attempts are numbered because agreed and funding form a circle: without the number, an old
        message that arrives late can't be told from a new one.
        """
        if attempt <= self.funding_attempt:
            return self
        return replace(self.heard(Step.START_FUNDING), funding_attempt=attempt)

    def funding_abandoned(self, attempt: int) -> Self:
        """Return the milestone after the n-th attempt came to nothing."""
        if attempt < self.funding_attempt:
            return self
        if attempt > self.funding_attempt:
            raise self._early(Step.ABANDON_FUNDING)
        return self.heard(Step.ABANDON_FUNDING)

    def asked_to_end(self, by: UUID, reason: str) -> Self:
        """Return the milestone after one party asked to end it."""
        return replace(self.moved(Step.ASK_TO_END), ending_asked_by=by, ending_reason=reason)

    def accepted_in_part(self, price: Money, criterion: int | None = None) -> Self:
        """Return the milestone after the client accepted a part; raise Rejected for too large.

        Where it is protected, Invalid without naming what isn't met (`criterion_required`).
        """
        after = self.moved(Step.ACCEPT_PART)
        self._check_named(criterion, needed=self.protected)
        if not price < self.left:
            raise Rejected(
                "part_not_less_than_rest",
                "Accept the whole, or a part that is less than what is left of the price.",
                milestone_id=self.milestone_id,
                left=self.left,
            )
        return replace(after, accepted_price=self.accepted_price + price)

    def delivered(self, today: date) -> Self:
        """Return the milestone after the assistant handed in the work on this day in Japan."""
        late = self.kind is not MilestoneKind.PERIOD and today > self.due_on
        return replace(self.moved(Step.DELIVER), late=self.late or late)

    def changes_requested(self, criterion: int | None) -> Self:
        """Return the milestone after the client asked for changes.

        Raises Rejected (`revisions_used_up`), or Invalid without naming one of its criteria.
        """
        after = self.moved(Step.REQUEST_CHANGES)
        if self.revisions_left == 0:
            raise Rejected(
                "revisions_used_up",
                "Changes were asked for as often as agreed. Accept it, or a part of it, or open a"
                " dispute.",
                milestone_id=self.milestone_id,
                max_revisions=self.max_revisions,
            )
        self._check_named(criterion, needed=True)
        return replace(after, revisions=self.revisions + 1)

    def _check_named(self, criterion: int | None, *, needed: bool) -> None:
        if needed and self.criteria and criterion is None:
            raise Invalid(
                "criterion_required",
                "Name which of the agreed criteria isn't met.",
                criteria=self.criteria,
            )
        if criterion is not None and criterion > len(self.criteria):
            raise Invalid(
                "criterion_unknown", "The terms have no such criterion.", criteria=self.criteria
            )

    def criterion_text(self, criterion: int | None) -> str | None:
        """Return what the terms say under this number, the first being 1."""
        return self.criteria[criterion - 1] if criterion else None

    @property
    def revisions_left(self) -> int | None:
        """How often changes may still be asked for; None without a cap."""
        return None if self.max_revisions is None else max(0, self.max_revisions - self.revisions)

    def heard_funded(self, now: datetime, price: Money | None = None) -> Self:
        """Return the milestone after its money came; late money is noted, and nothing else.

        `price` is what of the price it stands for, if not for all of it: the rest went back before.
        """
        after = replace(self.heard(Step.FUND), funded=True, funded_at=self.funded_at or now)
        if self.funded or price is None:
            return after
        return replace(after, refunded_price=self.price - price)

    def heard_given_back(self, price: Money) -> Self:
        """Return the milestone after the client got a part of what was in escrow back.

        When nothing is left by it, nothing is left to decide. Raises Transient before the money.
        """
        if not self.funded:
            raise self._early(Step.RETURN_REST)
        after = replace(self, refunded_price=self.refunded_price + price)
        if after.left or (self.status, Step.RETURN_REST) not in MOVES:
            return after
        return after.moved(Step.RETURN_REST)

    def disputed(self, criterion: int | None = None, *, by_client: bool = False) -> Self:
        """Return the milestone after a party opened a dispute; raise Rejected without money.

        Where it is protected, its client says which criterion isn't met (`criterion_required`).
        """
        after = self.moved(Step.DISPUTE)
        self._check_named(criterion, needed=self.protected and by_client)
        if not self.funded:
            raise Rejected(
                "nothing_to_dispute",
                "The milestone was never funded: there is no money to divide.",
                milestone_id=self.milestone_id,
            )
        return after

    def _refusal(self, step: Step) -> Rejected:
        return Rejected(
            "milestone_step_not_allowed",
            f"The milestone is {self.status}. Read it again to see what can be done with it.",
            milestone_id=self.milestone_id,
            status=self.status,
            step=step,
        )

    def _early(self, step: Step) -> Transient:
        return Transient(
            "milestone_not_there_yet",
            "What comes before this has not arrived yet.",
            milestone_id=self.milestone_id,
            status=self.status,
            step=step,
        )
