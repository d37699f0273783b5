"""What is begun in one request and ended in the next, by whoever holds its secret."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.accounts.domain.challenge import Challenge, ChallengeFor
from services.accounts.domain.secrets import CHALLENGE_LASTS, hash_of, new_secret
from services.accounts.ports import Work
from shared.errors import Rejected
from shared.messages.accounts import SignInMethod

LASTS_SECONDS = int(CHALLENGE_LASTS.total_seconds())


def begin(
    purpose: ChallengeFor,
    work: Work,
    *,
    person_id: UUID | None = None,
    method: SignInMethod = SignInMethod.PASSKEY,
    device: str = "",
    secret: str | None = None,
    facts: Mapping[str, Any] | None = None,
) -> str:
    """Keep a challenge for ten minutes, and return the secret that ends it."""
    secret = secret or new_secret()
    challenge = Challenge(
        challenge_hash=hash_of(secret),
        purpose=purpose,
        person_id=person_id,
        method=method,
        device=device,
        expires_at=work.clock.now() + CHALLENGE_LASTS,
        facts=facts or {},
    )
    work.challenges.add(challenge)
    return secret


def find(secret: str, purpose: ChallengeFor, work: Work) -> Challenge:
    """Return the challenge that is still open; raise Rejected (`challenge_invalid`)."""
    challenge = work.challenges.lock(hash_of(secret), purpose)
    if challenge is None or work.clock.now() >= challenge.expires_at:
        raise Rejected("challenge_invalid", "This took too long, or was done before. Begin anew.")
    return challenge


def meet(
    secret: str, purpose: ChallengeFor, work: Work, *, person_id: UUID | None = None
) -> Challenge:
    """Return the challenge, which nobody can meet again; raise Rejected (`challenge_invalid`).

    With `person_id`: only theirs.
    """
    challenge = find(secret, purpose, work)
    if person_id is not None and challenge.person_id != person_id:
        raise Rejected("challenge_invalid", "Somebody else has begun this. Begin anew.")
    work.challenges.remove(challenge.challenge_hash)
    return challenge
