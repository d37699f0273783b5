"""What happened in a contract, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.web.i18n import N_, _
from shared.messages.contracts import ContractView

WORDS: Mapping[str, str] = {
    "agreed": N_("The terms were agreed"),
    "funding_started": N_("The client went to pay"),
    "funding_abandoned": N_("The payment didn't come about"),
    "funding_short": N_("Less came in than was asked for"),
    "funded": N_("The money is held"),
    "bonus_added": N_("A bonus was added"),
    "file_added": N_("A file was added"),
    "delivered": N_("Work was delivered"),
    "changes_requested": N_("Changes were asked for"),
    "overdue": N_("The due date has passed"),
    "partly_accepted": N_("A part was accepted"),
    "accepted": N_("The work was accepted"),
    "partly_released": N_("A part was released"),
    "released": N_("The pay was released"),
    "paid_out": N_("The pay was sent to the bank"),
    "payout_returned": N_("The bank sent the pay back"),
    "ending_asked": N_("An end was proposed"),
    "ended": N_("It was ended"),
    "refunded": N_("The money went back to the client"),
    "refund_made": N_("A part went back to the client"),
    "rest_returned": N_("The rest went back to the client"),
    "dispute_opened": N_("A dispute was opened"),
    "dispute_answered": N_("The dispute was answered"),
    "settlement_proposed": N_("A settlement was proposed"),
    "dispute_resolved": N_("The dispute was decided"),
    "chargeback_opened": N_("The client's bank asks for the payment back"),
    "chargeback_won": N_("The bank left the payment where it is"),
    "chargeback_lost": N_("The bank took the payment back"),
    "charged_back": N_("The bank took the money that was held"),
    "statement_made": N_("A statement was made"),
    "delivery_commented": N_("A delivery was commented on"),
    "hold_near": N_("The time for which money may be held is nearly over"),
    "completed": N_("Everything is done"),
    "ratings_revealed": N_("The ratings can be read"),
    "settled": N_("The hours were settled"),
    "hand_over_proposed": N_("A hand-over was proposed"),
    "hand_over_consented": N_("Somebody agreed to the hand-over"),
    "hand_over_refused": N_("The hand-over was declined"),
    "handed_over": N_("The work was handed over"),
    "dates_moved": N_("Dates were moved"),
    "period_added": N_("The next period was added"),
    "work_stopped": N_("The work stops until the period is paid in"),
    "lapsed": N_("A period went by without being paid in"),
    "notice_given": N_("Notice was given"),
    "resumed": N_("It goes on again"),
    "replaced": N_("Another milestone took its place"),
    "milestone_added": N_("A milestone was added"),
    "amendment_offered": N_("Other terms were offered"),
    "amendment_declined": N_("The other terms were declined"),
    "amendment_withdrawn": N_("The offer of other terms was withdrawn"),
    "terms_amended": N_("The terms were changed"),
}
GOOD = frozenset({"agreed", "funded", "accepted", "released", "paid_out", "completed", "settled"})
BAD = frozenset(
    {
        *("overdue", "dispute_opened", "chargeback_opened", "chargeback_lost", "charged_back"),
        *("payout_returned", "work_stopped", "funding_short"),
    }
)


@dataclass(frozen=True)
class Happening:
    """Something that happened: `who` is empty for a clock."""

    at: datetime
    title: str
    milestone: str
    who: str
    tone: str


def history_of(contract: ContractView, milestone_id: UUID | None = None) -> list[Happening]:
    """Return what happened, newest first; of one milestone, or of all."""
    titles = {each.milestone_id: each.title for each in contract.milestones}
    found = [
        Happening(
            each.at,
            _(WORDS[each.what]) if each.what in WORDS else each.what,
            titles.get(each.milestone_id, "") if each.milestone_id else "",
            _who(contract, each.by),
            "good" if each.what in GOOD else "bad" if each.what in BAD else "",
        )
        for each in contract.timeline
        if milestone_id is None or each.milestone_id == milestone_id
    ]
    return found[::-1]


def _who(contract: ContractView, person_id: UUID | None) -> str:
    """Return the party's name: who acted for a company is its own affair."""
    if person_id is None:
        return ""
    if person_id == contract.assistant_id:
        return contract.terms.assistant_name
    return contract.terms.client_name
