"""The story from beginning to end: three contracts, two clocks, and the books at the end."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tools.story import acts
from tools.story.acts import REVIEW_DAYS, Agreed, Stage
from tools.story.member import Member
from tools.story.proofs import Proof, prove

# A price of 50,000 yen, brokered: the client keeps the withheld tax and funds the rest.
WORKED_EXAMPLE = {
    "funded": 49_895,
    "platform_fee": 11_000,
    "platform_fee_tax": 1_100,
    "net": 37_795,
}
FIRST_PRICE, SECOND_PRICE, THIRD_PRICE = 50_000, 60_000, 30_000


class StoryBrokenError(Exception):
    """Something came out otherwise than the story says."""


@dataclass
class Tale:
    """A story under way; `contracts` are the ones made so far."""

    stage: Stage
    contracts: list[Agreed] = field(default_factory=list)

    def tell(self) -> list[Proof]:
        """Play all acts; return what was proved at the end."""
        client, assistant = self.people()
        first, second = self.contract_of_two(client, assistant)
        self.paid_after_review(first, first.milestone_ids[0])
        self.paid_by_silence(first, second)
        self.ended_by_agreement(client, assistant)
        return self.books_at_the_end()

    def people(self) -> tuple[Member, Member]:
        """Act 1: a client and an assistant join, and the assistant becomes a payee."""
        self.stage.narrator.act("1  A client and an assistant join")
        client = acts.register(self.stage, self.stage.member("Hanako", "client"))
        assistant = acts.register(self.stage, self.stage.member("Misaki", "assistant"))
        acts.become_payee(self.stage, assistant)
        self.stage.told()
        return client, assistant

    def contract_of_two(self, client: Member, assistant: Member) -> tuple[Agreed, str]:
        """Act 2: a job, a proposal of two milestones, a contract with terms."""
        self.stage.narrator.act("2  A job is posted, proposed for, and agreed")
        agreed = acts.agree(
            self.stage, client, assistant, "在宅ワーク講座の案内文", (FIRST_PRICE, SECOND_PRICE)
        )
        self.contracts.append(agreed)
        self.stage.told()
        return agreed, agreed.milestone_ids[1]

    def paid_after_review(self, agreed: Agreed, milestone_id: str) -> None:
        """Acts 3 to 5: funded, delivered, changed, accepted, released, paid."""
        stage = self.stage
        stage.narrator.act("3  The client puts the money for milestone 1 in escrow")
        acts.fund(stage, agreed, milestone_id)
        acts.wait_for_mail(stage, agreed.assistant, "を始められます")
        stage.told()
        stage.narrator.act("4  Delivered, changed, delivered again, accepted")
        acts.deliver(stage, agreed, milestone_id)
        acts.request_changes(stage, agreed, milestone_id)
        acts.deliver(stage, agreed, milestone_id, version=2)
        acts.accept(stage, agreed, milestone_id)
        money = acts.wait_for_release(stage, agreed, milestone_id)
        for part, expected in WORKED_EXAMPLE.items():
            expect(part, money[part]["amount"], expected)
        stage.told()
        stage.narrator.act("5  The net is transferred and paid out")
        payout = acts.ask_for_payout(stage, agreed.assistant)
        expect("payout", payout["gross"]["amount"], WORKED_EXAMPLE["net"])
        acts.wait_for_mail(stage, agreed.assistant, "が振り込まれました")
        stage.told()

    def paid_by_silence(self, agreed: Agreed, milestone_id: str) -> None:
        """Act 6: delivered, nobody reviews, the clock decides."""
        stage = self.stage
        stage.narrator.act("6  Milestone 2: delivered, and nobody reviews")
        acts.fund(stage, agreed, milestone_id)
        acts.deliver(stage, agreed, milestone_id)
        stage.turn_clock(timedelta(days=REVIEW_DAYS, minutes=1))
        stage.narrator.says("clock", f"{REVIEW_DAYS} days go by in silence")
        acts.wait_for_release(stage, agreed, milestone_id)
        acts.wait_for_payday(stage, agreed.assistant)
        stage.told()

    def ended_by_agreement(self, client: Member, assistant: Member) -> None:
        """Act 7: another contract is funded and ended; the client gets everything back."""
        stage = self.stage
        stage.narrator.act("7  Another contract is funded, and ended by agreement")
        agreed = acts.agree(stage, client, assistant, "ちらしの文章", (THIRD_PRICE,))
        self.contracts.append(agreed)
        [milestone_id] = agreed.milestone_ids
        funded = acts.fund(stage, agreed, milestone_id)
        money: dict[str, Any] = acts.end_by_agreement(stage, agreed, milestone_id)
        expect("escrow after the refund", money["in_escrow"]["amount"], 0)
        stage.narrator.says("payments", f"{funded['funded']['amount']:,} yen refunded in full")
        acts.wait_for_mail(stage, client, "返金が済みました")
        stage.told()

    def books_at_the_end(self) -> list[Proof]:
        """Return the final proofs."""
        self.stage.narrator.act("The books at the end")
        return prove(self.stage.operator, self.stage.pages, self.contracts)


def expect(what: str, actual: object, expected: object) -> None:
    """Go on only if a figure is the one that the story tells; raise StoryBrokenError otherwise."""
    if actual != expected:
        raise StoryBrokenError(f"{what}: expected {expected}, found {actual}")
