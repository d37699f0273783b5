"""The processor's hosted pages, as a person in a browser uses them; and its own figures."""

from dataclasses import dataclass
from http import HTTPStatus

import httpx2

from tools.waiting import until

# A Japanese test card whose money is available at once, so that it can be paid out at once.
GOOD_CARD = "4000003720000278"
DECLINED_CARD = "4000000000000002"
SECURE_CARD = "4000002500003155"
GOOD_BANK_ACCOUNT = "0001234"

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

    def onboard(self, url: str, bank_account: str = GOOD_BANK_ACCOUNT) -> None:
        """Fill in name and bank account on an onboarding page."""
        form = {
            "surname": "佐藤",
            "given_name": "美咲",
            "account_holder_name": "サトウ ミサキ",
            "routing_number": "1100000",
            "account_number": bank_account,
        }
        self._submit(url, form)

    def balances(self) -> tuple[Balance, list[Balance]]:
        """Return the platform's balance and those of its connected accounts, of one moment."""
        answer = self.http.get(f"{self.control}/_simulator/balances").raise_for_status().json()
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

    def _submit(self, url: str, form: dict[str, str]) -> None:
        """Post a form. The page sends the person back to us; nobody has to follow in a story."""

        def answer() -> tuple[httpx2.Response] | None:
            try:
                return (self.http.post(url, data=form),)
            except httpx2.TransportError:
                return None

        (page,) = until(answer, f"{url} answers", timeout=_PATIENCE_SECONDS)
        if page.status_code != HTTPStatus.SEE_OTHER:
            raise PageRefusedError(f"{url}: {page.text[-2_000:]}")
