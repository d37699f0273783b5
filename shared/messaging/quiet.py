"""eventlet, without the warning that it gives at its import.

It advises new projects against itself; why it is here nevertheless, at the edge only, is told in
docs/adr. nameko imports it too, so whoever imports nameko imports this first (green.py does).
"""

import warnings

with warnings.catch_warnings():
    # The warning has a category of its own, but that only exists once eventlet is imported.
    warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
    import eventlet

__all__ = ["eventlet"]
