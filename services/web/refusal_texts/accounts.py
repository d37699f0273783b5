"""What accounts refuses."""

from collections.abc import Mapping

from services.web.i18n import N_

_SESSION_ENDED = N_("Please sign in again.")
_SECOND_FACTOR_WRONG = N_("This code is wrong, or was used before. Please type the one shown now.")
_PASSKEY_NOT_FOUND = N_("There is no such thing, or it isn't for you to see.")
_PROVIDER_UNAVAILABLE = N_(
    "The other service doesn't answer at the moment. Please try again shortly."
)
_DELETION_NOT_OPEN = N_("There is nothing to take back.")

TEXTS: Mapping[str, str] = {
    "email_taken": N_("There is an account with this address already."),
    "sign_in_failed": N_(
        "That e-mail address and password don't belong together, or the address isn't confirmed "
        "yet."
    ),
    "too_many_attempts": N_("That was tried too often. Please wait a while and try again."),
    "link_invalid": N_("This link was used before, or its time is over. Have a new one sent."),
    "password_breached": N_(
        "This password is known from a break-in elsewhere. Please choose another."
    ),
    "password_guessable": N_(
        "Without your name, your address and Tasuki's name, too little of this password is left. "
        "Please choose another."
    ),
    "password_wrong": N_("This password is wrong."),
    "password_needed": N_("Please type your password for this."),
    "reauthentication_needed": N_("Please show once more that it is you."),
    "session_ended": _SESSION_ENDED,
    "refresh_token_invalid": _SESSION_ENDED,
    "refresh_token_reused": _SESSION_ENDED,
    "session_not_found": N_("That session has ended already."),
    "sign_in_busy": N_("Many are signing in just now. Please try again in a moment."),
    "challenge_invalid": N_("This took too long, or was done before. Please begin anew."),
    "second_factor_wrong": _SECOND_FACTOR_WRONG,
    "code_wrong": _SECOND_FACTOR_WRONG,
    "second_factor_required": N_(
        "Your kind of account needs a second step. Set up another before you remove this one."
    ),
    "second_factor_needed": N_("Your kind of account needs a second step. Please set one up."),
    "no_second_factor": N_("Set up an app or a passkey first."),
    "totp_exists": N_("An app is set up already. Remove it first."),
    "totp_not_found": N_("No app is set up."),
    "totp_not_started": N_("Please begin to set up the app once more."),
    "passkey_known": N_("This passkey is set up already."),
    "passkey_not_accepted": N_("This passkey couldn't be set up. Please try again."),
    "passkey_refused": N_("This passkey doesn't open an account here."),
    "passkey_not_found": _PASSKEY_NOT_FOUND,
    "too_many_passkeys": N_("You have as many passkeys as one may have. Remove one first."),
    "identity_not_found": N_("You have no account linked there."),
    "last_way_in": N_("Nothing else would let you in. Set a password or a passkey first."),
    "provider_not_found": _PASSKEY_NOT_FOUND,
    "provider_refused": N_("The other service didn't confirm who you are. Please try again."),
    "provider_unavailable": _PROVIDER_UNAVAILABLE,
    "provider_email_unverified": N_(
        "The other service doesn't vouch for your e-mail address. Confirm it there, or open an "
        "account here."
    ),
    "provider_link_needed": N_(
        "There is an account here with this address. Sign in to it, then link the two in the "
        "settings."
    ),
    "provider_linked_already": N_("That account is linked already. Unlink it first."),
    "token_lifetime_invalid": N_("A token holds for a year at most."),
    "token_not_found": _PASSKEY_NOT_FOUND,
    "too_many_tokens": N_("You have as many tokens as one may have. Revoke one first."),
    "deletion_already_asked": N_("You have asked for that already."),
    "deletion_not_open": _DELETION_NOT_OPEN,
    "deletion_not_found": _PASSKEY_NOT_FOUND,
    "person_not_found": _PASSKEY_NOT_FOUND,
    "company_not_found": _PASSKEY_NOT_FOUND,
    "member_not_found": N_("Nobody like that is in the company."),
    "administrator_required": N_("Only an administrator of the company may do this."),
    "already_member": N_("This person is a member already."),
    "not_invited": N_("No invitation is open any more. Ask for a new one."),
    "last_administrator": N_(
        "Nobody would be left to administer the company. Make somebody else an administrator first."
    ),
    "too_many_members": N_("The company has as many members as it may have."),
    "too_many_companies": N_("You are in as many companies as one may be in."),
    "account_suspended": N_("This account is suspended. Please write to whoever runs the market."),
    "already_suspended": N_("This person is suspended already."),
    "not_suspended": N_("This person isn't suspended."),
    "own_account": N_("This is your own account. Please choose another."),
    "own_suspension": N_("This is your own account. Please choose another."),
    "deletion_not_asked": _DELETION_NOT_OPEN,
    "provider_unreachable": _PROVIDER_UNAVAILABLE,
}
