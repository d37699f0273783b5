"""What payments refuses."""

from collections.abc import Mapping

from services.web.i18n import N_

_CLIENT_NOT_FOUND = N_("There is no such thing, or it isn't for you to see.")
_CHARGE_NOT_BOOKED_YET = N_("We haven't heard of all of it yet. Please try again in a moment.")

TEXTS: Mapping[str, str] = {
    "payee_not_found": N_("Set up being paid first."),
    "payee_account_not_open": N_(
        "The account with the payment processor isn't open. Please begin to set up being paid "
        "once more."
    ),
    "milestone_already_funded": N_("This is paid for already."),
    "milestone_ended": N_("This has ended: nothing is to be paid."),
    "payment_under_way": N_("A payment is on its way. Wait for it, or cancel it."),
    "milestones_repeated": N_("A milestone was named twice."),
    "one_client_at_a_time": N_("Please pay for one client at a time."),
    "client_not_found": _CLIENT_NOT_FOUND,
    "checkout_not_found": _CLIENT_NOT_FOUND,
    "document_not_found": _CLIENT_NOT_FOUND,
    "operation_not_found": _CLIENT_NOT_FOUND,
    "wallet_not_found": _CLIENT_NOT_FOUND,
    "wallet_short": N_("There is less free in the wallet than that."),
    "more_than_owed": N_("Less is owed to the partner than that."),
    "wallet_not_known_yet": _CHARGE_NOT_BOOKED_YET,
    "sponsorship_not_known_yet": _CHARGE_NOT_BOOKED_YET,
    "sponsorship_not_reserved_yet": _CHARGE_NOT_BOOKED_YET,
    "release_not_known_yet": _CHARGE_NOT_BOOKED_YET,
    "payout_not_found": _CLIENT_NOT_FOUND,
    "refund_not_found": _CLIENT_NOT_FOUND,
    "reconciliation_not_found": _CLIENT_NOT_FOUND,
    "trace_not_found": _CLIENT_NOT_FOUND,
    "credit_insufficient": N_("There isn't so much credit. Pay the rest by card or transfer."),
    "price_not_within": N_("That is more than what is left of the price."),
    "milestone_not_refundable": N_("There is nothing to pay back."),
    "chargeback_open": N_(
        "The client's bank has taken the payment back. Wait until it has decided."
    ),
    "split_does_not_add_up": N_("The two parts aren't what is left of the price."),
    "payee_not_active": N_(
        "The payment processor doesn't know enough yet. Please answer what it asks."
    ),
    "nothing_payable": N_("Nothing is owed that could be paid out now."),
    "payout_below_minimum": N_("Less is owed than the smallest payout. It is added up until then."),
    "amount_not_chargeable": N_("The payment processor takes no payment of this amount."),
    "processor_hold_exceeded": N_(
        "The due date and the review are further away than money may be held. Pay nearer to the "
        "due date."
    ),
    "processor_declined": N_("The payment processor has declined it."),
    "processor_unavailable": N_(
        "The payment processor doesn't answer at the moment. Please try again shortly."
    ),
    "account_overdrawn": N_("The books hold less than this would take."),
    "step_not_possible": N_(
        "It has moved on meanwhile, and this can't be done any more. Please look at how it "
        "stands now."
    ),
    "step_not_possible_yet": N_("Something else has to happen first. Please try again later."),
    "currency_not_supported": N_("This currency isn't used here."),
    "price_too_large": N_("The amount is too large."),
    "charge_not_booked_yet": _CHARGE_NOT_BOOKED_YET,
    "checkout_not_known_yet": _CHARGE_NOT_BOOKED_YET,
    "escrow_not_known_yet": _CHARGE_NOT_BOOKED_YET,
    "contract_not_known_yet": _CHARGE_NOT_BOOKED_YET,
    "price_change_not_known_yet": _CHARGE_NOT_BOOKED_YET,
    "money_moved_meanwhile": _CHARGE_NOT_BOOKED_YET,
    "charge_not_known_yet": _CHARGE_NOT_BOOKED_YET,
    "client_not_known_yet": _CHARGE_NOT_BOOKED_YET,
    "payee_not_known_yet": _CHARGE_NOT_BOOKED_YET,
    "bank_not_found": N_("No bank has this code."),
    "branch_not_found": N_("The bank has no branch of this code."),
    "query_too_short": N_("Please type the beginning of a name or code."),
    "routing_number_invalid": N_("A bank has 4 digits, a branch 3."),
    "registration_number_invalid": N_(
        "This is no registration number: it is T and 13 digits. Compare it with the tax office's "
        "notice."
    ),
    "document_too_long": N_("This is too long for a PDF. Please take it as data."),
    "valid_from_in_the_past": N_(
        "Documents of past days are issued already. Name today or a later day."
    ),
    "registration_not_found": N_("No registration number was named."),
    "withholding_already_remitted": N_("The month's withholding tax is remitted already."),
    "nothing_to_remit": N_("Nothing is due for this month."),
    "month_malformed": N_("Please write a month as 2026-11."),
    "month_not_over": N_("The month isn't over yet."),
    "month_closed": N_("The month is closed already."),
    "month_not_next": N_("Months are closed in order."),
    "books_do_not_hold": N_(
        "The books don't hold: an entry doesn't balance, or an account opens otherwise than it "
        "closed."
    ),
    "close_under_way": N_("The month is being closed just now. Please wait a moment."),
    "journal_busy": N_("The books are busy. Please try again in a moment."),
    "reconciliation_taken_over": N_(
        "Another run has begun meanwhile. Please look at the newest one."
    ),
    "trace_too_large": N_(
        "That is too much for one picture. Trace a milestone, a payment or a payout."
    ),
}
