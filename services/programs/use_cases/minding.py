"""What happens when time has passed: each clock goes off once, whoever looks at it."""

from collections.abc import Callable

from services.programs.ports import Transactions, Work
from services.programs.use_cases import caring, drafts, helping

# So that a process that is told to stop need not first work off a long backlog.
AT_ONCE = 500


def fire_clocks(transactions: Transactions) -> int:
    """Fire what is due, each in a transaction of its own; return how many.

    Any number of processes may do so at the same time: a row that another one holds is skipped.
    """
    return sum(_fire_all(fire, transactions) for fire in _CLOCKS)


def _fire_all(fire: Callable[[Work], bool], transactions: Transactions) -> int:
    for fired in range(AT_ONCE):
        with transactions.begin() as work:
            if not fire(work):
                return fired
    return AT_ONCE


def _help(work: Work) -> bool:
    due = work.care.helps.claim_due(work.clock.now())
    if due is not None:
        helping.escalate(due, work)
    return due is not None


def _draft(work: Work) -> bool:
    due = work.care.drafts.claim_due(work.clock.now())
    if due is not None:
        drafts.escalate(due, work)
    return due is not None


def _check_in(work: Work) -> bool:
    due = work.care.check_ins.claim_due(work.clock.now())
    if due is not None:
        caring.pass_on(due, work)
    return due is not None


def _silence(work: Work) -> bool:
    silent = work.path.claim_silent(work.clock.now())
    if silent is not None:
        caring.ask_silent(silent, work)
    return silent is not None


_CLOCKS = (_help, _draft, _check_in, _silence)
