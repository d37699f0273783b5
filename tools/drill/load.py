"""The load of a drill: several people's business at once, and what they were told is done."""

import hashlib
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from math import inf
from typing import Any, Final
from uuid import UUID

import httpx2

from tools.processes import StackError
from tools.story import acts, money_acts, programs
from tools.story.acts import Agreed, Stage
from tools.story.member import Member

PRICE: Final = 50_000
OTHER_PRICE: Final = 30_000
AWARD: Final = 20_000
BACK: Final = 10_000
POLL_SECONDS: Final = 0.02
# What is answered for a command that changes something.
_COMMANDS: Final = frozenset({"POST", "PUT", "DELETE"})


class StoppedError(Exception):
    """The load was told to stop asking."""


@dataclass(frozen=True)
class Acknowledged:
    """A command that was answered with success: from then on it has happened."""

    service: str
    what: str
    key_digest: str | None
    file_id: UUID | None

    @property
    def trace(self) -> str | UUID | None:
        """What it has left in the service's database, if it can be told apart there."""
        return self.key_digest or self.file_id


@dataclass
class Ledger(httpx2.HTTPTransport):
    """Writes down every command that is acknowledged, at the moment when it is.

    People stop for breath after `most` commands, so that a slow backup still ends before they do.
    """

    acknowledged: list[Acknowledged] = field(default_factory=list)
    failed: int = 0
    most: float = inf
    stopped: bool = False

    def __post_init__(self) -> None:
        super().__init__()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Ask; who asked tries again by itself."""
        while request.method in _COMMANDS and len(self.acknowledged) >= self.most:
            self._look_up()
            time.sleep(POLL_SECONDS)
        self._look_up()
        try:
            answer = super().handle_request(request)
            answer.read()
        except httpx2.TransportError:
            self.failed += 1
            raise
        if answer.is_success and request.method in _COMMANDS:
            self.acknowledged.append(_acknowledged(request, answer))
        return answer

    def _look_up(self) -> None:
        if self.stopped:
            raise StoppedError

    def wait_for(self, count: float, alive: Callable[[], bool]) -> None:
        """Wait until so many commands were acknowledged; raise StackError if that can't be."""
        while len(self.acknowledged) < count:
            if not alive():
                raise StackError(f"the load ended after {len(self.acknowledged)} commands")
            time.sleep(POLL_SECONDS)


def _acknowledged(request: httpx2.Request, answer: httpx2.Response) -> Acknowledged:
    path = request.url.path
    key = request.headers.get("Idempotency-Key")
    uploaded = path.endswith("/files")
    return Acknowledged(
        service=path.split("/")[3],
        what=f"{request.method} {path}",
        key_digest=hashlib.sha256(key.encode()).hexdigest() if key else None,
        file_id=UUID(answer.json()["file_id"]) if uploaded else None,
    )


@dataclass(frozen=True)
class Pair:
    """A client, also for a town, and an assistant who can be paid."""

    client: Member
    assistant: Member
    town_id: str
    """The company of the client, registered as a municipality's."""


def pair(stage: Stage) -> Pair:
    """Let two people join: before the load, as a letter with a secret is not told twice."""
    client = acts.register(stage, stage.member("Hanako", "client"))
    assistant = acts.register(stage, stage.member("Misaki", "assistant"))
    acts.become_payee(stage, assistant)
    town_id = programs.found(client, "千代田区")
    programs.register_town(stage, client, town_id)
    return Pair(client, assistant, town_id)


def _funded(stage: Stage, people: Pair, *prices: int) -> Agreed:
    agreed = acts.agree(stage, people.client, people.assistant, "在宅ワークの案内文", prices)
    for each in agreed.milestone_ids:
        acts.fund(stage, agreed, each)
    return agreed


def describe_program(people: Pair) -> None:
    """The town drafts a program of training."""
    described = {
        "sponsor_id": people.town_id,
        "partner_id": people.town_id,
        "title": "はじめての在宅ワーク",
        "about": "はじめての人が、最初の仕事を終えるまで。",
    }
    people.client.post("/programs", described)


def paid(stage: Stage, people: Pair) -> Agreed:
    """Two milestones are delivered, one after a change; accepted, released, paid out."""
    agreed = _funded(stage, people, PRICE, OTHER_PRICE)
    first, second = agreed.milestone_ids
    acts.deliver(stage, agreed, first)
    acts.request_changes(stage, agreed, first)
    acts.deliver(stage, agreed, first, version=2)
    acts.deliver(stage, agreed, second)
    for each in (first, second):
        acts.accept(stage, agreed, each)
        acts.wait_for_release(stage, agreed, each)
    acts.ask_for_payout(stage, people.assistant)
    return agreed


def ended(stage: Stage, people: Pair) -> Agreed:
    """One milestone is ended by agreement, the other is released and a part of it given back."""
    agreed = _funded(stage, people, OTHER_PRICE, PRICE)
    first, second = agreed.milestone_ids
    acts.end_by_agreement(stage, agreed, first)
    acts.deliver(stage, agreed, second)
    acts.accept(stage, agreed, second)
    acts.wait_for_release(stage, agreed, second)
    money_acts.refund_after(stage, agreed, second, BACK)
    stage.wait("the refund is confirmed", partial(_refunded, agreed, second))
    acts.ask_for_payout(stage, people.assistant)
    return agreed


def disputed(stage: Stage, people: Pair) -> Agreed:
    """A milestone is disputed and divided, and the assistant's part paid out."""
    agreed = _funded(stage, people, PRICE)
    [milestone_id] = agreed.milestone_ids
    acts.deliver(stage, agreed, milestone_id)
    money_acts.dispute(stage, agreed, milestone_id, to_assistant=AWARD)
    acts.ask_for_payout(stage, people.assistant)
    return agreed


def _refunded(agreed: Agreed, milestone_id: str) -> bool:
    refunds = money_acts.money_of(agreed, milestone_id)["refunds"]
    return bool(refunds) and all(each["status"] == "confirmed" for each in refunds)


LIVES: Final[Sequence[Callable[[Stage, Pair], Agreed]]] = (paid, ended, disputed)


@dataclass
class Load:
    """Lives of pairs, all at once: the n-th pair lives the n-th kind of life, round and round."""

    stage: Stage
    people: Sequence[Pair]
    lives: int
    contracts: list[Agreed] = field(default_factory=list)
    failures: list[BaseException] = field(default_factory=list)
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        """Begin."""
        for number, people in enumerate(self.people):
            thread = threading.Thread(target=self._live, args=(number, people), daemon=True)
            self._threads.append(thread)
            thread.start()

    def alive(self) -> bool:
        """Tell whether somebody still lives, and nobody has failed."""
        return not self.failures and any(thread.is_alive() for thread in self._threads)

    def join(self) -> None:
        """Wait until nobody lives any more: each has ended, or stopped."""
        for thread in self._threads:
            thread.join()

    def finish(self) -> None:
        """Wait until all lives have ended. Raises what broke one."""
        self.join()
        if self.failures:
            raise self.failures[0]

    def _live(self, number: int, people: Pair) -> None:
        try:
            for turn in range(self.lives):
                describe_program(people)
                live = LIVES[(number + turn) % len(LIVES)]
                self.contracts.append(live(self.stage, people))
        except StoppedError:
            return
        except BaseException as error:  # noqa: BLE001  (told to whoever waits)
            self.failures.append(error)


def turnover(operator: Member) -> dict[tuple[str, str], int]:
    """Return what was debited and credited on every account, in yen: all that has happened."""
    trial: Any = operator.get("/payments/books/trial-balance")
    sums: dict[tuple[str, str], int] = {}
    for line in trial["accounts"]:
        for side in ("debit", "credit"):
            at = (line["account"], side)
            sums[at] = sums.get(at, 0) + line[side]
    return sums
