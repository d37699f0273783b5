"""The hosted pages: Checkout, 3-D Secure, vouchers, bank transfers, onboarding; plain forms."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from jinja2 import Environment, FileSystemLoader, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.status import (
    HTTP_200_OK,
    HTTP_303_SEE_OTHER,
    HTTP_402_PAYMENT_REQUIRED,
    HTTP_404_NOT_FOUND,
    HTTP_410_GONE,
    HTTP_422_UNPROCESSABLE_CONTENT,
)

from tools.stripe_simulator import cash, late, payments
from tools.stripe_simulator.errors import StripeError
from tools.stripe_simulator.resources import accounts, checkout
from tools.stripe_simulator.simulator import Simulator
from tools.stripe_simulator.store import Obj
from tools.stripe_simulator.tables import BANK_ACCOUNTS, CARDS, GOOD_BANK_ACCOUNT

_EXPIRY = re.compile(r"^\s*(\d{1,2})\s*/?\s*(\d{2}|\d{4})\s*$")
_CVC = re.compile(r"^\d{3,4}$")
_MONTHS = 12
_CENTURY = 2000

METHODS = {"card": "Card", "konbini": "Konbini", "customer_balance": "Bank transfer"}


def yen(amount: int) -> str:
    """Return an amount as people write it."""
    return f"¥{amount:,}"


def date(timestamp: float) -> str:
    """Return a time as people write it."""
    return datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%d %H:%M UTC")


class Pages:
    """Serves the pages and takes their forms."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._templates = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"),
            autoescape=select_autoescape(),
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters.update(yen=yen, date=date)

    def routes(self) -> list[Route]:
        """Return where the pages are."""
        return [
            Route("/c/pay/{session}", self._safe(self._checkout), methods=["GET"]),
            Route("/c/pay/{session}", self._safe(self._pay), methods=["POST"]),
            Route("/3ds/{intent}", self._safe(self._challenge), methods=["GET"]),
            Route("/3ds/{intent}", self._safe(self._authenticate), methods=["POST"]),
            Route("/pay/later/{intent}", self._safe(self._voucher), methods=["GET"]),
            Route("/pay/later/{intent}", self._safe(self._pay_late), methods=["POST"]),
            Route("/setup/e/{account}/{secret}", self._safe(self._onboarding), methods=["GET"]),
            Route("/setup/e/{account}/{secret}", self._safe(self._onboard), methods=["POST"]),
            Route("/receipts/{charge}", self._safe(self._receipt), methods=["GET"]),
        ]

    def _safe(self, page: Callable[[Request, dict[str, str]], Response]) -> Callable[..., Any]:
        """Give a page its form and one transaction; show refusals as a page."""

        async def serve(request: Request) -> Response:
            body = (await request.body()).decode()
            form = dict(parse_qsl(body, keep_blank_values=True))
            try:
                with self._simulator.store.transaction():
                    return page(request, form)
            except StripeError as error:
                message = error.body["error"]["message"]
                return self._show("message.html", error.status, title="Sorry", message=message)

        return serve

    def _show(self, template: str, status: int = HTTP_200_OK, **values: Any) -> HTMLResponse:
        return HTMLResponse(self._templates.get_template(template).render(values), status)

    def _checkout(self, request: Request, _form: dict[str, str]) -> Response:
        session = self._session(request)
        if session["status"] != "open":
            return self._closed(session)
        return self._form(session, {}, "")

    def _form(
        self, session: Obj, form: dict[str, str], error: str, status: int = HTTP_200_OK
    ) -> Response:
        return self._show(
            "checkout.html",
            status,
            session=session,
            items=session["_items"],
            methods={name: METHODS[name] for name in session["payment_method_types"]},
            form=form,
            error=error,
            cards=CARDS,
        )

    def _closed(self, session: Obj) -> Response:
        if session["status"] == "expired":
            message = "This page has expired. Go back to the shop and try again."
            return self._show("message.html", HTTP_410_GONE, title="Expired", message=message)
        if session["payment_status"] == "unpaid" and session["payment_intent"]:
            # Who comes back reads again how to pay.
            return RedirectResponse(f"/pay/later/{session['payment_intent']}", HTTP_303_SEE_OTHER)
        message = "You have already completed this page."
        return self._show("message.html", title="All done", message=message)

    def _pay(self, request: Request, form: dict[str, str]) -> Response:
        session = self._session(request)
        if session["status"] != "open":
            return self._closed(session)
        method = form.get("payment_method", session["payment_method_types"][0])
        if method not in session["payment_method_types"]:
            return self._unclear(session, form, "Choose a way to pay.")
        if method == "card":
            return self._pay_by_card(session, form)
        payer = {"email": form.get("email") or None, "name": form.get("name") or None}
        if not payer["email"] and not session["customer_email"]:
            return self._unclear(session, form, "Your email address is incomplete.")
        intent = checkout.intent_for(self._simulator, session, _given(payer))
        late.instruct(self._simulator, intent, method, session["_options"], payer)
        # The customer's cash balance may have paid it meanwhile: look again.
        if self._simulator.get("payment_intent", intent["id"])["status"] == "requires_action":
            checkout.await_payment(self._simulator, session)
        return self._success(session)

    def _pay_by_card(self, session: Obj, form: dict[str, str]) -> Response:
        number = re.sub(r"[\s-]", "", form.get("card_number", ""))
        expiry = _expiry(form.get("expiry", ""), self._simulator.now)
        if not number.isdigit():
            return self._unclear(session, form, "Your card number is incomplete.")
        if expiry is None:
            return self._unclear(session, form, "Your card's expiration date is invalid.")
        if not _CVC.match(form.get("cvc", "").strip()):
            return self._unclear(session, form, "Your card's security code is incomplete.")
        if number not in CARDS:
            return self._unclear(session, form, "Your card number is invalid.")
        simulator = self._simulator
        payer = {"email": form.get("email") or None, "name": form.get("name") or None}
        intent = checkout.intent_for(simulator, session, _given(payer))
        method = payments.new_card(simulator, payments.owner(simulator, session), number, expiry)
        payments.confirm_card(simulator, intent, method)
        return self._outcome(intent, form)

    def _outcome(self, intent: Obj, form: dict[str, str]) -> Response:
        session = self._simulator.get(checkout.KIND, intent["_session"])
        if intent["status"] == "requires_action":
            return RedirectResponse(f"/3ds/{intent['id']}", HTTP_303_SEE_OTHER)
        if intent["status"] == "requires_payment_method":
            error = intent["last_payment_error"]["message"]
            return self._form(session, form, error, HTTP_402_PAYMENT_REQUIRED)
        return self._success(session)

    def _unclear(self, session: Obj, form: dict[str, str], error: str) -> Response:
        return self._form(session, form, error, HTTP_422_UNPROCESSABLE_CONTENT)

    def _success(self, session: Obj) -> Response:
        url = session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"])
        return RedirectResponse(url, HTTP_303_SEE_OTHER)

    def _challenge(self, request: Request, _form: dict[str, str]) -> Response:
        intent = self._simulator.get("payment_intent", request.path_params["intent"])
        if intent["status"] != "requires_action":
            message = "There is nothing to authenticate."
            return self._show("message.html", HTTP_410_GONE, title="Done", message=message)
        return self._show("challenge.html", intent=intent)

    def _authenticate(self, request: Request, form: dict[str, str]) -> Response:
        intent = self._simulator.get("payment_intent", request.path_params["intent"])
        if intent["status"] != "requires_action":
            return self._challenge(request, form)
        passed = form.get("outcome") == "complete"
        payments.finish_authentication(self._simulator, intent, passed=passed)
        if "_session" in intent:
            return self._outcome(intent, {})
        message = "You can close this page."
        return self._show("message.html", title="Done", message=message)

    def _voucher(self, request: Request, _form: dict[str, str]) -> Response:
        intent = self._simulator.get("payment_intent", request.path_params["intent"])
        return self._show("later.html", intent=intent, action=intent["next_action"])

    def _pay_late(self, request: Request, form: dict[str, str]) -> Response:
        intent = self._simulator.get("payment_intent", request.path_params["intent"])
        amount = re.sub(r"\D", "", form.get("amount", "")) or str(cash.remaining(intent))
        late.receive(self._simulator, intent, int(amount))
        return RedirectResponse(request.url.path, HTTP_303_SEE_OTHER)

    def _onboarding(self, request: Request, _form: dict[str, str]) -> Response:
        link = self._link(request)
        if link["_used"] or self._simulator.clock.seconds() > link["_until"]:
            return RedirectResponse(_case(link)["refresh_url"], HTTP_303_SEE_OTHER)
        account = self._simulator.get(accounts.KIND, link["account"])
        return self._show(
            "onboarding.html",
            account=account,
            good=GOOD_BANK_ACCOUNT,
            failing=BANK_ACCOUNTS,
        )

    def _onboard(self, request: Request, form: dict[str, str]) -> Response:
        link = self._link(request)
        if link["_used"] or self._simulator.clock.seconds() > link["_until"]:
            return RedirectResponse(_case(link)["refresh_url"], HTTP_303_SEE_OTHER)
        account = self._simulator.get(accounts.KIND, link["account"])
        self._simulator.save(link, _used=True)
        accounts.onboard(self._simulator, account, form)
        back = _case(link).get("return_url") or _case(link)["refresh_url"]
        return RedirectResponse(back, HTTP_303_SEE_OTHER)

    def _receipt(self, request: Request, _form: dict[str, str]) -> Response:
        charge = self._simulator.get("charge", request.path_params["charge"])
        message = f"{yen(charge['amount'])} paid on {date(charge['created'])}."
        return self._show("message.html", title="Receipt", message=message)

    def _session(self, request: Request) -> Obj:
        return self._simulator.get(checkout.KIND, request.path_params["session"])

    def _link(self, request: Request) -> Obj:
        link = self._simulator.get(accounts.LINK, request.path_params["secret"])
        if link["account"] != request.path_params["account"]:
            raise StripeError(HTTP_404_NOT_FOUND, "invalid_request_error", "No such link.")
        return link


def _case(link: Obj) -> Obj:
    case: Obj = link["use_case"][link["use_case"]["type"]]
    return case


def _given(payer: dict[str, str | None]) -> Obj:
    return {name: value for name, value in payer.items() if value}


def _expiry(text: str, now: int) -> tuple[int, int] | None:
    """Return (month, year) of `MM/YY` when the card is still good."""
    match = _EXPIRY.match(text)
    if not match:
        return None
    month, year = int(match[1]), int(match[2])
    year += _CENTURY if year < _CENTURY else 0
    today = datetime.fromtimestamp(now, UTC)
    good = 1 <= month <= _MONTHS and (year, month) >= (today.year, today.month)
    return (month, year) if good else None
