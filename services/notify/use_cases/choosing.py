"""How people want to be told."""

from dataclasses import replace

from services.notify.domain.preferences import (
    ALWAYS_MAILED,
    LOCKED,
    Preferences,
    changed_choices,
    next_digest,
    refused,
)
from services.notify.ports import Work
from shared.errors import Invalid, NotFound
from shared.messages.notify import (
    AddressView,
    Channel,
    Choice,
    ChoiceView,
    Kind,
    LineView,
    PreferencesView,
    Rhythm,
    SetPreferences,
    UnsubscribedView,
)
from shared.people import Person


def show_preferences(by: Person, work: Work) -> PreferencesView:
    """Return how the person is told, and where."""
    chosen = work.choices.of({by.person_id}).get(by.person_id) or Preferences(by.person_id)
    linked = work.line.linked({by.person_id})
    return PreferencesView(
        choices=tuple(
            ChoiceView(
                kind=kind,
                channel=channel,
                on=chosen.wants(kind, channel),
                locked=(kind, channel) in LOCKED,
            )
            for kind in Kind
            for channel in Channel
        ),
        always=ALWAYS_MAILED,
        quiet_hours=chosen.quiet,
        digest=chosen.digest,
        address=_address(by, work),
        line=LineView(available=work.pusher.available, linked_at=linked.get(by.person_id)),
        changed_at=chosen.changed_at,
    )


def set_preferences(command: SetPreferences, by: Person, work: Work) -> PreferencesView:
    """Keep how the person wants to be told. What was gathered goes out with the next digest.

    Raises Invalid (`channel_always_on`) for what can't be turned off.
    """
    if locked := refused(command.choices):
        raise Invalid(
            "channel_always_on",
            "Leave these on: the inbox keeps everything, and the account's security is mailed.",
            choices=[f"{each.kind}:{each.channel}" for each in locked],
        )
    before = work.choices.lock(by.person_id)
    now = work.clock.now()
    next_at = next_digest(command.digest, now)
    if next_at is None and before.digest.every is not Rhythm.OFF:
        next_at = now  # what waits is told before gathering ends
    changed = replace(
        before,
        off=changed_choices(before.off, command.choices),
        quiet=command.quiet_hours,
        digest=command.digest,
        next_digest_at=next_at,
        changed_at=now,
    )
    work.choices.save(changed)
    return show_preferences(by, work)


def restart_address(by: Person, work: Work) -> PreferencesView:
    """Mail again to the person's address, though it had refused mail."""
    if known := work.people.find({by.person_id}).get(by.person_id):
        work.addresses.clear(known.email)
    return show_preferences(by, work)


def unsubscribe(token: str, work: Work) -> UnsubscribedView:
    """End e-mail of the kinds that the link is for; a second click changes nothing.

    Raises NotFound (`link_unknown`).
    """
    read = work.links.read(token)
    to = work.people.find({read[0]}).get(read[0]) if read else None
    if read is None or to is None or to.gone:
        raise NotFound("link_unknown", "Sign in, and choose in the settings what you are mailed.")
    person_id, kinds = read
    before = work.choices.lock(person_id)
    ended = tuple(
        Choice(kind=kind, channel=Channel.EMAIL, on=False)
        for kind in kinds
        if (kind, Channel.EMAIL) not in LOCKED
    )
    off = changed_choices(before.off, ended)
    if off != before.off:
        work.choices.save(replace(before, off=off, changed_at=work.clock.now()))
    return UnsubscribedView(kinds=kinds, locale=to.locale)


def _address(by: Person, work: Work) -> AddressView:
    known = work.people.find({by.person_id}).get(by.person_id)
    if known is None:
        return AddressView(email="")  # registered a moment ago: accounts' event is on its way
    address = work.addresses.find(known.email)
    return AddressView(
        email=known.email,
        stopped_at=address.stopped_at,
        reason=address.reason,
        returned=address.returned,
    )
