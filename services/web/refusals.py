"""Refusals in words that a person at a page can act on, by the codes of docs/errors.md.

A service's own `detail` is written for whoever programs against it. An area adds its codes to
`TEXTS`; the facts of the problem are there to be put in: `%(limit)s`.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from services.web.backend import Refused, Unreachable
from services.web.forms import Sent
from services.web.i18n import N_, _
from services.web.refusal_texts import FIELDS, TEXTS

Steps = Iterable[Any]

# What pydantic says of a field, and what we say instead.
_FAULTS: tuple[tuple[str, str], ...] = (
    (r"^Field required", N_("Please fill this in.")),
    (r"should have at least 1 ", N_("Please fill this in.")),
    # Of a secret pydantic says that it has items.
    (
        r"should have at least (\d+) characters|^Value should have at least (\d+) item",
        N_("Please write at least %(number)s characters."),
    ),
    (
        r"should have at most (\d+) characters|^Value should have at most (\d+) item",
        N_("Please write at most %(number)s characters."),
    ),
    (r"should have at least (\d+) item", N_("Please choose at least %(number)s.")),
    (r"should have at most (\d+) item", N_("Please choose at most %(number)s.")),
    (r"greater than or equal to (\d+)", N_("This must be %(number)s or more.")),
    (r"less than or equal to (\d+)", N_("This must be %(number)s or less.")),
    (r"greater than (\d+)", N_("This must be more than %(number)s.")),
    (r"less than (\d+)", N_("This must be less than %(number)s.")),
    (r"valid email", N_("Please enter an e-mail address, such as hanako@example.jp.")),
    (r"valid (date|datetime)", N_("Please enter a date, such as 2026-04-01.")),
    (r"valid (integer|number|decimal)", N_("Please enter a number.")),
    (r"valid URL|URL", N_("Please enter an address that begins with https://.")),
)


def explain(refused: Refused) -> str:
    """Return what to say of a refusal."""
    text = TEXTS.get(refused.code)
    if text:
        try:
            return _(text, **_facts(refused))
        except (KeyError, TypeError, ValueError):
            pass  # a fact that the text speaks of is missing: the service's own words are left
    return refused.detail or _("That was refused. Please check it and try again.")


def note(sent: Sent, why: Refused | Unreachable | ValidationError) -> None:
    """Write what was wrong beside the fields that it is about, or at the top of the form."""
    if isinstance(why, ValidationError):
        for fault in why.errors():
            _note_fault(sent, fault["loc"], fault["msg"])
    elif isinstance(why, Unreachable):
        sent.spent = False
        sent.problem = (
            _(
                "We can't tell whether this was done: no answer came. Send it again; it is done "
                "once only."
            )
            if why.unsure
            else _("This doesn't answer at the moment. Please try again shortly.")
        )
    elif why.code == "validation_failed":
        _note_faults(sent, why.facts.get("errors", ()))
    else:
        sent.spent = why.code == "idempotency_key_reused"
        sent.outdated = why.code == "changed_meanwhile"
        there = {*sent.fields, *sent.files}
        named = next((name for name in FIELDS.get(why.code, ()) if name in there), None)
        if named:
            sent.fault(named, explain(why))
        else:
            sent.problem = explain(why)


def _note_faults(sent: Sent, faults: Iterable[Mapping[str, Any]]) -> None:
    for fault in faults:
        steps = [step for step in str(fault.get("pointer", "")).split("/") if step]
        _note_fault(sent, steps[1:] if steps[:1] == ["body"] else steps, str(fault.get("detail")))
    if not sent.errors:
        sent.problem = _("Something in it can't be right. Please check it and try again.")


def _note_fault(sent: Sent, steps: Steps, said: str) -> None:
    """Write a fault beside its field: `milestones/0/price/amount` is `milestones-0-price`."""
    names = [str(step) for step in steps]
    while names and names[-1] in {"amount", "currency"}:
        names.pop()
    sent.fault("-".join(names), in_words(said))


def in_words(said: str) -> str:
    """Return what pydantic says of a value in the language of the visit."""
    for pattern, text in _FAULTS:
        if match := re.search(pattern, said):
            return _(text, number=next((found for found in match.groups() if found), ""))
    return _("This can't be right. Please check it.")


def _facts(refused: Refused) -> dict[str, Any]:
    return {name: value for name, value in refused.facts.items() if isinstance(value, str | int)}
