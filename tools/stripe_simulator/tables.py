"""The figures and test numbers that the simulator goes by, each in one table.

Rates are those that Stripe publishes for Japan; † marks what is from general knowledge.
"""

from dataclasses import dataclass
from typing import Literal

BASIS_POINTS = 10_000


@dataclass(frozen=True)
class Rate:
    """Stripe's fee for a payment: a share of the amount, rounded half up, at least a minimum."""

    basis_points: int
    minimum: int = 0

    def of(self, amount: int) -> int:
        """Return the fee in yen."""
        share = (amount * self.basis_points + BASIS_POINTS // 2) // BASIS_POINTS
        return max(share, self.minimum)


FEES = {
    "card": Rate(360),
    "konbini": Rate(360, minimum=120),
    "customer_balance": Rate(150, minimum=50),
}
DISPUTE_FEE = 1_500  # †
MINIMUM_CHARGE = 50

# Konbini takes from 120 to 300,000 yen.
LIMITS = {
    "card": (MINIMUM_CHARGE, 99_999_999),
    "konbini": (120, 300_000),
    "customer_balance": (MINIMUM_CHARGE, 99_999_999),
}


Step = Literal["succeed", "decline", "authenticate", "when_requested"]


@dataclass(frozen=True)
class Card:
    """What a test card does."""

    label: str
    step: Step = "succeed"
    code: str = ""
    decline_code: str = ""
    message: str = ""
    brand: str = "visa"
    country: str = "JP"
    after: Literal["", "dispute", "fraud_warning"] = ""
    refund: Literal["succeeds", "pending", "fails"] = "succeeds"
    available_at_once: bool = False


_DECLINED = "Your card was declined."

CARDS = {
    "4242424242424242": Card("succeeds", country="US"),
    "4000003920000003": Card("succeeds (Japan)"),
    "5555555555554444": Card("succeeds (Mastercard)", brand="mastercard", country="US"),
    "3530111333300000": Card("succeeds (JCB)", brand="jcb"),
    "4000003720000278": Card("succeeds, funds available at once", available_at_once=True),
    "4000000000000077": Card("succeeds, funds available at once", available_at_once=True),
    "4000000000000002": Card("declined", "decline", "card_declined", "generic_decline", _DECLINED),
    "4000000000009995": Card(
        "insufficient funds",
        "decline",
        "card_declined",
        "insufficient_funds",
        "Your card has insufficient funds.",
    ),
    "4000000000009987": Card("lost card", "decline", "card_declined", "lost_card", _DECLINED),
    "4000000000000069": Card(
        "expired card", "decline", "expired_card", "expired_card", "Your card has expired."
    ),
    "4000000000000127": Card(
        "wrong security code",
        "decline",
        "incorrect_cvc",
        "incorrect_cvc",
        "Your card's security code is incorrect.",
    ),
    "4000000000000119": Card(
        "processing error",
        "decline",
        "processing_error",
        "processing_error",
        "An error occurred while processing your card. Try again in a little bit.",
    ),
    "4000002500003155": Card("asks for 3-D Secure", "authenticate"),
    "4000002760003184": Card("asks for 3-D Secure, always", "authenticate"),
    "4000000000003055": Card("asks for 3-D Secure when that is requested", "when_requested"),
    "4000008260003178": Card(
        "3-D Secure, then insufficient funds",
        "authenticate",
        "card_declined",
        "insufficient_funds",
        "Your card has insufficient funds.",
    ),
    "4000000000000259": Card("succeeds, disputed later", after="dispute"),
    "4000000000005423": Card("succeeds, fraud warning later", after="fraud_warning"),
    "4000000000007726": Card("succeeds, refunds are pending first", refund="pending"),
    "4000000000005126": Card("succeeds, refunds fail later", refund="fails"),
}

# Payment methods that the API takes by name instead of a card number.
NAMED_CARDS = {
    "pm_card_visa": "4242424242424242",
    "pm_card_jp": "4000003920000003",
    "pm_card_mastercard": "5555555555554444",
    "pm_card_jcb": "3530111333300000",
    "pm_card_bypassPending": "4000000000000077",
    "pm_card_visa_chargeDeclined": "4000000000000002",
    "pm_card_visa_chargeDeclinedInsufficientFunds": "4000000000009995",
    "pm_card_chargeDeclinedExpiredCard": "4000000000000069",
    "pm_card_authenticationRequired": "4000002760003184",
    "pm_card_createDispute": "4000000000000259",
    "pm_card_refundFail": "4000000000005126",
    "pm_card_pendingRefund": "4000000000007726",
}

AUTHENTICATION_FAILED = Card(
    "",
    "decline",
    "payment_intent_authentication_failure",
    "",
    "We are unable to authenticate your payment method."
    " Please choose a different payment method and try again.",
)


@dataclass(frozen=True)
class BankFailure:
    """Why a bank sends a payout back."""

    code: str
    message: str


NO_ACCOUNT = BankFailure("no_account", "The bank account details on file are probably incorrect.")

# Japanese test accounts by account number; every other number takes the money.
BANK_ACCOUNTS = {
    "1111116": NO_ACCOUNT,
    "1111113": BankFailure("account_closed", "The bank account has been closed."),
    "2222227": BankFailure("insufficient_funds", "The account had insufficient funds."),
    "3333335": BankFailure("debit_not_authorized", "Debits are not approved on the account."),
    "4444440": BankFailure("invalid_currency", "The bank could not process this currency."),
}
GOOD_BANK_ACCOUNT = "0001234"

DISPUTE_REASONS = {"fraudulent": "10.4", "product_not_received": "13.1", "general": "13.7"}
