"""What must hold after a drill: one truth in all databases, at the processor, and in the mail."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import psycopg

from tools.drill.load import Acknowledged
from tools.drill.stack import DrillStack
from tools.mail import Mail
from tools.story.demo import databases_of
from tools.story.proofs import Proof

# A mail is recorded as sent that soon after it was taken.
IN_HAND: Final = timedelta(seconds=5)
Turnover = Mapping[tuple[str, str], int]
# What contracts says of a milestone, and what payments may say of its money then.
AGREE: Final[Mapping[str, frozenset[str]]] = {
    status: frozenset(money)
    for status, money in {
        "agreed": ("unfunded", "funding"),
        "funding": ("funding", "unfunded"),
        "funded": ("funded",),
        "delivered": ("funded",),
        "changes_requested": ("funded",),
        "disputed": ("funded",),
        "ending": ("funded",),
        "released": ("released",),
        "resolved": ("released", "refunded"),
        "refunded": ("refunded",),
        "ended": ("closed",),
        "charged_back": ("charged_back",),
        "handed_over": ("handed_over",),
    }.items()
}
_KEYS: Final = "SELECT key_digest FROM idempotency_keys WHERE key_digest = ANY(%s)"
_FILES: Final = "SELECT file_id FROM files WHERE file_id = ANY(%s)"
_KNOWN: Final = (
    "SELECT milestone_id,"
    " EXISTS (SELECT FROM releases_known AS one WHERE one.milestone_id = each.milestone_id)"
    " FROM milestones_known AS each"
)
_LEFT: Final[Mapping[str, str]] = {
    "events that were not told": "SELECT count(*) FROM outbox",
    "calls to the processor that are open": (
        "SELECT count(*) FROM operations WHERE status = 'pending'"
    ),
    "letters that were not sent": "SELECT count(*) FROM mails WHERE status = 'pending'",
    "webhooks that could not be handled": (
        "SELECT count(*) FROM processor_events WHERE status IN ('received', 'failed')"
    ),
}


def lost(stack: DrillStack, acknowledged: Sequence[Acknowledged]) -> list[Acknowledged]:
    """Return the acknowledged commands of which the databases know nothing."""
    missing = []
    for service, url in databases_of(stack).items():
        of_it = [each for each in acknowledged if each.service == service]
        keys = [each.key_digest for each in of_it if each.key_digest]
        files = [each.file_id for each in of_it if each.file_id]
        known: set[Any] = set()
        with psycopg.connect(url) as database:
            for query, wanted in ((_KEYS, keys), (_FILES, files)):
                if wanted:
                    known |= {row[0] for row in database.execute(query, (wanted,))}
        missing += [each for each in of_it if each.trace and each.trace not in known]
    return missing


def same_turnover(undisturbed: Turnover, drilled: Turnover) -> Proof:
    """Compare what was debited and credited on each account with an undisturbed run."""
    differing = [
        f"{account} {side}: {undisturbed.get((account, side), 0):,} undisturbed,"
        f" {drilled.get((account, side), 0):,} after the drill"
        for account, side in sorted({*undisturbed, *drilled})
        if undisturbed.get((account, side), 0) != drilled.get((account, side), 0)
    ]
    total = sum(amount for (_, side), amount in drilled.items() if side == "debit")
    return Proof(
        "each account was debited and credited as in an undisturbed run",
        not differing and total > 0,
        "; ".join(differing) or f"{total:,} yen on both sides",
    )


def moved(before: Turnover, after: Turnover) -> Turnover:
    """Return what came between two moments."""
    change = {at: amount - before.get(at, 0) for at, amount in after.items()}
    return {at: amount for at, amount in change.items() if amount}


def milestones_agree(stack: DrillStack) -> Proof:
    """Compare each milestone's state in contracts with that of its money in payments."""
    contracts, payments = milestones(stack)
    differing = [
        f"{each}: {contracts.get(each)} in contracts, {payments.get(each)} in payments"
        for each in sorted({*contracts, *payments})
        if not agrees(contracts.get(each), payments.get(each))
    ]
    return Proof(
        "contracts and payments say the same of every milestone",
        not differing and bool(contracts),
        "; ".join(differing) or f"{len(contracts)} milestones",
    )


def milestones(stack: DrillStack) -> tuple[dict[str, str], dict[str, str]]:
    """Return the state of each milestone in contracts, and of its money in payments."""
    urls = databases_of(stack)
    return (
        _states(urls["contracts"], "SELECT milestone_id, status FROM milestones"),
        _states(urls["payments"], "SELECT milestone_id, status FROM escrows"),
    )


def programs_know(stack: DrillStack) -> Proof:
    """Compare what programs heard of milestones and releases with what contracts says of them."""
    urls = databases_of(stack)
    agreed = _states(urls["contracts"], "SELECT milestone_id, status FROM milestones")
    known = _states(urls["programs"], _KNOWN)
    differing = [
        f"{each}: {status} in contracts, released in programs: {known.get(each, 'unknown')}"
        for each, status in sorted(agreed.items())
        if each not in known or (status == "released" and known[each] != "True")
    ]
    return Proof(
        "programs has heard of every milestone and release",
        not differing and bool(agreed),
        "; ".join(differing) or f"{len(agreed)} milestones",
    )


def agrees(status: str | None, money: str | None) -> bool:
    """Tell whether the two states of a milestone go together."""
    return money in AGREE.get(status or "", ())


def nothing_is_left(stack: DrillStack) -> Iterator[Proof]:
    """Look for what was not told, not called, not handled; and for dead letters."""
    for claim, query in _LEFT.items():
        counts = {}
        for service, url in databases_of(stack).items():
            with psycopg.connect(url) as database:
                table = query.split(" FROM ")[1].split()[0]
                there: Any = database.execute("SELECT to_regclass(%s)", (table,)).fetchone()
                if there[0]:
                    row: Any = database.execute(query).fetchone()
                    counts[service] = row[0]
        left = {service: count for service, count in counts.items() if count}
        yield Proof(f"there are no {claim}", not left and bool(counts), f"{left or 'none'}")
    dead = stack.dead()
    yield Proof("no message is dead", not dead, f"{dead or 'none'}")


def no_letter_twice(mails: Sequence[Mail], died_at: datetime) -> Proof:
    """Look for mails that went out twice, beside those in hand when the servers died.

    Of these nobody knows whether they went out. They are sent again under the same Message-ID, by
    which readers' mail programs know them.
    """
    in_hand = {each.message_id for each in mails if _in_hand(each, died_at)}
    counts = Counter(mail.message_id for mail in mails)
    again = {message_id for message_id, count in counts.items() if count > 1}
    figures = f"{len(counts)} letters, {len(again & in_hand)} of them in hand at the loss"
    return Proof("no letter was sent twice", not again - in_hand and bool(counts), figures)


def same_letters(undisturbed: Iterable[Mail], drilled: Iterable[Mail]) -> Proof:
    """Compare the subjects of the mails with those of an undisturbed run."""
    before, after = (
        Counter({mail.message_id: mail.subject for mail in mails}.values())
        for mails in (undisturbed, drilled)
    )
    missing, extra = dict(before - after), dict(after - before)
    return Proof(
        "the same letters went out as in an undisturbed run",
        not missing and not extra and bool(after),
        f"missing {missing}, more {extra}" if missing or extra else f"{after.total()} letters",
    )


def _in_hand(mail: Mail, died_at: datetime) -> bool:
    return abs(datetime.fromisoformat(mail.caught_at) - died_at) < IN_HAND


def _states(url: str, query: str) -> dict[str, str]:
    with psycopg.connect(url) as database:
        return {str(row[0]): str(row[1]) for row in database.execute(query)}
