"""What programs refuses."""

from collections.abc import Mapping

from services.web.i18n import N_

TEXTS: Mapping[str, str] = {
    "municipality_unknown": N_("The national list of local governments has no such code."),
}
