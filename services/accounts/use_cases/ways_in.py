"""The ways into an account, of which one has to be left."""

from services.accounts.domain.account import Account
from services.accounts.ports import Work
from shared.errors import Rejected


def check_way_in(account: Account, work: Work) -> None:
    """Raise Rejected (`last_way_in`) when nothing is left to sign in by."""
    person_id = account.person_id
    if (
        account.password_hash is None
        and not work.factors.of_person(person_id).passkeys
        and not work.identities.of_person(person_id)
    ):
        raise Rejected("last_way_in", "You couldn't sign in any more. Set a password first.")
