"""The published language of contracts, on hand-overs: a substitute takes a milestone over.

Client, assistant and substitute all consent. The work so far is paid for, and the rest of the
escrow goes with the milestone into a contract between the client and the substitute.
"""

from datetime import datetime
from uuid import UUID

from shared.messages.contracts import AgreedMilestone, MilestoneFact
from shared.money import Money


class MilestoneHandedOver(MilestoneFact, service="contracts"):
    """All three agree. `to_assistant` of the price is released for the work so far.

    The rest is the price of `to_milestone`, in the contract `to_contract_id` of the substitute: its
    money moves there to the yen. The contract itself is told of by ContractAgreed, without this
    milestone.
    """

    hand_over_id: UUID
    to_assistant: Money
    substitute_id: UUID
    to_contract_id: UUID
    to_milestone: AgreedMilestone
    handed_over_at: datetime
