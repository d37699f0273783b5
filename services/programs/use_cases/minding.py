"""What happens when time has passed: each clock goes off once, whoever looks at it."""

from collections.abc import Collection
from uuid import UUID

from services.programs.domain.participant import Participant
from services.programs.domain.path import CheckIn, Draft, Help
from services.programs.ports import Transactions, Work
from services.programs.use_cases import caring, drafts, helping
from shared.clocks import fire_due


def fire_clocks(transactions: Transactions) -> int:
    """Fire what is due, each in a transaction of its own; return how many."""
    begin = transactions.begin
    return (
        fire_due(begin, _help, helping.escalate, lambda due: due.help_id)
        + fire_due(begin, _draft, drafts.escalate, lambda due: due.draft_id)
        + fire_due(begin, _check_in, caring.pass_on, lambda due: due.check_in_id)
        + fire_due(begin, _silent, caring.ask_silent, lambda due: due.participant_id)
    )


def _help(work: Work, but: Collection[UUID]) -> Help | None:
    return work.care.helps.claim_due(work.clock.now(), but)


def _draft(work: Work, but: Collection[UUID]) -> Draft | None:
    return work.care.drafts.claim_due(work.clock.now(), but)


def _check_in(work: Work, but: Collection[UUID]) -> CheckIn | None:
    return work.care.check_ins.claim_due(work.clock.now(), but)


def _silent(work: Work, but: Collection[UUID]) -> Participant | None:
    return work.path.claim_silent(work.clock.now(), but)
