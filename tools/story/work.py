"""The stories of work, one after another: each has people of its own."""

from dataclasses import dataclass, field
from typing import Protocol

from tools.story.acts import Agreed, Stage
from tools.story.proofs import Proof
from tools.story.work_care import CareTale
from tools.story.work_company import CompanyTale
from tools.story.work_dispute import DisputeTale
from tools.story.work_hand_over import HandOverTale
from tools.story.work_retainer import RetainerTale


class Story(Protocol):
    """Something that is told on a stage, and proves what it tells."""

    def tell(self) -> list[Proof]:
        """Play all acts; return what was proved at the end."""
        ...


# The retainer last: it turns the clock on by months.
TALES = {
    "A company posts, pays and reviews by different people": CompanyTale,
    "Changes as often as agreed, then a dispute with a split": DisputeTale,
    "A milestone is handed over to somebody else": HandOverTale,
    "Dates move, and nobody is told why": CareTale,
    "A retainer over three months": RetainerTale,
}


@dataclass
class WorkTale:
    """All of them; `contracts` are those of all tales so far."""

    stage: Stage
    contracts: list[Agreed] = field(default_factory=list)

    def tell(self) -> list[Proof]:
        """Tell one tale after another; return what they proved.

        What several proved is there once, as the last of them found it; what failed stays.
        """
        proofs: list[Proof] = []
        for title, make_tale in TALES.items():
            self.stage.narrator.act(title)
            tale = make_tale(self.stage)
            proofs += tale.tell()
            self.contracts += tale.contracts
        last = {proof.claim: proof for proof in proofs}
        return [each for each in proofs if each is last[each.claim] or not each.holds]
