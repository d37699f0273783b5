"""What people type: `Sent` reads a form that came, `Form` is one to be shown.

A handler reads with `visit.form.text("title")` and the like. What can't be read is noted beside its
field, and nothing is sent to a service while anything is noted: the page is shown again with all
that was typed and every fault at once.

A template asks for the form at an action, `{% set f = form_for("/jobs/new", title=job.title) %}`:
after a refusal it has the typed values and the errors, otherwise the initial values.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import Enum
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from services.web.i18n import _
from shared.money import Money

JAPAN = ZoneInfo("Asia/Tokyo")
NO_DATE = date.min
NO_TIME = datetime.min.replace(tzinfo=JAPAN)
NO_ID = UUID(int=0)
# What is typed here is never shown again.
SECRET_FIELDS = frozenset({"password", "current", "new", "code", "recovery_code", "secret", "iban"})

KEY, CSRF, ETAG, NAME = "_key", "_csrf", "_etag", "_form"


# An id stands at the end of an address: whoever pastes the whole address means that.
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class NotFilledIn(Exception):
    """The form has faults, which were noted beside its fields."""


@dataclass(frozen=True)
class Attachment:
    """A file that came with a form."""

    name: str
    media_type: str
    content: bytes


@dataclass
class Sent:
    """A form that came. `errors` are by field; what is of no field is `problem`."""

    action: str = ""
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    files: Mapping[str, tuple[Attachment, ...]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    problem: str = ""
    spent: bool = False  # its key may have been used: shown again it gets a new one
    outdated: bool = False  # what it changes is another by now: shown again it is made from that

    @property
    def key(self) -> str:
        """The form's own key: sent twice, it does what it does once."""
        return self._first(KEY)

    @property
    def etag(self) -> str:
        """The version of what is changed that the form was made from, or an empty text."""
        return self._first(ETAG)

    @property
    def name(self) -> str:
        """Which form it is, where several have one action."""
        return self._first(NAME)

    @property
    def csrf(self) -> str:
        """The token that shows that the form is of a page of ours."""
        return self._first(CSRF)

    def text(self, name: str, *, needed: bool = True) -> str:
        """Return what was typed, without spaces at its ends."""
        typed = self._first(name).replace("\r\n", "\n").strip()
        if needed and not typed:
            self.fault(name, _("Please fill this in."))
        return typed

    def password(self, name: str) -> str:
        """Return a password just as it was typed."""
        typed = self._first(name)
        if not typed:
            self.fault(name, _("Please fill this in."))
        return typed

    def optional(self, name: str) -> str | None:
        """Return what was typed, or None."""
        return self.text(name, needed=False) or None

    def many(self, name: str) -> tuple[str, ...]:
        """Return all that was chosen under one name."""
        return tuple(each for each in self.fields.get(name, ()) if each)

    def choice(self, name: str, *allowed: str) -> str:
        """Return the choice; a fault when it is none of those allowed."""
        typed = self._first(name)
        if typed not in allowed:
            self.fault(name, _("Please choose one of these."))
            return allowed[0]
        return typed

    def flag(self, name: str) -> bool:
        """Tell whether a box is checked."""
        return bool(self._first(name))

    def yen(self, name: str, *, needed: bool = True) -> int:
        """Return an amount of yen: full-width digits, commas and signs of the yen may be in it."""
        return self._number(name, _("Please enter an amount in yen, such as 12,000."), needed)

    def integer(self, name: str, *, needed: bool = True) -> int:
        """Return a whole number, zero or more."""
        return self._number(name, _("Please enter a whole number."), needed)

    def date(self, name: str, *, needed: bool = True) -> date:
        """Return a day; NO_DATE without one."""
        typed = self.text(name, needed=needed)
        try:
            return date.fromisoformat(typed) if typed else NO_DATE
        except ValueError:
            self.fault(name, _("Please enter a date, such as 2026-04-01."))
            return NO_DATE

    def moment(self, name: str, *, needed: bool = True) -> datetime:
        """Return a day and time in Japan; NO_TIME without one."""
        typed = self.text(name, needed=needed)
        try:
            return datetime.fromisoformat(typed).replace(tzinfo=JAPAN) if typed else NO_TIME
        except ValueError:
            self.fault(name, _("Please enter a date and a time."))
            return NO_TIME

    def clock_time(self, name: str, *, needed: bool = True) -> time:
        """Return a time of the day; midnight without one."""
        typed = self.text(name, needed=needed)
        try:
            return time.fromisoformat(typed) if typed else time.min
        except ValueError:
            self.fault(name, _("Please enter a time, such as 09:30."))
            return time.min

    def uuid(self, name: str) -> UUID:
        """Return an id that the page itself put there; NO_ID when it is none."""
        try:
            return UUID(self._first(name))
        except ValueError:
            self.fault(name, _("Please choose one of these."))
            return NO_ID

    def file(self, name: str, *, needed: bool = True) -> Attachment | None:
        """Return the file that was attached, or None."""
        attached = self.files.get(name, ())
        if not attached and needed:
            self.fault(name, _("Please choose a file."))
        return attached[0] if attached else None

    def attached(self, name: str) -> tuple[Attachment, ...]:
        """Return all files that were attached under one name."""
        return self.files.get(name, ())

    def must_be_filled_in(self) -> None:
        """Raise NotFilledIn when a fault was noted; nothing is sent to a service before."""
        if self.errors:
            raise NotFilledIn

    def fault(self, name: str, text: str) -> None:
        """Note what is wrong with a field; the first fault of a field stays."""
        self.errors.setdefault(name, text)

    def _number(self, name: str, advice: str, needed: bool) -> int:  # noqa: FBT001
        typed = self.text(name, needed=needed)
        digits = "".join(each for each in typed if each not in " ,\u3001\uff0c¥\uffe5円\u3000")
        if not typed:
            return 0
        # Full-width digits are decimals to int() too.
        if not digits.isdecimal() or len(digits) > 15:  # noqa: PLR2004  (what JSON keeps exact)
            self.fault(name, advice)
            return 0
        return int(digits)

    def _first(self, name: str) -> str:
        return next(iter(self.fields.get(name, ())), "")


@dataclass(frozen=True)
class Form:
    """A form to be shown at its action."""

    action: str
    csrf: str
    key: str = field(default_factory=lambda: str(uuid4()))
    etag: str = ""
    name: str = ""
    initial: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sent: Sent | None = None
    prefix: str = "f"
    labels: dict[str, str] = field(default_factory=dict)  # of the fields that were shown so far

    @property
    def refused(self) -> bool:
        """Whether it was sent just now, and refused."""
        return self.sent is not None

    @property
    def problem(self) -> str:
        """What is wrong with the whole of it, or an empty text."""
        return self.sent.problem if self.sent else ""

    @property
    def errors(self) -> tuple[tuple[str, str], ...]:
        """What is wrong: (field, text), with an empty name for what is of no field.

        In the order in which the fields were shown so far; others after them.
        """
        if self.sent is None:
            return ()
        whole = (("", self.sent.problem),) if self.sent.problem else ()
        places = {name: place for place, name in enumerate(self.labels)}
        faults = self.sent.errors.items()
        return (*whole, *sorted(faults, key=lambda each: places.get(each[0], len(places))))

    def id(self, name: str) -> str:
        """Return an id for a field that no other form of the page has."""
        return f"{self.prefix}-{name}"

    def called(self, name: str, label: str) -> str:
        """Note what a field is called on the page; a template writes the empty text that comes."""
        self.labels[name] = label
        return ""

    def value(self, name: str) -> str:
        """Return what was typed, or the initial value; nothing for what is secret."""
        return next(iter(self.values(name)), "")

    def values(self, name: str) -> tuple[str, ...]:
        """Return all that was chosen under one name, or the initial ones."""
        if self.sent is None:
            return self.initial.get(name, ())
        return () if name in SECRET_FIELDS else self.sent.fields.get(name, ())

    def error(self, name: str) -> str:
        """Return what is wrong with a field, or an empty text."""
        return self.sent.errors.get(name, "") if self.sent else ""


def id_at_end(typed: str) -> UUID | None:
    """Return the id at the end of an address that was pasted; None without one."""
    found = _ID.findall(typed)
    return UUID(found[-1]) if found else None


def form_at(
    action: str,
    *,
    csrf: str,
    initial: Mapping[str, object],
    sent: Sent | None,
    etag: str = "",
    name: str = "",
    prefix: str = "f",
) -> Form:
    """Return the form to show at an action, given what was refused anywhere on the page.

    Args:
        action: where it is sent to.
        csrf: the token that it shows then.
        initial: what is in its fields, unless something was typed.
        sent: what was refused just now.
        etag: the version of what it changes.
        name: which form it is, where several of the page have one action.
        prefix: what its ids begin with; none other on the page may have it.
    """
    is_this = sent and sent.action == action.partition("?")[0] and sent.name == name
    mine = sent if is_this else None
    key = mine.key if mine and mine.key and not mine.spent else str(uuid4())
    values = {field: _texts(value) for field, value in initial.items()}
    kept = mine.etag if mine and not mine.outdated else ""
    return Form(action, csrf, key, kept or etag, name, values, mine, prefix)


def _texts(value: Any) -> tuple[str, ...]:
    """Return the texts that a field has for a value."""
    if isinstance(value, frozenset | set):
        return tuple(sorted(text for each in value for text in _texts(each)))
    if isinstance(value, list | tuple):
        return tuple(text for each in value for text in _texts(each))
    text = _text(value)
    return () if text is None else (text,)


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "on" if value else None
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, datetime):
        return value.astimezone(JAPAN).strftime("%Y-%m-%dT%H:%M")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Money):
        return str(value.amount)
    return None if value is None else str(value)
