"""What the simulator is told when it starts."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Self

API_VERSION = "2026-10-28.endive"
DAY = 86_400

Payload = Literal["snapshot", "thin"]

_WEBHOOK = re.compile(
    r"^(?P<url>https?://.+?)=(?P<secret>whsec_[^=]+)"
    r"(?:=(?P<payload>snapshot|thin)(?:=(?P<types>[^=]+))?)?$"
)


@dataclass(frozen=True)
class Destination:
    """Where events go: `snapshot` events carry a v1 object, `thin` ones only name a v2 object.

    `types` are the event types that are wanted, as at a webhook endpoint: `*` stands for anything.
    """

    url: str
    secret: str
    payload: Payload = "snapshot"
    types: tuple[str, ...] = ("*",)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `URL=SECRET[=thin|snapshot[=TYPE,…]]`; ValueError says what is wrong."""
        match = _WEBHOOK.match(text)
        if not match:
            raise ValueError(f"{text!r} is not URL=whsec_SECRET[=thin|snapshot[=TYPE,…]]")
        payload: Payload = "thin" if match["payload"] == "thin" else "snapshot"
        types = tuple(match["types"].split(",")) if match["types"] else cls.types
        return cls(match["url"], match["secret"], payload, types)

    def wants(self, kind: str) -> bool:
        """Tell whether events of this type go there."""
        return is_wanted(kind, self.types)


def is_wanted(kind: str, types: Collection[str]) -> bool:
    """Tell whether an event type is among these, as at Stripe: by its name, or by `*` for all."""
    return kind in types or "*" in types


@dataclass(frozen=True)
class Config:
    """The simulator's settings; all durations are seconds of the simulator's clock."""

    data: Path
    base_url: str
    api_keys: frozenset[str]
    clock_file: Path
    destinations: tuple[Destination, ...] = ()
    platform: str = "acct_1SimulatorPlatform"
    record: Path | None = None
    funds_available_after: int = 4 * DAY
    payout_after: float = 2.0
    refund_after: float = 2.0
    dispute_after: float = 1.0
    onboarding_after: float = 0.0
    webhook_retries: tuple[float, ...] = field(
        # Stripe goes on for three days; the pauses are shorter here, so that a test can wait.
        default=(1, 2, 4, 8, 15, 30, 60, 300, 1_800, 7_200, 18_000, 36_000, 43_200, 43_200, 43_200)
    )
