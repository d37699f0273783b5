"""A sign-in that is half done: who it is, and what is still to be proven."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from shared.messages.accounts import SignInMethod


class ChallengeFor(StrEnum):
    """What a challenge is about."""

    SECOND_FACTOR = "second_factor"
    PASSKEY_SIGN_IN = "passkey_sign_in"
    PASSKEY_REGISTRATION = "passkey_registration"
    PASSKEY_PROOF = "passkey_proof"
    ELSEWHERE = "elsewhere"
    ELSEWHERE_REGISTRATION = "elsewhere_registration"


@dataclass(frozen=True)
class Challenge:
    """Kept under the hash of what its owner holds; taken away when it is met.

    `person_id` is None while nobody has said who they are (a sign-in by passkey alone); `facts`
    are what the factor needs to check the answer.
    """

    challenge_hash: str
    purpose: ChallengeFor
    person_id: UUID | None
    method: SignInMethod
    device: str
    expires_at: datetime
    facts: Mapping[str, Any] = field(default_factory=dict)
