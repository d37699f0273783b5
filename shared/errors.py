"""The ways in which a message can end badly, and who acts on each.

Every code is documented in docs/errors.md; a test compares the two.
"""


class DomainError(Exception):
    """A refusal with a documented code and the facts that explain it."""

    def __init__(self, code: str, detail: str = "", **facts: object) -> None:
        super().__init__(f"{code}: {detail} {facts}".rstrip())
        self.code = code
        self.detail = detail
        self.facts = facts


class Rejected(DomainError):
    """A rule said no, for good: HTTP 409; a message goes to the dead letters."""


class Invalid(Rejected):
    """What was sent can never be right, whatever the state: HTTP 422."""


class NotAuthenticated(DomainError):
    """Nobody knows who is asking, or the proof doesn't hold: HTTP 401."""


class NotAllowed(DomainError):
    """This person may not do this: HTTP 403."""


class NotFound(DomainError):
    """There is no such thing, or its existence is not for this person to know: HTTP 404."""


class Transient(DomainError):
    """The world was not ready: HTTP 503 with Retry-After; a message is tried again, later."""


class Outdated(DomainError):
    """What the caller saw is no longer how it is: HTTP 412."""


class TooMany(DomainError):
    """Asked too often: HTTP 429 with Retry-After, of `retry_after` seconds."""

    def __init__(self, code: str, detail: str = "", *, retry_after: int, **facts: object) -> None:
        super().__init__(code, detail, retry_after=retry_after, **facts)
