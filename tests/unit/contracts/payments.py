"""What payments does, as far as contracts can see: one escrow, in a few lines."""

from collections.abc import Callable
from dataclasses import dataclass, field

from services.contracts.ports import Work
from services.contracts.use_cases import money
from shared.ids import new_id
from shared.messages.base import Event
from shared.messages.contracts import (
    DisputeResolved,
    MilestoneAccepted,
    MilestoneEnded,
    MilestonePartlyAccepted,
)
from shared.messages.payments import (
    ChargebackClosed,
    ChargebackOpened,
    EscrowReleased,
    FundingAbandoned,
    FundingShort,
    FundingStarted,
    MilestoneChargedBack,
    MilestoneFunded,
    MilestoneRefunded,
    PayoutPaid,
    RefundMade,
)
from shared.money import yen
from tests.unit.contracts.agreed import Agreed, payout_of

HANDLERS: dict[type[Event], Callable[..., None]] = {
    FundingStarted: money.note_funding_started,
    FundingAbandoned: money.note_funding_abandoned,
    FundingShort: money.note_funding_short,
    MilestoneFunded: money.note_funded,
    EscrowReleased: money.note_released,
    MilestoneRefunded: money.note_refunded,
    RefundMade: money.note_refund_made,
    ChargebackOpened: money.note_chargeback_opened,
    ChargebackClosed: money.note_chargeback_closed,
    MilestoneChargedBack: money.note_charged_back,
    PayoutPaid: money.note_payout_paid,
}


def handle(event: Event, work: Work) -> None:
    """Have contracts hear an event of payments."""
    HANDLERS[type(event)](event, work)


@dataclass
class Payments:
    """An escrow that follows what contracts tells. `left` is what of the price is still in it.

    Amounts that cross on their way (contracts divides what payments has just given back) are cut
    down to what is there.
    """

    agreed: Agreed
    attempts: int = 0
    paying: bool = False
    captured: bool = False
    closed: bool = False
    charged_back: bool = False
    left: int = 0
    released: int = 0
    given_back: int = 0
    said: list[Event] = field(default_factory=list)
    heard: int = 0

    def start(self) -> None:
        self.attempts += 1
        self.paying = True
        self.say(FundingStarted, attempt=self.attempts)

    def fall_short(self) -> None:
        self.say(FundingShort, attempt=self.attempts, received=yen(1), missing=yen(54_999))

    def abandon(self) -> None:
        self.paying = False
        self.say(FundingAbandoned, attempt=self.attempts)

    def capture(self) -> None:
        self.paying, self.captured = False, True
        self.left = self.agreed.milestone.price.amount
        self.say(MilestoneFunded, amount=yen(55_000))
        if self.closed:
            self.refund(self.left)

    def release(self, price: int) -> None:
        price = min(price, self.left)
        if not price:
            return
        self.left -= price
        self.released += price
        amounts = ("gross", "platform_fee", "platform_fee_tax", "withholding", "net")
        self.say(
            EscrowReleased,
            **dict.fromkeys(amounts, yen(price)),
            left=yen(self.left),
            release_id=new_id(),
        )
        self.said.append(payout_of(self.agreed))

    def refund(self, price: int) -> None:
        """Give back what is left, as the milestone is over."""
        price = min(price, self.left)
        if not price:
            return
        self.left -= price
        self.say(MilestoneRefunded, amount=yen(price))

    def give_back(self, price: int) -> None:
        """Give the client a part back, as the parties agreed.

        All of it, while nothing was released, is told as it is when a milestone has ended.
        """
        price = min(price, self.left)
        if price == self.left and not self.released:
            self.refund(price)
            return
        self.left -= price
        self.given_back += price
        parts = {"price": yen(price), "amount": yen(price), "reason": "agreed"}
        rest = {"from_assistant": yen(0), "owed": yen(0), "after_release": False}
        self.say(RefundMade, refund_id=new_id(), **parts, **rest, left=yen(self.left))

    def lose(self) -> None:
        """Lose what is in escrow by a chargeback."""
        chargeback = {"chargeback_id": new_id()}
        self.say(ChargebackOpened, **chargeback, amount=yen(self.left), answer_until=None)
        self.say(ChargebackClosed, **chargeback, won=False)
        self.say(MilestoneChargedBack, **chargeback, amount=yen(self.left))
        self.left, self.charged_back = 0, True

    def listen(self) -> None:
        """Hear everything that contracts has said by now."""
        told = self.agreed.market.outbox.events
        for event in told[self.heard :]:
            self._hear(event)
        self.heard = len(told)

    def _hear(self, event: Event) -> None:
        match event:
            case MilestonePartlyAccepted():
                assert self.captured, "accepted without money"
                self.release(event.price.amount)
            case MilestoneAccepted():
                assert self.captured, "accepted without money"
                self.release(self.left)
            case DisputeResolved():
                assert self.captured, "divided without money"
                self.release(event.to_assistant.amount)
                self.refund(self.left)
            case MilestoneEnded():
                self.closed, self.paying = True, False
                self.refund(self.left)
            case _:
                pass

    def say(self, kind: type[Event], **more: object) -> None:
        self.said.append(self.agreed.heard(kind, **more))
