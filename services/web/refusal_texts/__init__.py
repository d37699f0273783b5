"""What is said of each refusal, by its code, and at which field of a form it is said.

What only programs, events or other servers meet has no words here: see docs/errors.md.
"""

from collections.abc import Mapping

from services.web.refusal_texts import (
    accounts,
    contracts,
    everywhere,
    jobs,
    notify,
    payments,
    programs,
)

TEXTS: Mapping[str, str] = {
    **everywhere.TEXTS,
    **accounts.TEXTS,
    **jobs.TEXTS,
    **contracts.TEXTS,
    **payments.TEXTS,
    **notify.TEXTS,
    **programs.TEXTS,
}

# Which field of a form a code is about: the first of these names that the form has.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "password_breached": ("new", "password"),
    "password_guessable": ("new", "password"),
    "password_wrong": ("current", "password"),
    "password_needed": ("current", "password"),
    "code_wrong": ("code",),
    "second_factor_wrong": ("code",),
    "endpoint_refused": ("url",),
    "unknown_event_type": ("event_types",),
    "email_taken": ("email",),
    "already_member": ("email",),
    "due_date_past": ("due_on",),
    "due_date_out_of_range": ("due_on",),
    "deadline_past": ("deadline", "closes_on"),
    "start_past": ("starts_on",),
    "credit_insufficient": ("credit",),
    "registration_number_invalid": ("registration_number", "number"),
    "routing_number_invalid": ("routing_number", "bank_code"),
    "partner_unknown": ("partner_id",),
    "client_unknown": ("account_id",),
    "person_unknown": ("email",),
    "file_empty": ("file", "files"),
    "file_type_refused": ("file", "files"),
}
