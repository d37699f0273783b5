"""Events of security: who came in, what was refused. One line of the log each, never a secret.

They are told by ids: of the person, the session. What an address or a name is, others may look up
who are allowed to.
"""

import logging

logger = logging.getLogger("tasuki.security")


def note(event: str, **facts: object) -> None:
    """Write an event down, with what is known of it: ids, kinds and codes only."""
    logger.info(event, extra={name: _plain(value) for name, value in facts.items()})


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, bool | int) else str(value)
