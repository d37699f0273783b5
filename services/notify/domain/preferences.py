"""How somebody wants to be told, and what follows from it for one notice."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID

from services.notify.domain.kinds import NATURES, Nature
from shared.calendar import JAPAN
from shared.messages.notify import Channel, Choice, Digest, Kind, QuietHours, Rhythm

_DAY = timedelta(days=1)
_WEEK_DAYS = 7
# The inbox is the record of what somebody was told; the security of an account is always mailed.
LOCKED: Final = frozenset(
    {(kind, Channel.INBOX) for kind in Kind} | {(Kind.ACCOUNT, Channel.EMAIL)}
)
ALWAYS_MAILED: Final = tuple(sorted(name for name, nature in NATURES.items() if nature.must))

Off = frozenset[tuple[Kind, Channel]]


@dataclass(frozen=True)
class Preferences:
    """What a person has chosen; everything is on, at once, at any hour, unless they say otherwise.

    `next_digest_at` is when what is gathered goes out.
    """

    person_id: UUID
    off: Off = frozenset()
    quiet: QuietHours | None = None
    digest: Digest = field(default_factory=Digest)
    next_digest_at: datetime | None = None
    changed_at: datetime | None = None

    def wants(self, kind: Kind, channel: Channel) -> bool:
        """Tell whether they are told of this kind on this channel."""
        return (kind, channel) in LOCKED or (kind, channel) not in self.off

    def gathers(self, kind: Kind) -> bool:
        """Tell whether e-mail of this kind is gathered."""
        return self.digest.every is not Rhythm.OFF and kind in self.digest.kinds


@dataclass(frozen=True)
class Reach:
    """How somebody can be reached now: by mail that isn't refused there, and on LINE."""

    preferences: Preferences
    by_mail: bool = True
    on_line: bool = False


@dataclass(frozen=True)
class Plan:
    """What becomes of a notice beside its place in the inbox."""

    mail_at: datetime | None = None
    push_at: datetime | None = None
    gathered: bool = False


def plan(nature: Nature, reach: Reach, now: datetime) -> Plan:
    """Return when a notice is mailed and pushed, or that it waits for the digest."""
    if nature.quiet:
        return Plan()
    chosen = reach.preferences
    at = now if nature.urgent else after_quiet_hours(chosen.quiet, now)
    mailed = reach.by_mail and (nature.must or chosen.wants(nature.kind, Channel.EMAIL))
    gathered = mailed and not nature.must and chosen.gathers(nature.kind)
    return Plan(
        mail_at=at if mailed and not gathered else None,
        push_at=at if reach.on_line and chosen.wants(nature.kind, Channel.LINE) else None,
        gathered=gathered,
    )


def after_quiet_hours(quiet: QuietHours | None, now: datetime) -> datetime:
    """Return now, or when the quiet hours end that it is in."""
    if quiet is None:
        return now
    local = now.astimezone(JAPAN)
    start, until = time.fromisoformat(quiet.start), time.fromisoformat(quiet.until)
    at = local.time()
    over_midnight = until < start
    if not (at >= start or at < until) if over_midnight else not start <= at < until:
        return now
    ends = datetime.combine(local.date(), until, JAPAN)
    return ends if ends > local else ends + _DAY


def next_digest(digest: Digest, now: datetime) -> datetime | None:
    """Return when the next digest goes out, after now; None when there is none."""
    if digest.every is Rhythm.OFF:
        return None
    local = now.astimezone(JAPAN)
    at = datetime.combine(local.date(), time(digest.hour), JAPAN)
    if digest.every is Rhythm.WEEKLY:
        at += _DAY * ((digest.weekday - local.weekday()) % _WEEK_DAYS)
        return at if at > local else at + _DAY * _WEEK_DAYS
    return at if at > local else at + _DAY


def changed_choices(off: Off, choices: tuple[Choice, ...]) -> Off:
    """Return what is off once these choices are made; the last one on a thing counts."""
    result = set(off)
    for each in choices:
        (result.discard if each.on else result.add)((each.kind, each.channel))
    return frozenset(result)


def refused(choices: tuple[Choice, ...]) -> list[Choice]:
    """Return those of the choices that turn off what can't be turned off."""
    return [each for each in choices if not each.on and (each.kind, each.channel) in LOCKED]
