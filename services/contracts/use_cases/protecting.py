"""A protected contract: somebody's first job, after a program's training."""

from dataclasses import replace

from services.contracts.domain.contract import Contract, Policy
from services.contracts.domain.milestone import Milestone, Step
from services.contracts.ports import Work
from shared.errors import Rejected
from shared.messages.program_path import DraftLookedAt


def protected_if_needed(contract: Contract, policy: Policy, work: Work) -> Contract:
    """Return a contract that is being agreed, protected if its assistant is.

    jobs may have heard of it before us: then the acceptance says so. Changes are capped, never at
    more than was agreed.
    """
    if not contract.protected and not work.protected_people.among([contract.assistant_id]):
        return contract
    most = policy.protected_revisions
    return replace(
        contract, protected=True, max_revisions=min(contract.max_revisions or most, most)
    )


def note_look(looked: DraftLookedAt, work: Work) -> None:
    """Keep that a supporter has looked at what is going to be delivered."""
    work.drafts.note_look(looked.draft_id, looked.milestone_id, looked.looked_at)


def check_draft(milestone: Milestone, work: Work) -> None:
    """Use up a supporter's look for this delivery; raise Rejected without one.

    It is needed for as long as the assistant is protected. Whoever left the program, or works
    freely meanwhile, has nobody who would look: their work isn't held up by it.
    """
    milestone.moved(Step.DELIVER)
    if not milestone.protected or not work.protected_people.among([milestone.assistant_id]):
        return
    if not work.drafts.use_look(milestone.milestone_id, work.clock.now()):
        raise Rejected(
            "draft_not_looked_at",
            "Show your supporter the draft first: each delivery of a protected job is looked at"
            " before it goes out.",
            milestone_id=milestone.milestone_id,
        )
