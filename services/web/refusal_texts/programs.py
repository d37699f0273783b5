"""What programs refuses."""

from collections.abc import Mapping

from services.web.i18n import N_

TEXTS: Mapping[str, str] = {
    "municipality_unknown": N_("The national list of local governments has no such code."),
    "contract_not_there_yet": N_(
        "We haven't heard of all of it yet. Please try again in a moment."
    ),
}
