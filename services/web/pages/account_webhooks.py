"""Webhooks: which addresses of one's own, or of a company's, are told what happens."""

from typing import Any, cast

from pydantic import HttpUrl
from starlette.responses import Response

from services.web.i18n import _
from services.web.routing import Pages, Visit, together
from shared.messages.base import Page
from shared.messages.webhooks import (
    AddEndpoint,
    ChangeEndpoint,
    DeliveryView,
    EndpointList,
    EndpointSecretView,
    EndpointView,
    EventTypeList,
)

pages = Pages()

PAGE = "/settings/webhooks"
API = "/webhooks/endpoints"
SECRET = "webhook_secret"  # noqa: S105  (where it waits for the one page that shows it)


@pages.get(PAGE)
async def webhooks(visit: Visit) -> Response:
    """Show the endpoints of the account that the viewer acts for."""
    endpoints, types = await together(
        visit.get("notify", API, EndpointList, of=_company(visit)),
        visit.get("notify", "/webhooks/event-types", EventTypeList),
    )
    return visit.show(
        "account/webhooks.html", endpoints=endpoints.items, types=_grouped(types.items)
    )


@pages.post(PAGE, again=webhooks)
async def add(visit: Visit) -> Response:
    """Have events sent to an address."""
    url, types = visit.form.text("url"), frozenset(visit.form.many("event_types"))
    visit.form.must_be_filled_in()
    body = AddEndpoint(
        url=cast("HttpUrl", url),
        event_types=types,
        description=visit.form.text("description", needed=False),
        account_id=visit.person.acting_for,
    )
    made = await visit.send("POST", "notify", API, body, EndpointSecretView)
    return _with_secret(visit, made)


@pages.get(f"{PAGE}/{{endpoint_id}}")
async def endpoint(visit: Visit) -> Response:
    """Show an endpoint, and what was sent there."""
    path = f"{API}/{visit.params['endpoint_id']}"
    after = visit.query.get("after")
    found, deliveries, types = await together(
        visit.get("notify", path, EndpointView),
        visit.get("notify", f"{path}/deliveries", Page[DeliveryView], limit=20, after=after),
        visit.get("notify", "/webhooks/event-types", EventTypeList),
    )
    kept = visit.session.asides.pop(SECRET, "")
    owner, _colon, secret = kept.partition(" ")
    here = f"{PAGE}/{found.endpoint_id}"
    return visit.show(
        "account/webhook.html",
        endpoint=found,
        deliveries=deliveries.items,
        onward=f"{here}?after={deliveries.next}" if deliveries.next else "",
        here=here,
        secret=secret if owner == str(found.endpoint_id) else "",
        types=_grouped(types.items),
    )


@pages.post(f"{PAGE}/{{endpoint_id}}", again=endpoint)
async def change(visit: Visit) -> Response:
    """Say anew what an endpoint is."""
    form = visit.form
    body = ChangeEndpoint(
        url=cast("HttpUrl", form.text("url")),
        event_types=frozenset(form.many("event_types")),
        description=form.text("description", needed=False),
        enabled=form.flag("enabled"),
    )
    await visit.send("PUT", "notify", f"{API}/{visit.params['endpoint_id']}", body)
    return visit.go(_here(visit), say=_("Saved."))


@pages.post(f"{PAGE}/{{endpoint_id}}/secret", again=endpoint)
async def rotate(visit: Visit) -> Response:
    """Make a new secret; for a day messages are signed with the old one, too."""
    path = f"{API}/{visit.params['endpoint_id']}/secret"
    return _with_secret(visit, await visit.send("POST", "notify", path, None, EndpointSecretView))


@pages.post(f"{PAGE}/{{endpoint_id}}/ping", again=endpoint)
async def ping(visit: Visit) -> Response:
    """Send something that is only to be heard."""
    await visit.send("POST", "notify", f"{API}/{visit.params['endpoint_id']}/ping")
    return visit.go(_here(visit), say=_("A message is on its way. See below how it was taken."))


@pages.post(f"{PAGE}/{{endpoint_id}}/removal", again=endpoint)
async def remove(visit: Visit) -> Response:
    """Send nothing there any more."""
    await visit.send("DELETE", "notify", f"{API}/{visit.params['endpoint_id']}")
    return visit.go(PAGE, say=_("Nothing is sent there any more."))


@pages.post(f"{PAGE}/{{endpoint_id}}/deliveries/{{delivery_id}}/redelivery", again=endpoint)
async def redeliver(visit: Visit) -> Response:
    """Send a message once more."""
    params = visit.params
    path = f"{API}/{params['endpoint_id']}/deliveries/{params['delivery_id']}/redelivery"
    await visit.send("POST", "notify", path)
    return visit.go(_here(visit), say=_("It is on its way once more."))


def _with_secret(visit: Visit, made: EndpointSecretView) -> Response:
    visit.session.asides[SECRET] = f"{made.endpoint_id} {made.secret}"
    return visit.go(f"{PAGE}/{made.endpoint_id}")


def _here(visit: Visit) -> str:
    return f"{PAGE}/{visit.params['endpoint_id']}"


def _company(visit: Visit) -> Any:
    viewer = visit.person
    return viewer.acting_for if viewer.acting_for != viewer.person_id else None


def _grouped(types: tuple[str, ...]) -> dict[str, list[str]]:
    """Return the types of events by the service that tells of them."""
    found: dict[str, list[str]] = {}
    for each in types:
        found.setdefault(each.partition(".")[0], []).append(each)
    return found
