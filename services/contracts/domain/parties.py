"""The two parties of a contract, and for which of them somebody acts."""

from uuid import UUID

from shared.errors import NotAllowed, NotFound
from shared.people import Person, Right


class Parties:
    """What has a client and an assistant. The client may be a company, for which members act."""

    client_id: UUID
    assistant_id: UUID

    def must_concern(self, by: Person) -> None:
        """Raise NotFound unless the person stands for a party: to others there is no contract."""
        if by.person_id != self.assistant_id and not by.stands_for(self.client_id):
            raise no_such_contract()

    def party_of(self, by: Person, right: Right = Right.ACCEPT) -> UUID:
        """Return the party for which the person acts.

        Raises NotFound to others, NotAllowed (`right_required`) to members of the client who don't
        have this right.
        """
        self.must_concern(by)
        if by.person_id == self.assistant_id:
            return self.assistant_id
        by.must(right, self.client_id)
        return self.client_id

    def other_party(self, party_id: UUID) -> UUID:
        """Return the party that this one isn't."""
        return self.assistant_id if party_id == self.client_id else self.client_id

    def only_for(self, party_id: UUID, by: Person, right: Right = Right.ACCEPT) -> None:
        """Raise NotAllowed unless the person acts for this party."""
        if self.party_of(by, right) != party_id:
            raise NotAllowed("other_party_required", "This is for the other party to do.")


def no_such_contract() -> NotFound:
    """Return the refusal for a contract that isn't there, or isn't the caller's."""
    return NotFound("contract_not_found", "There is no such contract of yours.")
