"""The pages: each module here has a `pages`, whose handlers are found by themselves."""

from importlib import import_module
from pkgutil import iter_modules

from services.web.routing import Entry, Pages


def all_entries() -> list[Entry]:
    """Return the handlers of every module of this package."""
    found: list[Entry] = []
    for module in iter_modules(__path__):
        pages = getattr(import_module(f"{__name__}.{module.name}"), "pages", None)
        if isinstance(pages, Pages):
            found += pages.entries
    return found
