"""What the parties did, kept as contracts tells it: the evidence, should a bank ask for it."""

from collections.abc import Sequence

from services.payments.domain.evidence import ContractFact
from services.payments.ports import Work
from shared.messages.contracts import (
    ChangesRequested,
    ContractAgreed,
    MilestoneAccepted,
    MilestoneDelivered,
    MilestonePartlyAccepted,
)
from shared.messages.handovers import MilestoneHandedOver

_HOW = {
    "client": "accepted by the client",
    "silence": "accepted, as agreed, because the client did not answer in time",
}


def note_agreed(agreed: ContractAgreed, work: Work) -> None:
    """Keep what was agreed."""
    milestones = "\n".join(
        f"- {each.title}: {each.description} Price without tax {each.price}, due {each.due_on}."
        for each in agreed.milestones
    )
    details = (
        f"Contract {agreed.contract_id}: {agreed.title}\n{milestones}\n"
        f"SHA-256 of the terms that both agreed to: {agreed.terms_sha256}"
    )
    fact = ContractFact(agreed.contract_id, None, "agreed", agreed.agreed_at, details)
    work.chargebacks.note([fact])


def note_delivered(delivered: MilestoneDelivered, work: Work) -> None:
    """Keep what was delivered."""
    details = "\n".join((delivered.title, delivered.text, *delivered.files))
    at = delivered.delivered_at or work.clock.now()
    fact = ContractFact(delivered.contract_id, delivered.milestone_id, "delivered", at, details)
    work.chargebacks.note([fact])


def note_changes(requested: ChangesRequested, work: Work) -> None:
    """Keep what the client wanted changed: they had the work in hand."""
    fact = ContractFact(
        requested.contract_id,
        requested.milestone_id,
        "changes requested by the client",
        requested.requested_at or work.clock.now(),
        requested.comment,
    )
    work.chargebacks.note([fact])


def note_accepted(accepted: Sequence[MilestoneAccepted], work: Work) -> None:
    """Keep that work was accepted."""
    work.chargebacks.note(
        [
            ContractFact(
                each.contract_id, each.milestone_id, _HOW[each.by], each.accepted_at, each.title
            )
            for each in accepted
        ]
    )


def note_partly_accepted(accepted: MilestonePartlyAccepted, work: Work) -> None:
    """Keep that a part of the work was accepted."""
    fact = ContractFact(
        accepted.contract_id,
        accepted.milestone_id,
        "accepted in part by the client",
        accepted.accepted_at,
        f"{accepted.title}: {accepted.price} of the price",
    )
    work.chargebacks.note([fact])


def note_handed_over(handed: MilestoneHandedOver, work: Work) -> None:
    """Keep that another assistant goes on with the work, in both contracts."""
    old, new = handed.milestone_id, handed.to_milestone
    work.chargebacks.note(
        [
            ContractFact(
                handed.contract_id,
                old,
                "handed over to another assistant, with the client's consent",
                handed.handed_over_at,
                f"{handed.title}: {handed.to_assistant} of the price was for the work so far",
            ),
            ContractFact(
                handed.to_contract_id,
                new.milestone_id,
                "taken over, with the client's consent",
                handed.handed_over_at,
                f"{new.title}: {new.description} Price without tax {new.price}, due {new.due_on}.",
            ),
        ]
    )
