"""What notify refuses."""

from collections.abc import Mapping

from services.web.i18n import N_

_NOTIFICATION_NOT_FOUND = N_("There is no such thing, or it isn't for you to see.")

TEXTS: Mapping[str, str] = {
    "notification_not_found": _NOTIFICATION_NOT_FOUND,
    "letter_not_found": _NOTIFICATION_NOT_FOUND,
    "endpoint_not_found": _NOTIFICATION_NOT_FOUND,
    "channel_always_on": N_("Some of these can't be turned off."),
    "link_unknown": N_(
        "This link isn't one of ours, or no longer holds. Sign in and choose in the settings."
    ),
    "line_not_available": N_("LINE isn't used here."),
    "endpoint_disabled": N_("Nothing is sent to this address. Turn it on first."),
    "endpoint_refused": N_(
        "This address can't be used: it has to begin with https:// and be reachable from outside."
    ),
    "too_many_endpoints": N_("There are as many addresses as there may be. Remove one first."),
    "unknown_event_type": N_("There is no such kind of event."),
}
