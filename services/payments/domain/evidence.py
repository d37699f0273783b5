"""Evidence for the client's bank: what was agreed, delivered and accepted, gathered by itself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from shared.calendar import JAPAN

# The processor takes so many characters in one text.
LONGEST: Final = 20_000


@dataclass(frozen=True, slots=True)
class ContractFact:
    """Something that the parties did, in words: agreed, delivered, accepted."""

    contract_id: UUID
    milestone_id: UUID | None
    what: str
    happened_at: datetime
    details: str


def evidence_of(
    facts: Iterable[ContractFact], milestone_ids: Sequence[UUID], email: str, name: str
) -> dict[str, str]:
    """Return what the bank is told of a payment for these milestones, by the processor's fields.

    Terms are of the whole contract; deliveries and acceptances only of what the payment was for.
    """
    told = [
        each for each in facts if each.milestone_id is None or each.milestone_id in milestone_ids
    ]
    terms = "\n".join(each.details for each in told if each.what == "agreed")
    done = "\n".join(f"{_moment(each)} {each.what}: {each.details}" for each in told)
    last = max((each.happened_at for each in told if each.what == "delivered"), default=None)
    evidence = {
        "customer_email_address": email,
        "customer_name": name,
        "product_description": terms[:LONGEST],
        "uncategorized_text": done[:LONGEST],
    }
    if last:
        evidence["service_date"] = last.astimezone(JAPAN).date().isoformat()
    return {field: text for field, text in evidence.items() if text}


def _moment(fact: ContractFact) -> str:
    return fact.happened_at.astimezone(JAPAN).strftime("%Y-%m-%d %H:%M %z")
