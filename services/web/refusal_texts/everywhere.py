"""What any service may refuse."""

from collections.abc import Mapping

from services.web.i18n import N_

_NOT_FOUND = N_("Its address may have changed, or there is a typing error in it.")
_TOKEN_EXPIRED = N_("Please sign in again.")
_DATABASE_UNAVAILABLE = N_("This doesn't answer at the moment. Please try again shortly.")
_FILE_NOT_FOUND = N_("There is no such thing, or it isn't for you to see.")

TEXTS: Mapping[str, str] = {
    "not_found": _NOT_FOUND,
    "method_not_allowed": _NOT_FOUND,
    "token_missing": N_("Please sign in."),
    "token_expired": _TOKEN_EXPIRED,
    "token_invalid": _TOKEN_EXPIRED,
    "role_required": N_("This isn't for your kind of account."),
    "right_required": N_("Please ask an administrator of your company for the right to do this."),
    "scope_missing": N_("Your token doesn't have the scope for this."),
    "request_entity_too_large": N_("That is too large to be sent."),
    "idempotency_key_reused": N_(
        "This was sent before, with something else in it. See whether it was done; if not, send "
        "it again."
    ),
    "rate_limited": N_("That was a lot at once. Please wait a moment and try again."),
    "changed_meanwhile": N_(
        "Somebody has changed this meanwhile. See what it says now, then send yours again."
    ),
    "form_too_old": N_("This page was open for long. Please check it and send it once more."),
    "form_not_ours": N_(
        "This wasn't sent from a page of ours, so nothing was done. Open the page here and send "
        "it again."
    ),
    "bad_request": N_("That didn't arrive as a whole. Please send it again."),
    "form_malformed": N_("The form didn't arrive as a whole. Please send it again."),
    "cursor_invalid": N_("This page of the list is no longer there. Please begin from the start."),
    "database_unavailable": _DATABASE_UNAVAILABLE,
    "token_keys_unavailable": _DATABASE_UNAVAILABLE,
    "service_unreachable": _DATABASE_UNAVAILABLE,
    "service_timeout": _DATABASE_UNAVAILABLE,
    "internal_error": N_("Something is wrong on our side. Nothing was changed."),
    "person_not_known_yet": N_("We haven't heard of all of it yet. Please try again in a moment."),
    "file_unavailable": N_("The file can't be reached at the moment. Please try again shortly."),
    "file_empty": N_("The file is empty. Please choose another."),
    "file_type_refused": N_(
        "Programs can't be sent: they could harm whoever opens them. Please put it into a .zip."
    ),
    "file_not_found": _FILE_NOT_FOUND,
    "own_approval": N_("Somebody else has to approve of what you asked for."),
    "approval_closed": N_("Somebody has decided on this already."),
    "approval_not_found": _FILE_NOT_FOUND,
    "approval_waiting": N_("This waits for another operator's approval already."),
    "broker_unavailable": _DATABASE_UNAVAILABLE,
    "token_exchange_unavailable": _DATABASE_UNAVAILABLE,
    "dead_letter_not_found": _FILE_NOT_FOUND,
    "replay_consumer_unknown": N_("Nobody of this name hears these events."),
    "replay_not_found": N_("Nobody has asked for this."),
    "dead_letter_queue_gone": N_("Nobody reads this kind of message any more."),
    "sign_in_required": N_("A program can't do this: please sign in."),
}
