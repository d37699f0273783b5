"""What programs tells payments of a town's wallet; the client of the market is the town."""

from dataclasses import dataclass
from uuid import UUID

from services.payments.use_cases import sponsorships
from shared.ids import new_id
from shared.messages.program_money import (
    SponsorshipAsked,
    SponsorshipDropped,
    SponsorshipDue,
    SponsorshipKind,
)
from shared.messages.programs import WalletAgreed
from shared.money import yen
from tests.integration.payments.market import Market

TOTAL_CAP, PERSON_CAP = 500_000, 300_000


@dataclass(frozen=True)
class Town:
    """A wallet of the market's client, from which its assistant is paid."""

    market: Market
    program_id: UUID

    def asked(
        self, amount: int, kind: SponsorshipKind, release_id: UUID | None = None
    ) -> SponsorshipAsked:
        """Return that so much is to be set aside for the assistant."""
        return SponsorshipAsked(
            sponsorship_id=new_id(),
            program_id=self.program_id,
            person_id=self.market.assistant.person_id,
            kind=kind,
            amount=yen(amount),
            reference="2026-11",
            release_id=release_id,
        )

    def hear(self, asked: SponsorshipAsked) -> None:
        """Hear that it is to be set aside."""
        with self.market.begin() as work:
            sponsorships.reserve(asked, work)

    def ask(self, amount: int, kind: SponsorshipKind) -> UUID:
        """Hear that so much is to be set aside for the assistant; return its id."""
        asked = self.asked(amount, kind)
        self.hear(asked)
        return asked.sponsorship_id

    def settle(self, sponsorship_id: UUID) -> None:
        """Hear that it is due."""
        due = SponsorshipDue(program_id=self.program_id, sponsorship_id=sponsorship_id)
        with self.market.begin() as work:
            sponsorships.settle(due, work)

    def drop(self, sponsorship_id: UUID) -> None:
        """Hear that it isn't needed."""
        dropped = SponsorshipDropped(program_id=self.program_id, sponsorship_id=sponsorship_id)
        with self.market.begin() as work:
            sponsorships.drop(dropped, work)


def town_of(market: Market) -> Town:
    """Hear of a program that the client pays for."""
    agreed = WalletAgreed(
        program_id=new_id(),
        sponsor_id=market.client.person_id,
        partner_id=new_id(),
        title="在宅ワーク入門",
        total_cap=yen(TOTAL_CAP),
        person_cap=yen(PERSON_CAP),
        change=1,
    )
    with market.begin() as work:
        sponsorships.agree(agreed, work)
    return Town(market, agreed.program_id)
