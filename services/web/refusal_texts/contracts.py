"""What contracts refuses."""

from collections.abc import Mapping

from services.web.i18n import N_

_CONTRACT_NOT_FOUND = N_("There is no such thing, or it isn't for you to see.")
_RETAINER_NOT_FOUND = N_("This contract is no retainer.")

TEXTS: Mapping[str, str] = {
    "contract_not_found": _CONTRACT_NOT_FOUND,
    "milestone_not_found": _CONTRACT_NOT_FOUND,
    "dispute_not_found": _CONTRACT_NOT_FOUND,
    "message_not_found": _CONTRACT_NOT_FOUND,
    "account_not_found": _CONTRACT_NOT_FOUND,
    "report_not_found": _CONTRACT_NOT_FOUND,
    "delivery_not_found": _CONTRACT_NOT_FOUND,
    "terms_not_found": _CONTRACT_NOT_FOUND,
    "amendment_not_found": _CONTRACT_NOT_FOUND,
    "hand_over_not_found": _CONTRACT_NOT_FOUND,
    "entry_not_found": _CONTRACT_NOT_FOUND,
    "other_party_required": N_("This is for the other of you two to do."),
    "milestone_step_not_allowed": N_(
        "It has moved on meanwhile, and this can't be done any more. Please look at how it "
        "stands now."
    ),
    "part_not_less_than_rest": N_(
        "A part has to be less than what is left of the price. Accept the whole instead."
    ),
    "dispute_already_answered": N_("The dispute has an answer already."),
    "nothing_to_dispute": N_("Nothing was paid for this milestone. You can end it instead."),
    "split_exceeds_rest": N_("The assistant's part is more than what is left of the price."),
    "file_not_in_contract": N_("A file isn't one of this contract. Please attach it here."),
    "messages_closed": N_("The work is over, and one of you wants no more messages."),
    "rating_too_early": N_("Work still goes on. You can rate once nothing is left to be done."),
    "rating_too_late": N_("The time to rate is over."),
    "already_rated": N_("You have rated already."),
    "rating_not_found": N_("Nothing was said yet, or it isn't shown until both have rated."),
    "rating_already_answered": N_("You have answered this rating already."),
    "report_closed": N_("This report is closed."),
    "criterion_required": N_("Please name which of the agreed criteria isn't met."),
    "draft_not_looked_at": N_(
        "Show your supporter the draft first. It can be delivered once they have looked at it."
    ),
    "criterion_unknown": N_("Please choose one of the agreed criteria."),
    "revisions_used_up": N_(
        "Changes were asked for as often as agreed. Accept it, accept a part of it, or open a "
        "dispute."
    ),
    "hold_exceeded": N_(
        "The review would end after the day until which the money can be held. Please name an "
        "earlier date."
    ),
    "contract_completed": N_("All that was agreed is done."),
    "amendment_standing": N_(
        "A change to the terms waits for its answer. Answer it, or withdraw it, first."
    ),
    "amendment_answered": N_("This offer has its answer already."),
    "amendment_empty": N_("Please say what is to change, each milestone once."),
    "amendment_touches_done": N_("What is delivered, accepted, disputed or over can't be changed."),
    "amendment_while_paying": N_(
        "A payment for this milestone is on its way. Wait for it, or cancel it."
    ),
    "price_raised_after_funding": N_(
        "The money for this milestone is held already. Add a milestone for the rest."
    ),
    "reduction_exceeds_rest": N_("That is more than what is left of the price."),
    "due_date_past": N_("The new due date is over. Please name a later day."),
    "hand_over_standing": N_("A hand-over of this milestone waits for its consents."),
    "hand_over_closed": N_("This hand-over is agreed, refused or no longer possible."),
    "only_work_handed_over": N_("A bonus or a retainer's period can't be handed over."),
    "substitute_not_found": N_("There is no such assistant who could go on with it."),
    "date_days_used_up": N_(
        "Dates can't be moved by so many days. Move them by less, or offer a change of the terms."
    ),
    "retainer_not_found": _RETAINER_NOT_FOUND,
    "not_a_retainer": _RETAINER_NOT_FOUND,
    "not_a_period": N_("Hours are logged for a retainer only."),
    "period_not_logging": N_("This period isn't paid for yet, or its hours are delivered."),
    "period_not_over": N_("The period isn't over yet."),
    "day_outside_period": N_("The day isn't one of this period, or hasn't come yet."),
    "hours_over_limit": N_("That is more than the hours agreed on."),
    "notice_given": N_("Notice was given already."),
    "retainer_not_waiting": N_(
        "There is a period that goes on or is to come, or notice was given."
    ),
    "nothing_to_move": N_("Nothing in this contract waits for the assistant."),
    "terms_incomplete": N_("The terms aren't complete: the law asks for all nine items."),
    "payday_after_limit": N_(
        "The payday would be later than the law allows. Agree on a shorter review."
    ),
    "milestone_not_there_yet": N_(
        "We haven't heard of all of it yet. Please try again in a moment."
    ),
}
