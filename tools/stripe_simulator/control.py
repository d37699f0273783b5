"""The simulator's own interface, under /_simulator/: clock, faults, disorder, what to let happen.

Bodies and answers are JSON. An error is {"error": {"message": …}} with status 400 or 404.
"""

import json
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tools.stripe_simulator import cash, late
from tools.stripe_simulator.errors import StripeError, invalid
from tools.stripe_simulator.faults import Fault, Faults
from tools.stripe_simulator.ledger import balance, mature
from tools.stripe_simulator.resources import accounts, disputes, payouts, refunds
from tools.stripe_simulator.simulator import Simulator, public
from tools.stripe_simulator.tables import BANK_ACCOUNTS, NO_ACCOUNT, BankFailure
from tools.stripe_simulator.timers import run_due
from tools.stripe_simulator.webhooks import Disorder

Body = dict[str, Any]
Action = Callable[[dict[str, str], Body], Any]

PREFIX = "/_simulator"


class Control:
    """Does what tests and demos ask for."""

    def __init__(self, simulator: Simulator, faults: Faults, disorder: Disorder) -> None:
        self._simulator = simulator
        self._faults = faults
        self._disorder = disorder

    def routes(self) -> list[Route]:
        """Return where everything is."""
        table: list[tuple[str, str, Action]] = [
            ("GET", "/health", self._health),
            ("GET", "/clock", self._clock),
            ("POST", "/clock", self._turn),
            ("GET", "/faults", lambda _path, _body: self._faults.listed()),
            ("POST", "/faults", self._order),
            ("DELETE", "/faults", self._clear),
            ("GET", "/webhooks", lambda _path, _body: self._disorder.as_json()),
            ("POST", "/webhooks", self._disturb),
            ("GET", "/deliveries", self._deliveries),
            ("POST", "/events/{id}/resend", self._resend),
            ("GET", "/balances", self._balances),
            ("POST", "/payouts/{id}/paid", self._pay_out),
            ("POST", "/payouts/{id}/failed", self._fail_payout),
            ("POST", "/payouts/{id}/returned", self._fail_payout),
            ("POST", "/refunds/{id}/succeed", self._succeed_refund),
            ("POST", "/refunds/{id}/fail", self._fail_refund),
            ("POST", "/payment_intents/{id}/receive", self._receive),
            ("POST", "/payment_intents/{id}/expire", self._expire),
            ("POST", "/customers/{id}/bank_transfer", self._bank_transfer),
            ("POST", "/charges/{id}/dispute", self._dispute),
            ("POST", "/charges/{id}/fraud_warning", self._fraud_warning),
            ("POST", "/disputes/{id}/close", self._close_dispute),
            ("POST", "/disputes/{id}/escalate", self._escalate),
            ("POST", "/accounts/{id}/onboard", self._onboard),
            ("POST", "/accounts/{id}/bank_account", self._bank_account),
            ("POST", "/accounts/{id}/capabilities", self._capabilities),
        ]
        return [
            Route(PREFIX + path, self._endpoint(action), methods=[method])
            for method, path, action in table
        ]

    def _endpoint(self, action: Action) -> Callable[..., Any]:
        async def serve(request: Request) -> Response:
            text = await request.body()
            try:
                body = json.loads(text or b"{}") if request.method == "POST" else {}
                given = {**request.query_params, **body}
                with self._simulator.store.transaction():
                    return JSONResponse(action(dict(request.path_params), given))
            except StripeError as error:
                return JSONResponse(error.body, status_code=error.status)
            except (ValueError, TypeError, KeyError) as error:
                message = f"{type(error).__name__}: {error}"
                return JSONResponse({"error": {"message": message}}, status_code=400)

        return serve

    def _health(self, _path: dict[str, str], _body: Body) -> Body:
        return {"status": "ok", "platform": self._simulator.config.platform}

    def _clock(self, _path: dict[str, str], _body: Body) -> Body:
        clock = self._simulator.clock
        return {"now": clock.seconds(), "iso": clock.iso(), "offset": clock.offset()}

    def _turn(self, path: dict[str, str], body: Body) -> Body:
        """`{"advance": seconds}` or `{"now": timestamp}`; what is due by then happens at once."""
        if "advance" in body:
            self._simulator.clock.advance(int(body["advance"]))
        else:
            self._simulator.clock.turn_to(int(body["now"]))
        run_due(self._simulator)
        self._simulator.wake()
        return self._clock(path, body)

    def _order(self, _path: dict[str, str], body: Body) -> Any:
        self._faults.add(Fault.parse(body))
        return self._faults.listed()

    def _clear(self, _path: dict[str, str], _body: Body) -> Any:
        self._faults.clear()
        return self._faults.listed()

    def _disturb(self, _path: dict[str, str], body: Body) -> Body:
        known = self._disorder.as_json()
        for name, value in body.items():
            if name not in known:
                raise invalid(f"Unknown setting {name}; there are {', '.join(known)}")
            setattr(self._disorder, name, value)
        self._simulator.wake()
        return self._disorder.as_json()

    def _deliveries(self, _path: dict[str, str], body: Body) -> Any:
        """Return deliveries, newest first; `status=pending|delivered|failed` and `limit` choose."""
        rows = self._simulator.store.db.execute(
            "SELECT event_id, url, status, attempts, answer, json_extract(body, '$.type')"
            " FROM deliveries WHERE status = ? OR ? IS NULL ORDER BY id DESC LIMIT ?",
            (body.get("status"), body.get("status"), int(body.get("limit", 100))),
        )
        names = ("event", "url", "status", "attempts", "answer", "type")
        return [dict(zip(names, row, strict=True)) for row in rows]

    def _resend(self, path: dict[str, str], _body: Body) -> Body:
        # As deliveries of their own: the earlier ones may be on their way still.
        now = self._simulator.clock.seconds()
        added = self._simulator.store.db.execute(
            "INSERT INTO deliveries (event_id, url, secret, body, created, due_at)"
            " SELECT DISTINCT event_id, url, secret, body, ?, ? FROM deliveries WHERE event_id = ?",
            (now, now, path["id"]),
        ).rowcount
        self._simulator.wake()
        return {"resent": added}

    def _balances(self, _path: dict[str, str], _body: Body) -> Body:
        """Return all balances and what they are made of, as of one moment."""
        mature(self._simulator)
        platform = self._simulator.config.platform
        rows = self._simulator.store.db.execute("SELECT account FROM balances ORDER BY account")
        names = {platform} | {str(row[0]) for row in rows}
        found = {}
        for account in sorted(names):
            amounts = balance(self._simulator, account)
            transactions = self._simulator.store.select(
                "balance_transaction", account, newest_first=False
            )
            found[account] = {
                "available": amounts.available,
                "pending": amounts.pending,
                "balance_transactions": [public(each) for each in transactions],
            }
        return {"platform": platform, "now": self._simulator.now, "accounts": found}

    def _pay_out(self, path: dict[str, str], _body: Body) -> Body:
        payouts.arrive(self._simulator, path["id"])
        return public(self._simulator.get("payout", path["id"]))

    def _fail_payout(self, path: dict[str, str], body: Body) -> Body:
        """Fail or (after it was paid) return; `code` is one of Stripe's failure codes."""
        payout = self._simulator.get("payout", path["id"])
        code = body.get("code", NO_ACCOUNT.code)
        known = {each.code: each for each in BANK_ACCOUNTS.values()}
        failure = known.get(code) or BankFailure(code, body.get("message", "The payout failed."))
        payouts.fail(self._simulator, payout, failure)
        return public(payout)

    def _succeed_refund(self, path: dict[str, str], _body: Body) -> Body:
        refunds.succeed(self._simulator, path["id"])
        return public(self._simulator.get("refund", path["id"]))

    def _fail_refund(self, path: dict[str, str], body: Body) -> Body:
        refunds.fail(self._simulator, path["id"], body.get("reason", refunds.BACK))
        return public(self._simulator.get("refund", path["id"]))

    def _receive(self, path: dict[str, str], body: Body) -> Body:
        """Let a konbini payment or a bank transfer (of `amount`) arrive."""
        intent = self._simulator.get("payment_intent", path["id"])
        late.receive(self._simulator, intent, int(body.get("amount", cash.remaining(intent))))
        return public(self._simulator.get("payment_intent", path["id"]))

    def _expire(self, path: dict[str, str], _body: Body) -> Body:
        late.expire(self._simulator, path["id"])
        return public(self._simulator.get("payment_intent", path["id"]))

    def _bank_transfer(self, path: dict[str, str], body: Body) -> Body:
        cash.fund(self._simulator, path["id"], int(body["amount"]))
        return {"cash_balance": cash.balance_of(self._simulator, path["id"])}

    def _dispute(self, path: dict[str, str], body: Body) -> Body:
        """Open a dispute, or with `inquiry` only let the bank ask."""
        charge = self._simulator.get("charge", path["id"])
        dispute = disputes.open_dispute(
            self._simulator,
            charge,
            body.get("reason", "fraudulent"),
            body.get("amount"),
            inquiry=bool(body.get("inquiry")),
        )
        return public(dispute)

    def _fraud_warning(self, path: dict[str, str], _body: Body) -> Body:
        return public(disputes.warn(self._simulator, path["id"]))

    def _close_dispute(self, path: dict[str, str], body: Body) -> Body:
        """Decide a dispute: `outcome` is won or lost; an inquiry is closed without one."""
        dispute = self._simulator.get("dispute", path["id"])
        if dispute["status"] in disputes.INQUIRIES:
            disputes.close_inquiry(self._simulator, path["id"])
        else:
            disputes.decide(self._simulator, dispute, body["outcome"])
        return public(self._simulator.get("dispute", path["id"]))

    def _escalate(self, path: dict[str, str], _body: Body) -> Body:
        dispute = self._simulator.get("dispute", path["id"])
        disputes.escalate(self._simulator, dispute)
        return public(dispute)

    def _onboard(self, path: dict[str, str], body: Body) -> Body:
        """Do what the hosted onboarding page does, with the same fields."""
        account = self._simulator.get(accounts.KIND, path["id"])
        accounts.onboard(self._simulator, account, body)
        return public(self._simulator.get(accounts.KIND, path["id"]))

    def _bank_account(self, path: dict[str, str], body: Body) -> Body:
        """Change where payouts go: routing_number, account_number, account_holder_name."""
        account = self._simulator.get(accounts.KIND, path["id"])
        return public(accounts.add_bank_account(self._simulator, account, body))

    def _capabilities(self, path: dict[str, str], body: Body) -> Body:
        """Give an account's capabilities a `status` (active, pending, restricted, rejected)."""
        account = self._simulator.get(accounts.KIND, path["id"])
        accounts.change_capabilities(self._simulator, account, body["status"])
        return public(account)
