"""What is said of each refusal, and at which field of a form it is said."""

from collections.abc import Mapping

from services.web.i18n import N_

EVERYWHERE: Mapping[str, str] = {
    "not_found": N_("Its address may have changed, or there is a typing error in it."),
    "method_not_allowed": N_("Its address may have changed, or there is a typing error in it."),
    "token_missing": N_("Please sign in."),
    "token_expired": N_("Please sign in again."),
    "token_invalid": N_("Please sign in again."),
    "role_required": N_("This isn't for your kind of account."),
    "right_required": N_("Please ask an administrator of your company for the right to do this."),
    "request_entity_too_large": N_("That is too large to be sent."),
    "idempotency_key_reused": N_(
        "This was sent before, with something else in it. See whether it was done; if not, send "
        "it again."
    ),
    "rate_limited": N_("That was a lot at once. Please wait a moment and try again."),
    "changed_meanwhile": N_(
        "Somebody has changed this meanwhile. See what it says now, then send yours again."
    ),
    "database_unavailable": N_("This doesn't answer at the moment. Please try again shortly."),
    "token_keys_unavailable": N_("This doesn't answer at the moment. Please try again shortly."),
    "internal_error": N_("Something is wrong on our side. Nothing was changed."),
}

ACCOUNT: Mapping[str, str] = {
    "sign_in_failed": N_(
        "That e-mail address and password don't belong together, or the address isn't confirmed "
        "yet."
    ),
    "too_many_attempts": N_("That was tried too often. Please wait a while and try again."),
    "password_breached": N_(
        "This password is known from a break-in elsewhere. Please choose another."
    ),
    "form_too_old": N_("This page was open for long. Please check it and send it once more."),
    "form_not_ours": N_(
        "This wasn't sent from a page of ours, so nothing was done. Open the page here and send "
        "it again."
    ),
    "reauthentication_needed": N_("Please show once more that it is you."),
}

TEXTS: Mapping[str, str] = {**EVERYWHERE, **ACCOUNT}

# Which field of a form a code is about: the first of these names that the form has.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "password_breached": ("new", "password"),
}
