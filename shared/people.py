"""Who is asking, as far as a service needs to know."""

from dataclasses import dataclass
from uuid import UUID

from shared.errors import NotAllowed


@dataclass(frozen=True)
class Person:
    """Somebody who signed in: an id and the roles that the access token vouches for."""

    person_id: UUID
    roles: frozenset[str]

    def is_a(self, role: str) -> bool:
        """Tell whether the person has this role."""
        return role in self.roles

    def must_be(self, role: str) -> None:
        """Raise NotAllowed unless the person has this role."""
        if role not in self.roles:
            raise NotAllowed(
                "role_required", f"Only a person with the role {role} may do this.", role=role
            )
