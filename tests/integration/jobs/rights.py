"""Who may do what in jobs: the table of tests and of docs/rights.md."""

from tests.integration.jobs.test_api import JOB, OFFER
from tests.integration.jobs.test_profiles import PROFILE
from tests.support.matrix import Matrix, Row

MEMBERS = ("post", "fund", "accept", "see_money")
COMPANY = ("client", *MEMBERS)
CLIENT = ("client", "post")
ASSISTANTS = ("assistant", "other_assistant")
SIGNED_IN = (*COMPANY, *ASSISTANTS, "other_client", "operator")
ROLES = {
    "client": "the job's client",
    "post": "a member of the client's company who may post",
    "fund": "… who may fund",
    "accept": "… who may accept",
    "see_money": "… who may see the money",
    "assistant": "the assistant who proposed",
    "other_assistant": "another assistant",
    "other_client": "another client",
    "operator": "an operator",
    "nobody": "who hasn't signed in",
}
TEXT = {"text": "?"}
# A proposal is there for its two sides only.
HIDDEN = dict.fromkeys(("other_assistant", "other_client", "operator"), 404)

ROWS = {
    "GET ": Row(SIGNED_IN),
    "POST ": Row(("client", "other_client"), JOB),
    "GET {job_id}": Row(SIGNED_IN),
    "PUT {job_id}": Row(CLIENT, JOB),
    "POST {job_id}/publication": Row(CLIENT),
    "POST {job_id}/pause": Row(CLIENT),
    "POST {job_id}/resumption": Row(CLIENT),
    "POST {job_id}/closure": Row(CLIENT),
    "POST {job_id}/files": Row(CLIENT, b"bytes"),
    "GET {job_id}/files/{file_id}": Row(SIGNED_IN),
    "GET {job_id}/questions": Row(SIGNED_IN),
    "POST {job_id}/questions": Row(ASSISTANTS, TEXT),
    "POST {job_id}/questions/{question_id}/answer": Row(CLIENT, TEXT),
    "GET {job_id}/invitations": Row(CLIENT),
    "POST {job_id}/invitations": Row(CLIENT, {"assistant_id": "{assistant_id}"}, unmet=(404,)),
    "GET {job_id}/matches": Row(CLIENT),
    "GET {job_id}/proposals": Row(SIGNED_IN),
    "POST {job_id}/proposals": Row(ASSISTANTS, OFFER),
    "POST {job_id}/takes": Row(ASSISTANTS, {}),
    "GET proposals": Row(SIGNED_IN),
    "GET proposals/{proposal_id}": Row(("assistant",), otherwise=404),
    "PUT proposals/{proposal_id}": Row(("assistant",), OFFER, refused=HIDDEN),
    "POST proposals/{proposal_id}/counter-offers": Row(
        CLIENT, {"milestones": OFFER["milestones"]}, refused=HIDDEN
    ),
    "POST proposals/{proposal_id}/refusal": Row(CLIENT, refused=HIDDEN),
    "POST proposals/{proposal_id}/withdrawal": Row(("assistant",), refused=HIDDEN),
    "PUT proposals/{proposal_id}/shortlist": Row(CLIENT, refused=HIDDEN),
    "DELETE proposals/{proposal_id}/shortlist": Row(CLIENT, refused=HIDDEN),
    "POST proposals/{proposal_id}/acceptance": Row(CLIENT, refused=HIDDEN),
    "PUT profiles/me": Row(ASSISTANTS, PROFILE),
    "GET profiles/me": Row(("assistant",), otherwise=404),
    "GET profiles/me/matches": Row(("assistant",), otherwise=404),
    "GET profiles/{person_id}": Row(SIGNED_IN),
    "GET search": Row(SIGNED_IN),
    "GET people/me/export": Row(SIGNED_IN),
    "GET searches": Row(SIGNED_IN),
    "POST searches": Row(SIGNED_IN, {"name": "?", "terms": {}}),
    "DELETE searches/{search_id}": Row(("assistant",), otherwise=404),
}
MATRIX = Matrix("jobs", ROLES, ROWS)
