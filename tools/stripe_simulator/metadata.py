"""Metadata: up to 50 names of 40 characters, with values of 500 characters."""

from typing import Any

from tools.stripe_simulator.errors import invalid
from tools.stripe_simulator.store import Obj

MAX_NAMES = 50
MAX_NAME = 40
MAX_VALUE = 500


def merged(obj: Obj, change: Any) -> dict[str, str]:
    """Return an object's metadata after a change.

    None changes nothing, an empty text removes everything, an empty value removes its name.
    """
    if change is None:
        return dict(obj["metadata"])
    if change == "":
        return {}
    both = {**obj["metadata"], **change}
    return checked({name: value for name, value in both.items() if value})


def checked(metadata: Any) -> dict[str, str]:
    """Return the metadata of a new object; refuses what is too long."""
    if not metadata:
        return {}
    if len(metadata) > MAX_NAMES:
        raise invalid(f"Metadata can have {MAX_NAMES} keys at most", param="metadata")
    for name, value in metadata.items():
        if len(name) > MAX_NAME or len(value) > MAX_VALUE:
            raise invalid(
                f"Metadata keys can be up to {MAX_NAME} characters long, values {MAX_VALUE}",
                param=f"metadata[{name}]",
            )
    return dict(metadata)
