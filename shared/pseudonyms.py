"""What stands for people where nobody is to be named."""

from uuid import UUID, uuid5


def beneficiary_of(program_id: UUID, person_id: UUID) -> UUID:
    """Return a person's pseudonym in a program: the same always, and another in each program."""
    return uuid5(program_id, str(person_id))
