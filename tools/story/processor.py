"""The processor's hosted pages, as a person in a browser uses them; and its own figures."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import httpx2

from tools.waiting import until

# A Japanese test card whose money is available at once, so that it can be paid out at once.
GOOD_CARD = "4000003720000278"
DECLINED_CARD = "4000000000000002"
SECURE_CARD = "4000002500003155"
GOOD_BANK_ACCOUNT = "0001234"
TEST_BANK = "1100000"

_PATIENCE_SECONDS = 30.0


class PageRefusedError(Exception):
    """The hosted page shows an error instead of sending the person on."""


@dataclass(frozen=True)
class Balance:
    """An account at the processor, in minor units, and what its balance is made of."""

    available: int
    pending: int
    transactions: tuple[str, ...]

    @property
    def total(self) -> int:
        """What is there, available or not yet."""
        return self.available + self.pending


@dataclass(frozen=True)
class HostedPages:
    """A person at the processor's pages. `control` is the simulator's own address."""

    control: str
    http: httpx2.Client

    def pay(self, url: str, card: str = GOOD_CARD) -> None:
        """Pay on a checkout page; raise PageRefusedError when it shows an error."""
        form = {
            "email": "client@example.org",
            "payment_method": "card",
            "card_number": card,
            "expiry": "12 / 40",
            "cvc": "123",
            "name": "Hanako",
        }
        self._submit(url, form)

    def authenticate(self, url: str) -> None:
        """Complete 3-D Secure on the page of the card's bank."""
        self._submit(url, {"outcome": "complete"})

    def submit_konbini(self, url: str) -> None:
        """Choose konbini on a checkout page: the page shows a voucher from then on."""
        form = {"email": "client@example.org", "payment_method": "konbini", "name": "Hanako"}
        self._submit(url, form)

    def pay_konbini(self, url: str) -> None:
        """Take the voucher of a checkout page that was submitted to the counter of a store."""
        page = self._answer("GET", url)
        self._submit(f"{self.control}{page.headers['location']}", {})

    def transfer_in(self, to: str, amount: int) -> None:
        """Send a bank transfer: as the page at an address says, or to a customer (cus_…)."""
        if to.startswith("cus_"):
            self._control(f"customers/{to}/bank_transfer", amount=amount)
        else:
            self._submit(to, {"amount": str(amount)})

    def charges(self) -> list[str]:
        """Return the payments that came in so far, oldest first."""
        kinds = {"charge", "payment"}
        answer = self._balances()
        lines = answer["accounts"][answer["platform"]]["balance_transactions"]
        return [str(each["source"]) for each in lines if each["type"] in kinds]

    def open_dispute(self, charge_id: str, *, inquiry: bool = False) -> str:
        """Let a client's bank take a payment back, or only ask about it; return the dispute."""
        made = self._control(f"charges/{charge_id}/dispute", inquiry=inquiry)
        return str(made["id"])

    def escalate_dispute(self, dispute_id: str) -> None:
        """Let the bank take back what it had only asked about."""
        self._control(f"disputes/{dispute_id}/escalate")

    def decide_dispute(self, dispute_id: str, *, won: bool) -> dict[str, Any]:
        """Let the bank decide for us, or for the client; return the dispute as it has it."""
        return self._control(f"disputes/{dispute_id}/close", outcome="won" if won else "lost")

    def warn_of_fraud(self, charge_id: str) -> None:
        """Let a client's bank suspect fraud."""
        self._control(f"charges/{charge_id}/fraud_warning")

    def return_payout(self, payout_id: str, code: str = "no_account") -> None:
        """Let an assistant's bank send a payout back, even one that was paid."""
        self._control(f"payouts/{payout_id}/returned", code=code)

    def change_bank_account(
        self, account_id: str, number: str = GOOD_BANK_ACCOUNT, routing: str = "0009950"
    ) -> None:
        """Name another bank account for payouts, as its owner does at the processor."""
        self._control(
            f"accounts/{account_id}/bank_account", account_number=number, routing_number=routing
        )

    def onboard(
        self,
        url: str,
        bank_account: str = GOOD_BANK_ACCOUNT,
        routing: str = TEST_BANK,
        owner: tuple[str, str, str] = ("佐藤", "美咲", "サトウ ミサキ"),
    ) -> None:
        """Fill in name and bank account on an onboarding page; `routing` is bank and branch."""
        surname, given_name, holder = owner
        form = {
            "surname": surname,
            "given_name": given_name,
            "account_holder_name": holder,
            "routing_number": routing,
            "account_number": bank_account,
        }
        self._submit(url, form)

    def balances(self) -> tuple[Balance, list[Balance]]:
        """Return the platform's balance and those of its connected accounts, of one moment."""
        answer = self._balances()
        accounts = {
            name: Balance(
                account["available"],
                account["pending"],
                tuple(each["id"] for each in account["balance_transactions"]),
            )
            for name, account in answer["accounts"].items()
        }
        platform = accounts.pop(answer["platform"])
        return platform, list(accounts.values())

    def _control(self, path: str, **body: Any) -> dict[str, Any]:
        answer = self._answer("POST", f"{self.control}/_simulator/{path}", json=body)
        found: dict[str, Any] = answer.raise_for_status().json()
        return found

    def _balances(self) -> dict[str, Any]:
        answer = self._answer("GET", f"{self.control}/_simulator/balances")
        found: dict[str, Any] = answer.raise_for_status().json()
        return found

    def _submit(self, url: str, form: dict[str, str]) -> None:
        """Post a form. The page sends the person back to us; nobody has to follow in a story."""
        page = self._answer("POST", url, data=form)
        if page.status_code != HTTPStatus.SEE_OTHER:
            raise PageRefusedError(f"{url}: {page.text[-2_000:]}")

    def _answer(self, method: str, url: str, **request: Any) -> httpx2.Response:
        """Return the answer; ask again for as long as the processor is away."""

        def answer() -> tuple[httpx2.Response] | None:
            try:
                return (self.http.request(method, url, **request),)
            except httpx2.TransportError:
                return None

        (found,) = until(answer, f"{url} answers", timeout=_PATIENCE_SECONDS)
        return found
