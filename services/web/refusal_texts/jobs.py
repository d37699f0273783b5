"""What jobs refuses."""

from collections.abc import Mapping

from services.web.i18n import N_

_JOB_NOT_FOUND = N_("There is no such thing, or it isn't for you to see.")

TEXTS: Mapping[str, str] = {
    "job_not_found": _JOB_NOT_FOUND,
    "proposal_not_found": _JOB_NOT_FOUND,
    "profile_not_found": _JOB_NOT_FOUND,
    "assistant_not_found": _JOB_NOT_FOUND,
    "search_not_found": _JOB_NOT_FOUND,
    "question_not_found": _JOB_NOT_FOUND,
    "not_owner_of_job": N_("Only the client who posted the job may do this."),
    "not_owner_of_proposal": N_("Only the assistant who made the proposal may do this."),
    "own_job": N_("You can't propose to your own job."),
    "job_step_not_allowed": N_("The job is filled or closed by now."),
    "proposal_step_not_allowed": N_("The proposal no longer stands. Please look at it again."),
    "proposal_already_made": N_(
        "You have proposed to this job already. Withdraw that proposal first."
    ),
    "beginner_promise_needed": N_(
        "This would be a protected first job: it has to be one that its client has marked for "
        "beginners."
    ),
    "over_capacity": N_(
        "That is more than the hours that the assistant has declared. Agree on less, or say that "
        "both of you want it all the same."
    ),
    "too_many_searches": N_("You keep as many searches as one may keep. Remove one first."),
    "query_too_long": N_("Please search for fewer words."),
    "job_has_proposals": N_(
        "Somebody has proposed to the job as it is. Close it, and post another one."
    ),
    "job_has_tasks": N_("The job is divided into small tasks. Take one of them."),
    "job_has_no_tasks": N_("The job isn't divided into small tasks. Make a proposal."),
    "task_already_taken": N_("You have taken one of these tasks already."),
    "deadline_over": N_("The last day to propose is over."),
    "proposal_changed": N_("The proposal has changed meanwhile. Please read it again."),
    "question_answered": N_("The question has its answer already."),
    "job_kind_incomplete": N_("Something is missing that this kind of job needs."),
    "deadline_past": N_("The last day to propose can't be over. Please name a later day."),
    "beginner_criteria_missing": N_(
        "The job can't be marked as good for beginners yet: it must say exactly what is to be "
        "done, and how it is checked."
    ),
    "offer_not_for_kind": N_(
        "The offer doesn't fit this kind of job: a retainer is by the hour, the others are in "
        "milestones."
    ),
    "start_past": N_("It can start today at the earliest."),
    "total_too_large": N_("The prices add up to too much. Please lower them."),
    "due_date_out_of_range": N_("A due date is over, or too far away."),
}
