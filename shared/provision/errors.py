"""What keeps a server from being prepared."""


class UnpreparedError(Exception):
    """A server can't be reached, or its administrator may not do what is needed."""
