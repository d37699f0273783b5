"""What programs refuses."""

from collections.abc import Mapping

from services.web.i18n import N_

_NOT_FOUND = N_("There is no such thing, or it isn't for you to see.")

TEXTS: Mapping[str, str] = {
    "practice_not_found": _NOT_FOUND,
    "draft_not_found": _NOT_FOUND,
    "help_not_found": _NOT_FOUND,
    "check_in_not_found": _NOT_FOUND,
    "unit_not_found": _NOT_FOUND,
    "step_not_reached": N_("The orientation comes first."),
    "unit_without_questions": N_("Your supporter confirms this unit."),
    "unit_with_questions": N_("This unit is passed by answering its questions."),
    "answers_incomplete": N_("Please answer each of the questions."),
    "practice_step_not_allowed": N_("The practice job has moved on. Please look at it again."),
    "draft_looked_at": N_("Somebody has looked at this draft already."),
    "help_settled": N_("This is settled. Ask again, if something is left."),
    "check_in_answered": N_("You have said already how it goes. Thank you."),
    "file_not_uploaded": N_("Please upload these files first."),
    "municipality_unknown": N_("The national list of local governments has no such code."),
    "contract_not_there_yet": N_(
        "We haven't heard of all of it yet. Please try again in a moment."
    ),
    "program_not_found": _NOT_FOUND,
    "cohort_not_found": _NOT_FOUND,
    "participant_not_found": _NOT_FOUND,
    "application_not_found": _NOT_FOUND,
    "sponsor_not_found": _NOT_FOUND,
    "supporter_not_found": N_("This person isn't a supporter of the program."),
    "meeting_not_found": N_("The cohort has no session of this number."),
    "company_needed": N_("A municipality acts by the account of a company."),
    "sponsor_already_registered": N_("This account stands for a municipality already."),
    "sponsor_already_decided": N_("This was decided before. Please look at it again."),
    "sponsor_not_registered": N_("Say first which municipality this account is."),
    "sponsor_not_confirmed": N_(
        "An operator has to confirm first that this account is the municipality's."
    ),
    "partner_unknown": N_("The partner has to be a company with an account here."),
    "client_unknown": N_(
        "There is no such account. Please ask the client for the address once more."
    ),
    "program_step_not_allowed": N_(
        "This can't be done with the program as it stands. Please look at it again."
    ),
    "program_not_open": N_("The program isn't open."),
    "program_runner_fixed": N_("Who sponsors a program and who runs it stays as it is."),
    "caps_only_raised": N_("While the program is open, caps can only be raised."),
    "curriculum_missing": N_("The curriculum has to be set first."),
    "units_only_added": N_("While the program is open, no unit is taken away."),
    "capacity_below_taken": N_("More places than that are taken already."),
    "sessions_only_added": N_("Sessions can be changed and added, but none can be taken away."),
    "applications_over": N_("The last day to apply is over."),
    "not_eligible": N_("You don't meet all that the program asks for: look at who may apply."),
    "already_applied": N_("You have applied for this cohort already."),
    "already_takes_part": N_(
        "This person takes part in a program already. Leaving it comes first."
    ),
    "application_step_not_allowed": N_(
        "The application was decided on or withdrawn by now. Please look at it again."
    ),
    "person_unknown": N_("Nobody with this address has an account here."),
    "supporter_limit_reached": N_("This supporter stands by as many people as agreed."),
    "limit_below_people": N_(
        "They stand by more people than that. Give some of these another supporter first."
    ),
    "supporter_has_people": N_("Give their people another supporter first."),
    "supports_oneself": N_("Nobody is their own supporter."),
    "not_in_cohort": N_("Somebody who is named doesn't take part in this cohort."),
    "has_left": N_("This person takes part no longer."),
}
