"""An assistant as somebody to be paid: what the processor says of the account decides."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.payments.domain.moves import Machine
from shared.messages.payments import PayeeStatus


class PayeeStep(StrEnum):
    """What the processor can say."""

    ACTIVATE = "activate"  # it may be paid
    RESTRICT = "restrict"  # something is wrong or late
    ASK = "ask"  # it wants to know more, as of everybody at first
    VERIFY = "verify"  # it is checking what it was told


S, T = PayeeStatus, PayeeStep

# fmt: off
PAYEE: Final = Machine[PayeeStatus, PayeeStep](
    thing="payee",
    moves={
        (S.PENDING,    T.ACTIVATE): S.ACTIVE,
        (S.RESTRICTED, T.ACTIVATE): S.ACTIVE,
        (S.PENDING,    T.RESTRICT): S.RESTRICTED,
        (S.ACTIVE,     T.RESTRICT): S.RESTRICTED,
        (S.ACTIVE,     T.ASK):      S.RESTRICTED,
        (S.RESTRICTED, T.VERIFY):   S.PENDING,
        (S.ACTIVE,     T.VERIFY):   S.PENDING,
    },
    happened={
        (S.ACTIVE,     T.ACTIVATE),
        (S.RESTRICTED, T.RESTRICT), (S.RESTRICTED, T.ASK),
        (S.PENDING,    T.ASK),      (S.PENDING,    T.VERIFY),
    },
    not_yet=frozenset(),
)
# fmt: on


@dataclass(frozen=True, slots=True)
class BankAccount:
    """Where payouts go: codes of bank and branch, and the last digits. The rest is Stripe's."""

    bank_code: str
    branch_code: str
    last4: str


@dataclass(frozen=True, slots=True)
class AccountState:
    """What the processor said of an account, and when it was asked."""

    account_id: str
    step: PayeeStep
    requirements: tuple[str, ...]
    asked_at: datetime
    bank: BankAccount | None = None


@dataclass
class Payee:
    """An assistant's account at the processor; `account_id` is None until it is opened.

    Payouts pause when the bank sent one back, until the bank account changes or they are asked for.
    """

    person_id: UUID
    account_id: str | None = None
    status: PayeeStatus = PayeeStatus.PENDING
    requirements: tuple[str, ...] = ()
    asked_at: datetime | None = None
    bank: BankAccount | None = None
    paused_since: datetime | None = None

    @property
    def bank_code(self) -> str | None:
        """The bank that payouts go to, if it is known."""
        return self.bank.bank_code if self.bank else None

    def take(self, state: AccountState) -> PayeeStatus | None:
        """Take over what the processor said; return the new status, or None if it's the same.

        An answer that is older than the last one changes nothing: two processes may have asked.
        """
        if self.asked_at and state.asked_at < self.asked_at:
            return None
        self.asked_at = state.asked_at
        self.requirements = state.requirements
        if state.bank and state.bank != self.bank:
            self.bank = state.bank
            self.paused_since = None
        status = PAYEE.next(self.status, state.step)
        if status is not None:
            self.status = status
        return status
