"""What holds for every page: who may come, what is believed, and what becomes of a refusal."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from starlette.responses import Response

from services.web import api
from services.web.pages import all_entries
from services.web.routing import Pages, Visit, together
from services.web.sessions import Session
from shared.http.files import MAX_FILE_BYTES
from shared.ids import new_id
from shared.messages.base import Command, Line, View
from shared.money import Money
from tests.support.web import PUBLIC_URL, Services, WebUnderTest, access_token, web_over

OURS = {"Origin": PUBLIC_URL, "Sec-Fetch-Site": "same-origin"}


class Thing(View):
    name: str


class MakeThing(Command):
    name: Line
    price: Money


pages = Pages()


@pages.get("/things/{thing_id}")
async def thing(visit: Visit) -> Response:
    path = f"/{visit.params['thing_id']}"
    found, other = await together(
        visit.get("jobs", path, Thing), visit.maybe(visit.get("payments", path, Thing))
    )
    return visit.show("public/thing.html", thing=found, other=other)


@pages.post("/things/{thing_id}/copies", again=thing)
async def copy(visit: Visit) -> Response:
    form = visit.form
    body = MakeThing(name=form.text("name"), price=Money(amount=form.yen("price")))
    await visit.send("POST", "jobs", f"/{visit.params['thing_id']}/copies", body)
    return visit.go("/things/1", say="Copied.")


@pages.get("/part", role="client")
async def for_clients(visit: Visit) -> Response:
    return Response(visit.person.part)


@pages.get("/part", role="assistant")
async def for_assistants(visit: Visit) -> Response:
    return Response(visit.person.part)


TEMPLATE = """{% extends "base.html" %}{% import "components/ui.html" as ui with context %}
{% block title %}Thing{% endblock %}{% block main %}<h1>{{ thing.name }}</h1>
{% if other %}<p>other {{ other.name }}</p>{% endif %}
{% set f = form_for("/things/1/copies", name=thing.name) %}
{% call ui.form(f) %}{{ ui.text(f, "name", "Name") }}{{ ui.yen(f, "price", "Price") }}{% endcall %}
{% endblock %}"""


@pytest.fixture(scope="module", autouse=True)
def things() -> Iterator[None]:
    """Pages of the tests' own, beside the real ones."""
    from jinja2 import ChoiceLoader, DictLoader  # noqa: PLC0415

    from services.web.rendering import environment  # noqa: PLC0415

    made = environment()
    before = made.loader
    assert before is not None
    made.loader = ChoiceLoader([DictLoader({"public/thing.html": TEMPLATE}), before])
    patch = pytest.MonkeyPatch()
    patch.setattr(api, "all_entries", lambda: [*all_entries(), *pages.entries])
    yield
    patch.undo()
    made.loader = before


@pytest.fixture
def shown(site: WebUnderTest) -> WebUnderTest:
    site.browser.be("client")
    site.services.on("GET", "/jobs/1", {"name": "A letter"})
    site.services.on("GET", "/payments/1", {"name": "one"})
    return site


def set_cookies(response: Any) -> list[str]:
    return list(response.headers.get_list("set-cookie"))


def test_a_page_needs_somebody_who_is_signed_in_and_leads_back_after(site: WebUnderTest) -> None:
    answer = site.client.get("/things/1?from=mail&x=%26", follow_redirects=False)
    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert answer.headers["location"] == "/sign-in?next=%2Fthings%2F1%3Ffrom%3Dmail%26x%3D%2526"


def test_services_are_asked_with_the_visitors_token_and_whence_they_come(
    shown: WebUnderTest,
) -> None:
    page = shown.browser.open("/things/1")
    assert page.h1 == "A letter"
    asked = shown.services.last("GET", "/jobs/1")
    assert asked.headers["authorization"] == f"Bearer {shown.browser.session().access_token}"
    assert asked.headers["x-forwarded-for"]
    assert asked.headers["x-request-id"] == page.response.headers["x-request-id"]


def test_what_a_page_can_do_without_may_be_away(shown: WebUnderTest) -> None:
    shown.services.away("GET", "/payments/1")
    assert shown.browser.open("/things/1").status == HTTPStatus.OK


def test_a_service_that_is_away_is_said_in_words(shown: WebUnderTest) -> None:
    shown.services.away("GET", "/jobs/1")
    page = shown.browser.open("/things/1")
    assert page.status == HTTPStatus.SERVICE_UNAVAILABLE
    assert page.h1 == "This doesn't work at the moment"


def test_a_refusal_becomes_a_page(shown: WebUnderTest) -> None:
    shown.services.refuse("GET", "/jobs/1", 403, "role_required", role="operator")
    page = shown.browser.open("/things/1")
    assert page.status == HTTPStatus.FORBIDDEN
    assert page.h1 == "This is not for you to do"
    assert "This isn't for your kind of account." in page.text


def test_a_bug_is_told_with_its_number_and_nothing_else(shown: WebUnderTest) -> None:
    shown.services.on("GET", "/jobs/1", {"name": "x"})
    shown.services.answers["GET", "/jobs/1"] = KeyError("secret detail")
    page = shown.browser.open("/things/1")
    assert page.status == HTTPStatus.INTERNAL_SERVER_ERROR
    assert "secret detail" not in page.html
    assert re.search(r"quote this number:\s*[0-9a-f]{32}", page.text)


def test_an_answer_that_is_no_such_view_is_a_service_that_does_not_work(
    shown: WebUnderTest,
) -> None:
    shown.services.on("GET", "/jobs/1", {"nome": "x"})
    assert shown.browser.open("/things/1").status == HTTPStatus.SERVICE_UNAVAILABLE


def test_a_form_is_sent_on_with_its_key_and_the_next_page_says_so_once(
    shown: WebUnderTest,
) -> None:
    shown.services.on("POST", "/jobs/1/copies", {})
    page = shown.browser.open("/things/1")
    after = page.send("/things/1/copies", name="Copy", price="¥12,000")
    assert after.path == "/things/1"
    assert "Copied." in after.text
    assert "Copied." not in shown.browser.open("/things/1").text
    asked = shown.services.last("POST", "/jobs/1/copies")
    assert asked.json == {"name": "Copy", "price": {"amount": 12_000}}
    assert asked.headers["idempotency-key"]


def test_a_form_sent_twice_has_one_key_and_another_page_another(shown: WebUnderTest) -> None:
    shown.services.on("POST", "/jobs/1/copies", {})
    page = shown.browser.open("/things/1")
    page.send("/things/1/copies", name="Copy", price="1")
    page.send("/things/1/copies", name="Copy", price="1")
    shown.browser.open("/things/1").send("/things/1/copies", name="Copy", price="1")
    keys = [
        asked.headers["idempotency-key"] for asked in shown.services.asked if asked.method == "POST"
    ]
    assert keys[0] == keys[1] != keys[2]


def test_every_fault_is_shown_beside_its_field_with_what_was_typed(shown: WebUnderTest) -> None:
    page = shown.browser.open("/things/1").send("/things/1/copies", name="  ", price="a lot")
    assert page.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert page.text.count("Please fill this in.") == 2
    assert "Name: Please fill this in." in page.text  # above the form
    assert "Price: Please enter an amount in yen" in page.text
    assert page.fields("/things/1/copies")["price"] == ["a lot"]
    assert shown.services.count("POST", "/jobs/1/copies") == 0


def test_what_a_service_finds_malformed_is_shown_at_its_field(shown: WebUnderTest) -> None:
    shown.services.refuse(
        "POST",
        "/jobs/1/copies",
        422,
        "validation_failed",
        errors=[{"pointer": "/body/price/amount", "detail": "Input should be less than 10"}],
    )
    page = shown.browser.open("/things/1").send("/things/1/copies", name="Copy", price="12")
    assert "This must be less than 10." in page.text
    assert page.fields("/things/1/copies")["name"] == ["Copy"]


def test_a_form_that_got_no_answer_keeps_its_key_so_that_it_is_done_once(
    shown: WebUnderTest,
) -> None:
    page = shown.browser.open("/things/1")
    key = page.fields("/things/1/copies")["_key"]
    shown.services.on("POST", "/jobs/1/copies", "not json", status=502)
    again = page.send("/things/1/copies", name="Copy", price="12")
    assert again.status == HTTPStatus.SERVICE_UNAVAILABLE
    assert again.fields("/things/1/copies")["_key"] == key
    assert again.fields("/things/1/copies")["name"] == ["Copy"]


def test_a_key_that_is_used_up_is_replaced(shown: WebUnderTest) -> None:
    page = shown.browser.open("/things/1")
    shown.services.refuse("POST", "/jobs/1/copies", 422, "idempotency_key_reused")
    again = page.send("/things/1/copies", name="Copy", price="12")
    fields = again.fields("/things/1/copies")
    assert fields["_key"] != page.fields("/things/1/copies")["_key"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": f"{PUBLIC_URL}.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": PUBLIC_URL},
    ],
)
def test_a_form_from_elsewhere_is_refused_even_with_the_right_token(
    shown: WebUnderTest, headers: dict[str, str]
) -> None:
    fields = shown.browser.open("/things/1").fields("/things/1/copies")
    fields |= {"name": ["Copy"], "price": ["12"]}
    answer = shown.client.post("/things/1/copies", data=fields, headers=headers)
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert shown.services.count("POST", "/jobs/1/copies") == 0


@pytest.mark.parametrize("token", ["", "x", "AAAA", "A" * 88])
def test_a_form_without_the_sessions_token_is_not_done_and_loses_nothing(
    shown: WebUnderTest, token: str
) -> None:
    shown.browser.open("/things/1")
    fields = {"_csrf": token, "name": "Copy", "price": "12"}
    answer = shown.client.post("/things/1/copies", data=fields, headers=OURS)
    assert answer.status_code == HTTPStatus.FORBIDDEN
    page = shown.browser.read(answer)
    assert "This page was open for long." in page.text
    assert page.fields("/things/1/copies")["name"] == ["Copy"]
    assert shown.services.count("POST", "/jobs/1/copies") == 0


def test_the_token_of_another_session_does_not_do(shown: WebUnderTest) -> None:
    theirs = shown.browser.open("/things/1").fields("/things/1/copies")["_csrf"]
    shown.browser.be("client")
    shown.browser.open("/things/1")
    fields = {"_csrf": theirs[0], "name": "Copy", "price": "12"}
    answer = shown.client.post("/things/1/copies", data=fields, headers=OURS)
    assert answer.status_code == HTTPStatus.FORBIDDEN


def test_the_token_in_a_page_is_another_text_each_time(shown: WebUnderTest) -> None:
    first = shown.browser.open("/things/1").fields("/things/1/copies")["_csrf"]
    assert first != shown.browser.open("/things/1").fields("/things/1/copies")["_csrf"]


def test_a_form_that_never_says_how_long_it_is_or_is_endless_is_refused(
    shown: WebUnderTest,
) -> None:
    huge = {"Content-Length": str(10**9), "Content-Type": "application/x-www-form-urlencoded"}
    answer = shown.client.post("/things/1/copies", content=b"a=b", headers=OURS | huge)
    assert answer.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE


def test_files_that_are_too_large_lose_nothing_that_was_typed(shown: WebUnderTest) -> None:
    large = {"file": ("plan.bin", bytes(MAX_FILE_BYTES + 1), "application/octet-stream")}
    page = shown.browser.open("/things/1")
    page = page.send("/things/1/copies", files=large, name="Another letter", price="10")
    assert page.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Files may have 50 MB together." in page.text
    assert page.fields("/things/1/copies")["name"] == ["Another letter"]
    assert shown.services.count("POST", "/jobs/1/copies") == 0


def test_the_cookie_is_sealed_and_for_us_alone(shown: WebUnderTest) -> None:
    answer = shown.client.get("/things/1")
    [cookie] = set_cookies(answer)
    assert cookie.startswith("__Host-tasuki=")
    for wanted in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"):
        assert wanted in cookie
    assert "Domain" not in cookie
    assert shown.browser.session().access_token not in cookie


def test_over_http_on_this_machine_the_cookie_has_a_name_that_browsers_take_there() -> None:
    with web_over(Services(), "http://127.0.0.1:8000") as local:
        [cookie] = set_cookies(local.client.get("/sign-in"))
    assert cookie.startswith("tasuki=")
    assert "Secure" not in cookie


def test_a_cookie_that_we_did_not_seal_is_nobodys(site: WebUnderTest) -> None:
    site.browser.be("client")
    for forged in ("x", json.dumps({"refresh_token": "x"}), "gAAAAA" + "A" * 200):
        site.client.cookies.clear()
        site.client.cookies.set("__Host-tasuki", forged, domain="tasuki.example", path="/")
        answer = site.client.get("/things/1", follow_redirects=False)
        assert answer.headers["location"].startswith("/sign-in")


def test_a_page_without_forms_sets_no_cookie_for_who_is_not_signed_in(site: WebUnderTest) -> None:
    assert set_cookies(site.client.get("/checkout/return")) == []


def test_a_large_session_is_kept_in_several_cookies_and_shrinks_again(site: WebUnderTest) -> None:
    companies = {new_id(): (f"株式会社 襷 {number}", ["post", "fund"]) for number in range(30)}
    site.browser.be("client", companies=companies)
    session = site.browser.session()
    site.client.cookies.clear()
    pieces = Response()
    site.browser.cookies.write(pieces, session, before="", cookies={}, now=site.clock.now())
    kept = {}
    for line in pieces.headers.getlist("set-cookie"):
        name, _, value = line.partition(";")[0].partition("=")
        assert len(line) < 4096
        kept[name] = value
    assert len(kept) > 1
    assert site.browser.cookies.read(kept) == session
    smaller = Response()
    site.browser.cookies.write(
        smaller,
        Session(language="ja"),
        before=session.dump(),
        cookies=kept,
        now=site.clock.now(),
    )
    gone = [line for line in smaller.headers.getlist("set-cookie") if "Max-Age=0" in line]
    assert len(gone) == len(kept) - 1


def test_what_was_typed_is_shown_as_text_and_never_as_markup(shown: WebUnderTest) -> None:
    evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    page = shown.browser.open("/things/1").send("/things/1/copies", name=evil, price=evil)
    assert "<script>alert" not in page.html
    assert "<img src=x" not in page.html
    assert page.fields("/things/1/copies")["name"] == [evil]


def test_names_from_services_are_shown_as_text(shown: WebUnderTest) -> None:
    shown.services.on("GET", "/jobs/1", {"name": "<b>bold</b>"})
    assert "<b>bold</b>" not in shown.browser.open("/things/1").html


@pytest.mark.parametrize("path", ["/things/..%2Faccounts", "/things/%2E%2E"])
def test_a_path_leads_to_no_other_endpoint_than_it_says(shown: WebUnderTest, path: str) -> None:
    before = len(shown.services.asked)
    assert shown.browser.open(path).status == HTTPStatus.NOT_FOUND
    paths = [asked.path for asked in shown.services.asked[before:]]
    assert set(paths) <= {"/notify/notifications/unread"}


def test_a_question_mark_in_a_path_adds_nothing_to_what_is_asked(shown: WebUnderTest) -> None:
    shown.browser.open("/things/1%3Fadmin=true")
    assert shown.services.last("GET", "/jobs/1?admin=true").query == {}


def test_tokens_are_exchanged_before_they_end_and_once_for_all_tabs(shown: WebUnderTest) -> None:
    old = shown.browser.session()
    new = access_token(new_id(), "client")
    shown.services.on(
        "POST",
        "/accounts/sessions/refresh",
        {
            "kind": "tokens",
            "access_token": new,
            "expires_in": 900,
            "refresh_token": "tkr_next",
            "refresh_expires_in": 2_592_000,
            "session_id": str(new_id()),
        },
    )
    shown.services.away("GET", "/accounts/people/me")
    shown.services.away("GET", "/accounts/companies")
    shown.clock.time += timedelta(minutes=15)
    shown.browser.open("/things/1")
    assert shown.browser.session().refresh_token == "tkr_next"
    assert shown.browser.session().person == old.person
    shown.browser.keep(old)  # a tab that was faster than the answer to the other
    shown.browser.open("/things/1")
    assert shown.browser.session().refresh_token == "tkr_next"
    assert shown.services.count("POST", "/accounts/sessions/refresh") == 1
    asked = shown.services.last("POST", "/accounts/sessions/refresh")
    assert asked.json == {"refresh_token": "tkr_of_the_test"}
    assert "authorization" not in asked.headers


def test_a_session_that_accounts_has_ended_is_ended_here(shown: WebUnderTest) -> None:
    shown.services.refuse("POST", "/accounts/sessions/refresh", 401, "session_ended")
    shown.clock.time += timedelta(minutes=15)
    page = shown.browser.open("/things/1")
    assert page.path.startswith("/sign-in")
    assert "You were signed out." in page.text
    assert not shown.browser.session().signed_in


def test_who_has_several_roles_gets_the_page_of_the_part_that_they_act_in(
    site: WebUnderTest,
) -> None:
    site.browser.be("client", "assistant")
    assert site.client.get("/part").text == "client"
    session = site.browser.session()
    session.part = "assistant"
    site.browser.keep(session)
    assert site.client.get("/part").text == "assistant"
    site.browser.be("operator")
    assert site.client.get("/part").status_code == HTTPStatus.FORBIDDEN


def test_to_come_back_to_where_a_form_went_is_to_come_to_its_page(shown: WebUnderTest) -> None:
    answer = shown.client.get("/things/1/copies", follow_redirects=False)
    assert answer.status_code == HTTPStatus.SEE_OTHER


def test_pages_are_packed_and_what_somebody_sees_signed_in_is_kept_by_nobody(
    shown: WebUnderTest,
) -> None:
    answer = shown.client.get("/things/1")
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["cache-control"] == "private, no-store"


def test_a_page_with_a_letters_secret_in_it_is_kept_by_nobody_either(site: WebUnderTest) -> None:
    for path, kept in (("/reset/new?secret=s", "private, no-store"), ("/", "no-cache")):
        assert site.client.get(path).headers["cache-control"] == kept


def test_a_file_asked_for_by_its_version_may_be_kept_for_ever(site: WebUnderTest) -> None:
    versioned = re.search(r'/static/tasuki\.css[^"]*', site.client.get("/").text)
    assert versioned
    kept = site.client.get(versioned[0]).headers["cache-control"]
    assert ("immutable" in kept) == ("?v=" in versioned[0])
    assert site.client.get("/static/tasuki.css").headers["cache-control"] == "no-cache"


def test_the_language_that_was_chosen_stays(site: WebUnderTest) -> None:
    assert 'lang="en"' in site.browser.open("/checkout/return").html
    assert 'lang="ja"' in site.browser.open("/checkout/return?lang=ja").html
    assert 'lang="ja"' in site.browser.open("/checkout/return").html


def test_the_first_page_is_light_with_all_that_it_loads(site: WebUnderTest) -> None:
    first = site.client.get("/")
    assets = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', first.text))
    assert assets
    answers = [first, *(site.client.get(asset) for asset in assets)]
    assert sum(int(answer.headers["content-length"]) for answer in answers) < 60_000
