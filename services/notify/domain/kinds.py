"""Of what kind each letter is, where it leads, and whether it is mailed whatever is chosen.

One table. `link` is a path among the pages, with fields of the event in braces. `must`: law or the
safety of money wants it in the person's hands, so nobody can turn its mail off or have it gathered.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from shared.messages.accounts import LetterKind
from shared.messages.notify import Kind

_CONTRACT: Final = "/contracts/{contract_id}"
_MILESTONE: Final = "/contracts/{contract_id}/milestones/{milestone_id}"
_FUND: Final = "/contracts/{contract_id}/fund"
_TERMS: Final = "/contracts/{contract_id}/terms"
_JOB: Final = "/jobs/{job_id}"
_PROPOSALS: Final = "/jobs/{job_id}/proposals"
_PERSON: Final = "/supporting/{participant_id}"
# What waits for somebody has its own place on the page of whom it is of.
_DRAFT: Final = _PERSON + "#i-{draft_id}"
_PRACTICE: Final = _PERSON + "#i-{practice_id}"
_HELP: Final = _PERSON + "#i-{help_id}"
_COHORT: Final = "/programs/cohorts/{cohort_id}"
_SECURITY: Final = "/settings/security"


class Nature(NamedTuple):
    """A row of the table."""

    kind: Kind
    link: str
    must: bool = False
    # What comes at night, and can't wait.
    urgent: bool = False
    # What is in the inbox only: nothing is to be done, or a letter that is sent comes with it.
    quiet: bool = False


_WORK, _MONEY, _REMINDERS = Kind.WORK, Kind.MONEY, Kind.REMINDERS
_PROGRAMS = Kind.PROGRAMS

# fmt: off
NATURES: Final[Mapping[str, Nature]] = {
    "member_invited":                   Nature(Kind.COMPANIES, "/company"),
    "address_invited":                  Nature(Kind.COMPANIES, "/sign-up?as=client"),
    "membership_changed":               Nature(Kind.COMPANIES, "/company"),
    "membership_ended":                 Nature(Kind.COMPANIES, "/company"),
    "proposal_made":                    Nature(_WORK, _PROPOSALS),
    "proposal_accepted":                Nature(_WORK, _JOB),
    "proposal_declined":                Nature(_WORK, _JOB),
    "proposal_countered":               Nature(_WORK, _JOB),
    "question_asked":                   Nature(Kind.MESSAGES, _JOB),
    "question_answered":                Nature(Kind.MESSAGES, _JOB),
    "assistant_invited":                Nature(_WORK, _JOB),
    "saved_search_matched":             Nature(_WORK, "/jobs/for-me"),
    # The law wants the terms in the hands of who does the work, at once.
    "contract_agreed_client":           Nature(_WORK, _TERMS, must=True),
    "contract_agreed_assistant":        Nature(_WORK, _TERMS, must=True),
    "terms_amended":                    Nature(_WORK, _TERMS, must=True),
    "funding_short":                    Nature(_MONEY, _FUND),
    "milestone_funded":                 Nature(_MONEY, _MILESTONE),
    "milestone_delivered":              Nature(_WORK, _MILESTONE),
    "changes_requested":                Nature(_WORK, _MILESTONE),
    "milestone_partly_accepted":        Nature(_WORK, _MILESTONE),
    "milestone_accepted":               Nature(_WORK, _MILESTONE),
    "accepted_by_silence_assistant":    Nature(_WORK, _MILESTONE),
    "accepted_by_silence_client":       Nature(_WORK, _MILESTONE, must=True),
    "ending_asked":                     Nature(_WORK, _MILESTONE, must=True),
    "milestone_ended_client":           Nature(_WORK, _MILESTONE, must=True),
    "milestone_ended_assistant":        Nature(_WORK, _MILESTONE, must=True),
    "dispute_opened":                   Nature(_WORK, _MILESTONE, must=True),
    "dispute_resolved_client":          Nature(_WORK, _MILESTONE, must=True),
    "dispute_resolved_assistant":       Nature(_WORK, _MILESTONE, must=True),
    "dispute_answer_near":              Nature(_REMINDERS, _MILESTONE, must=True),
    "delivery_near":                    Nature(_REMINDERS, _MILESTONE),
    "review_near":                      Nature(_REMINDERS, _MILESTONE),
    "answer_near":                      Nature(_REMINDERS, _MILESTONE),
    "hold_near":                        Nature(_REMINDERS, _MILESTONE),
    "milestone_overdue_client":         Nature(_REMINDERS, _MILESTONE),
    "milestone_overdue_assistant":      Nature(_REMINDERS, _MILESTONE),
    "amendment_offered":                Nature(_WORK, _TERMS),
    "amendment_declined":               Nature(_WORK, _TERMS),
    "hand_over_offered":                Nature(_WORK, "/hand-overs/{hand_over_id}"),
    "hand_over_proposed":               Nature(_WORK, _CONTRACT),
    "hand_over_refused":                Nature(_WORK, _CONTRACT),
    "hand_over_not_made":               Nature(_WORK, "/hand-overs/{hand_over_id}"),
    "milestone_handed_over_client":     Nature(_WORK, "/contracts/{to_contract_id}", must=True),
    "milestone_handed_over_assistant":  Nature(_WORK, _MILESTONE, must=True),
    "milestone_taken_over":             Nature(_WORK, "/contracts/{to_contract_id}", must=True),
    "dates_moved":                      Nature(_WORK, _CONTRACT),
    "period_ready":                     Nature(_MONEY, _FUND),
    "retainer_stopped_client":          Nature(_WORK, _CONTRACT),
    "retainer_stopped_assistant":       Nature(_WORK, _CONTRACT),
    "retainer_ending":                  Nature(_WORK, _CONTRACT, must=True),
    "period_settled_client":            Nature(_MONEY, _MILESTONE),
    "period_settled_assistant":         Nature(_MONEY, _MILESTONE),
    "message_sent":                     Nature(Kind.MESSAGES, "/contracts/{contract_id}/messages"),
    "delivery_commented":               Nature(Kind.MESSAGES, _MILESTONE),
    "ratings_revealed":                 Nature(_WORK, _CONTRACT),
    "contract_completed":               Nature(_WORK, _CONTRACT),
    "escrow_released":                  Nature(_MONEY, "/earnings"),
    "milestone_refunded":               Nature(_MONEY, "/money", must=True),
    "refund_made_client":               Nature(_MONEY, "/money", must=True),
    "refund_made_assistant":            Nature(_MONEY, _MILESTONE, must=True),
    "credit_granted":                   Nature(_MONEY, "/money"),
    "chargeback_opened_client":         Nature(_MONEY, _MILESTONE, must=True),
    "chargeback_opened_assistant":      Nature(_MONEY, _MILESTONE, must=True),
    "chargeback_closed_client":         Nature(_MONEY, _MILESTONE, must=True),
    "chargeback_closed_assistant":      Nature(_MONEY, _MILESTONE, must=True),
    "milestone_charged_back_client":    Nature(_MONEY, _MILESTONE, must=True),
    "milestone_charged_back_assistant": Nature(_MONEY, _MILESTONE, must=True),
    "payout_paid":                      Nature(_MONEY, "/earnings"),
    "payout_returned":                  Nature(_MONEY, "/payout-setup", must=True),
    "payout_delayed":                   Nature(_MONEY, "/payout-setup", must=True),
    "payable_reminder":                 Nature(_MONEY, "/payout-setup", must=True),
    "payee_activated":                  Nature(_MONEY, "/payout-setup"),
    "payee_restricted":                 Nature(_MONEY, "/payout-setup", must=True),
    "sponsor_decided":                  Nature(_PROGRAMS, "/programs"),
    "application_made":                 Nature(_PROGRAMS, _COHORT),
    "application_accepted":             Nature(_PROGRAMS, "/path"),
    "application_waiting":              Nature(_PROGRAMS, "/programs/open"),
    "application_declined":             Nature(_PROGRAMS, "/programs/open"),
    "participant_joined":               Nature(_PROGRAMS, "/path", quiet=True),
    "supporter_assigned":               Nature(_PROGRAMS, "/path"),
    "person_assigned":                  Nature(_PROGRAMS, _PERSON),
    "supporter_missing":                Nature(_PROGRAMS, _COHORT),
    "practice_delivered":               Nature(_PROGRAMS, _PRACTICE),
    "practice_reviewed":                Nature(_PROGRAMS, "/path/practice"),
    "draft_shown":                      Nature(_PROGRAMS, _DRAFT),
    "draft_looked_at":                  Nature(_PROGRAMS, _MILESTONE),
    "draft_escalated":                  Nature(_PROGRAMS, _DRAFT),
    "help_asked":                       Nature(_PROGRAMS, _HELP),
    "help_answered":                    Nature(_PROGRAMS, "/path/help"),
    "help_escalated":                   Nature(_PROGRAMS, _HELP),
    "check_in_asked":                   Nature(_PROGRAMS, "/path"),
    "check_in_passed_on":               Nature(_PROGRAMS, _PERSON),
    "step_reached":                     Nature(_PROGRAMS, "/path", quiet=True),
    "free_work_reached":                Nature(_PROGRAMS, "/path"),
    "address_refused":                  Nature(Kind.ACCOUNT, "/settings/notifications"),
    "endpoint_disabled":                Nature(Kind.ACCOUNT, "/settings/webhooks"),
    "line_linked":                      Nature(Kind.ACCOUNT, "/settings/notifications"),
}
# fmt: on

# Letters of accounts: their secret goes into the link, and into nothing else.
LINKS_OF_SECRETS: Final[Mapping[LetterKind, str]] = {
    LetterKind.CONFIRM_EMAIL: "/confirm?secret={secret}",
    LetterKind.CHANGE_EMAIL: "/confirm/email?secret={secret}",
    LetterKind.RESET_PASSWORD: "/reset/new?secret={secret}",
}
_LINKS_OF_ACCOUNTS: Final[Mapping[LetterKind, str]] = {
    LetterKind.ALREADY_REGISTERED: "/sign-in",
    LetterKind.EMAIL_CHANGED: "/reset",
    LetterKind.TOKEN_MADE: "/settings/tokens",
    LetterKind.SUSPENDED: "",
    LetterKind.REINSTATED: "/sign-in",
    LetterKind.DELETION_ASKED: "/settings/data",
    LetterKind.DELETION_BLOCKED: "/settings/data",
    LetterKind.DELETED: "",
}


def nature_of(template: str) -> Nature:
    """Return what is said of a letter here; letters of accounts are urgent, and always mailed."""
    if nature := NATURES.get(template):
        return nature
    kind = LetterKind(template)
    link = LINKS_OF_SECRETS.get(kind) or _LINKS_OF_ACCOUNTS.get(kind, _SECURITY)
    return Nature(Kind.ACCOUNT, link, must=True, urgent=True)


def link_of(template: str, happened: object) -> str:
    """Return the path that a letter leads to; AttributeError when the event lacks a field of it."""
    names = _Fields(happened)
    return nature_of(template).link.format_map(names)


class _Fields(dict[str, object]):
    def __init__(self, happened: object) -> None:
        super().__init__()
        self._happened = happened

    def __missing__(self, name: str) -> object:
        return getattr(self._happened, name)
