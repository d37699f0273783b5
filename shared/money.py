"""Money in minor units with its currency. Never a float, never two currencies in one sum."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictInt

# The largest integer that every JSON reader keeps exact (RFC 8259, section 6).
MAX_MINOR = 2**53 - 1
BASIS_POINTS = 10_000

Currency = Annotated[str, Field(pattern="^[A-Z]{3}$", description="ISO 4217 code")]


class Money(BaseModel):
    """An amount of one currency.

    `amount` counts minor units as ISO 4217 has them: the yen has none, so 1 is one yen.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    amount: Annotated[StrictInt, Field(ge=0, le=MAX_MINOR, examples=[50_000])]
    currency: Currency = "JPY"

    def __add__(self, other: Self) -> Self:
        """Return the sum; ValueError when the currencies differ."""
        return self._with(self.amount + self._same(other))

    def __sub__(self, other: Self) -> Self:
        """Return the difference; ValueError when it would be below zero."""
        return self._with(self.amount - self._same(other))

    def __lt__(self, other: Self) -> bool:
        """Compare amounts of one currency."""
        return self.amount < self._same(other)

    def __bool__(self) -> bool:
        """Zero is false."""
        return self.amount != 0

    def share(self, basis_points: int) -> Self:
        """Return this share of the amount, rounded down to the minor unit."""
        return self._with(self.amount * basis_points // BASIS_POINTS)

    def _with(self, amount: int) -> Self:
        return type(self)(amount=amount, currency=self.currency)

    def _same(self, other: Self) -> int:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} don't mix")
        return other.amount

    def __str__(self) -> str:
        return f"{self.amount:,} {self.currency}"


class PositiveMoney(Money):
    """An amount that somebody states: a price, a budget. More than zero, and in yen so far.

    Half of what can be counted is left for the taxes on it, and for sums.
    """

    amount: Annotated[StrictInt, Field(ge=1, le=MAX_MINOR // 2, examples=[50_000])]
    currency: Literal["JPY"] = "JPY"

    def as_money(self) -> Money:
        """Return the same amount as plain money, for sums that may come to zero."""
        return Money(amount=self.amount, currency=self.currency)


class YenPart(Money):
    """What somebody states as a part of an amount: it may be nothing. In yen so far."""

    currency: Literal["JPY"] = "JPY"

    def as_money(self) -> Money:
        """Return the same amount as plain money, for sums."""
        return Money(amount=self.amount, currency=self.currency)


def yen(amount: int) -> Money:
    """Return so many yen."""
    return Money(amount=amount, currency="JPY")
