"""What is tried too often has to wait: by account, known or not, and by where it comes from."""

from services.accounts.domain.session import Visitor
from services.accounts.domain.throttle import ACCOUNT_ATTEMPTS, Act, subject
from services.accounts.ports import Work


def count(act: Act, name: str, visitor: Visitor, work: Work) -> None:
    """Count a try before it is known to be right, so that many at once don't slip through.

    Raises TooMany (`too_many_attempts`), whether there is such an account or not.
    """
    now = work.clock.now()
    for key, free in (
        (subject(act, "account", name), ACCOUNT_ATTEMPTS),
        (subject(act, "address", visitor.address), work.rules.client_attempts),
    ):
        work.throttles.keep(work.throttles.lock(key, now).tried(free, now))


def forgive(act: Act, name: str, visitor: Visitor, work: Work) -> None:
    """Take the try back: it was right. What the address did to other accounts stands."""
    now = work.clock.now()
    own = work.throttles.lock(subject(act, "account", name), now)
    work.throttles.keep(own.forgotten())
    address = work.throttles.lock(subject(act, "address", visitor.address), now)
    work.throttles.keep(address.forgiven())
