"""Takes out of what is logged what may be about a person.

Our own lines name ids and codes. But errors of others quote what they were given: the address that
is there already, the text that is no number. So what is quoted, an address, a long number, a
token, or anything that is not ASCII is left out of a text, unless it looks like a name in code.
"""

import re
import traceback
from typing import Final

LEFT_OUT: Final = "…"
MOST_CHARACTERS: Final = 2_000

_PATTERNS: Final = (
    # PostgreSQL's own word for the row that it is about.
    re.compile(r"^(DETAIL|CONTEXT|HINT):.*$", re.MULTILINE),
    re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"),
    re.compile(r"\b\d{1,3}(\.\d{1,3}){3}\b"),
    re.compile(r"(?<![\w-])\+?\d{7,}(?![\w-])"),
    re.compile(r"[\w.~+/=-]{40,}"),
    re.compile(r"[^\x00-\x7f…]+"),
)
_QUOTED: Final = re.compile(r"""(['"])((?:\\.|(?!\1).)*)\1""", re.DOTALL)
_NAME_IN_CODE: Final = re.compile(r"[a-z_][a-z0-9_.]{0,60}", re.ASCII)


def impersonal(text: str) -> str:
    """Return the text without what may be about a person."""
    text = text[:MOST_CHARACTERS]
    for pattern in _PATTERNS:
        text = pattern.sub(LEFT_OUT, text)
    return _QUOTED.sub(_only_a_name, text)


def told(error: BaseException) -> str:
    """Return an error with what caused it, and where in the code: its words without persons."""
    parts = []
    step: BaseException | None = error
    seen: set[int] = set()
    while step is not None and id(step) not in seen:
        seen.add(id(step))
        where = "".join(traceback.format_tb(step.__traceback__))
        parts.append(f"{where}{type(step).__qualname__}: {impersonal(str(step))}")
        step = step.__cause__ or (None if step.__suppress_context__ else step.__context__)
    return "\nthis led to:\n".join(reversed(parts))


def _only_a_name(found: re.Match[str]) -> str:
    quote, inside = found[1], found[2]
    return found[0] if _NAME_IN_CODE.fullmatch(inside) else f"{quote}{LEFT_OUT}{quote}"
