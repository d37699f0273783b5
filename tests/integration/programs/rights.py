"""Who may do what in programs: the table of tests and of docs/rights.md."""

from tests.integration.programs.town import APPLICATION, COHORT, CURRICULUM
from tests.support.matrix import Matrix, Row, of_operators

PARTNER = ("partner", "partner_post", "partner_accept")
PARTNER_POST = ("partner", "partner_post")
PARTNER_ACCEPT = ("partner", "partner_accept")
SPONSOR = ("sponsor", "sponsor_see")
MEMBERS = (*PARTNER, *SPONSOR)
OTHERS = ("participant", "supporter", "other_supporter", "other_assistant", "other_town")
SIGNED_IN = (*MEMBERS, *OTHERS, "operator")
ROLES = {
    "sponsor": "the town's account, or its members who may do everything",
    "sponsor_see": "a member of the town who may see the money",
    "partner": "the partner's account, or its members who may do everything",
    "partner_post": "… who may post",
    "partner_accept": "… who may accept",
    "participant": "the assistant who takes part",
    "supporter": "the supporter of this participant",
    "other_supporter": "a supporter of the program, of somebody else",
    "other_assistant": "an assistant who doesn't take part",
    "other_town": "another town's account",
    "operator": "an operator",
    "nobody": "who hasn't signed in",
}
NEAR = ("participant", "supporter")
ITS_PEOPLE = (*PARTNER, *NEAR)
# To the partner's members without the right it is refused; to all others it doesn't exist.
LACKS = 403
TO_PARTNER = dict.fromkeys(PARTNER, LACKS)
TO_SPONSOR = dict.fromkeys(MEMBERS, LACKS)
TO_ITS_PEOPLE = dict.fromkeys((*PARTNER, "participant", "supporter"), LACKS)

PROGRAM = {
    "sponsor_id": "{sponsor_id}",
    "partner_id": "{partner_id}",
    "title": "?",
    "about": "?",
}
REGISTRATION = {"account_id": "{sponsor_id}", "municipality_code": "131016", "note": "?"}

ROWS = {
    "GET municipalities?q=chiyoda": Row(SIGNED_IN),
    "POST sponsors": Row(("sponsor",), REGISTRATION),
    "GET sponsors": Row(SIGNED_IN),
    "GET sponsors/{account_id}": Row((*SPONSOR, "operator"), otherwise=404),
    "POST sponsors/{account_id}/decision": of_operators({"confirmed": True}),
    "POST ": Row(("sponsor",), PROGRAM),
    "GET ": Row(SIGNED_IN),
    "GET {program_id}": Row(SIGNED_IN),
    "PUT {program_id}": Row(("sponsor",), PROGRAM, otherwise=404, refused=TO_SPONSOR),
    "PUT {program_id}/curriculum": Row(PARTNER_POST, CURRICULUM, otherwise=404, refused=TO_PARTNER),
    "POST {program_id}/opening": Row(("sponsor",), otherwise=404, refused=TO_SPONSOR),
    "GET {program_id}/local-clients": Row(PARTNER_POST, otherwise=404, refused=TO_PARTNER),
    "PUT {program_id}/local-clients/{account_id}": Row(
        PARTNER_POST, otherwise=404, refused=TO_PARTNER
    ),
    "DELETE {program_id}/local-clients/{account_id}": Row(
        PARTNER_POST, otherwise=404, refused=TO_PARTNER
    ),
    "GET {program_id}/sponsorships": Row(SPONSOR, otherwise=404),
    "POST {program_id}/cohorts": Row(PARTNER_POST, COHORT, otherwise=404, refused=TO_PARTNER),
    "GET {program_id}/cohorts": Row(SIGNED_IN),
    "GET cohorts/{cohort_id}": Row(SIGNED_IN),
    "GET {program_id}/outcomes": Row(MEMBERS, otherwise=404),
    "GET {program_id}/outcomes.csv": Row(MEMBERS, otherwise=404),
    "GET {program_id}/outcomes.pdf": Row(MEMBERS, otherwise=404),
    "GET {program_id}/outcomes.json": Row(SIGNED_IN),
    "GET cohorts/{cohort_id}/outcomes": Row(MEMBERS, otherwise=404),
    "PUT cohorts/{cohort_id}": Row(PARTNER_POST, COHORT, otherwise=404, refused=TO_PARTNER),
    "GET cohorts/{cohort_id}/participants": Row(
        (*PARTNER, "supporter", "other_supporter"), otherwise=404
    ),
    "PUT cohorts/{cohort_id}/sessions/{number}/attendance": Row(
        (*PARTNER_POST, "supporter", "other_supporter"),
        {"participant_ids": []},
        otherwise=404,
        refused=TO_PARTNER,
    ),
    "POST cohorts/{cohort_id}/applications": Row(("participant", "other_assistant"), APPLICATION),
    "GET cohorts/{cohort_id}/applications": Row(PARTNER_ACCEPT, otherwise=404, refused=TO_PARTNER),
    "GET applications/mine": Row(SIGNED_IN),
    "POST applications/{application_id}/acceptance": Row(
        PARTNER_ACCEPT, otherwise=404, refused=TO_PARTNER
    ),
    "POST applications/{application_id}/refusal": Row(
        PARTNER_ACCEPT, {"reason": "?"}, otherwise=404, refused=TO_PARTNER
    ),
    "POST applications/{application_id}/withdrawal": Row(("other_assistant",), otherwise=404),
    "POST {program_id}/supporters": Row(
        PARTNER_POST,
        {"email": "{supporter_email}", "limit": 9},
        otherwise=404,
        refused=TO_PARTNER,
    ),
    "GET {program_id}/supporters": Row(PARTNER_POST, otherwise=404, refused=TO_PARTNER),
    "DELETE {program_id}/supporters/{person_id}": Row(
        PARTNER_POST, otherwise=404, refused=TO_PARTNER
    ),
    "GET participants/mine": Row(("participant",), otherwise=404),
    "GET participants/mine/mates": Row(("participant",), otherwise=404),
    "GET participants/{participant_id}": Row((*PARTNER, "participant", "supporter"), otherwise=404),
    "PUT participants/{participant_id}/supporter": Row(
        PARTNER_POST,
        {"supporter_id": "{supporter_id}"},
        otherwise=404,
        refused=TO_ITS_PEOPLE,
    ),
    "PUT participants/{participant_id}/consent": Row(
        ("participant",), {"outcomes_consent": False}, otherwise=404
    ),
    "PUT participants/{participant_id}/weekly-hours": Row(
        ("participant",), {"weekly_hours": 5}, otherwise=404
    ),
    "PUT participants/{participant_id}/rating": Row(("participant",), {"stars": 5}, otherwise=404),
    "POST participants/{participant_id}/orientation": Row(("participant",), otherwise=404),
    "POST participants/{participant_id}/units/{number}/check": Row(
        ("participant",), {"answers": [1]}, otherwise=404
    ),
    "POST participants/{participant_id}/units/{number}/confirmation": Row(
        ("supporter",), otherwise=404
    ),
    "GET participants/{participant_id}/weeks": Row(ITS_PEOPLE, otherwise=404),
    "POST participants/{participant_id}/files?name=x.txt": Row(
        ("participant",), b"bytes", otherwise=404
    ),
    "GET participants/{participant_id}/files/{file_id}": Row(NEAR, otherwise=404),
    "GET participants/{participant_id}/practice": Row(NEAR, otherwise=404),
    "POST participants/{participant_id}/practice/deliveries": Row(
        ("participant",), {"text": "?"}, otherwise=404
    ),
    "POST participants/{participant_id}/practice/review": Row(
        ("supporter",), {"accepted": True, "comment": "?"}, otherwise=404
    ),
    "POST participants/{participant_id}/drafts": Row(
        ("participant",), {"milestone_id": "{milestone_id}", "text": "?"}, otherwise=404
    ),
    "GET participants/{participant_id}/drafts": Row(ITS_PEOPLE, otherwise=404),
    "POST drafts/{draft_id}/look": Row(("supporter",), {"comment": "?"}, otherwise=404),
    "POST participants/{participant_id}/helps": Row(("participant",), {"text": "?"}, otherwise=404),
    "GET participants/{participant_id}/helps": Row(ITS_PEOPLE, otherwise=404),
    "GET helps/{help_id}": Row(NEAR, otherwise=404),
    "POST helps/{help_id}/answers": Row(NEAR, {"text": "?"}, otherwise=404),
    "POST helps/{help_id}/settlement": Row(("participant",), otherwise=404),
    "GET participants/{participant_id}/check-ins": Row(ITS_PEOPLE, otherwise=404),
    "POST check-ins/{check_in_id}/answer": Row(("participant",), {"mood": "well"}, otherwise=404),
    "POST participants/{participant_id}/notes": Row(("supporter",), {"text": "?"}, otherwise=404),
    "GET participants/{participant_id}/notes": Row(("supporter",), otherwise=404),
    "GET today": Row(SIGNED_IN),
    # The last: whoever leaves has nothing left to be tried on, nor a program that is closed.
    "POST participants/{participant_id}/departure": Row(
        (*PARTNER_ACCEPT, "participant"), otherwise=404, refused=TO_ITS_PEOPLE
    ),
    "POST {program_id}/closure": Row(("sponsor",), otherwise=404, refused=TO_SPONSOR),
    "GET people/me/export": Row(SIGNED_IN),
}
MATRIX = Matrix("programs", ROLES, ROWS)
