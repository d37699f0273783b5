"""What customers' programs are told, when it is tried again, and where nothing goes."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.notify.adapters.outside import HttpSender, is_outside
from services.notify.domain.webhooks import (
    DELAYS,
    EVENT_TYPES,
    FAILING_FOR,
    Attempt,
    Disabled,
    Due,
    Endpoint,
    Message,
    Secret,
    after,
    new_secret,
    parties,
    payload,
)
from shared.ids import new_id
from shared.messages.contracts import ChangesRequested, MilestoneDelivered
from shared.messages.webhooks import DeliveryStatus

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


def due(attempt: int = 1, url: str = "https://example.com/hook", **known: datetime) -> Due:
    message = Message(new_id(), new_id(), "notify.ping", "{}", NOW)
    return Due(message, url, (new_secret(),), attempt, known.get("failing_since"))


def answered(status: int | None, at: datetime = NOW) -> Attempt:
    return Attempt(at, status, 12)


@pytest.mark.parametrize("status", [200, 202, 204, 299])
def test_any_2xx_is_delivered(status: int) -> None:
    assert after(answered(status), due(), 0).status is DeliveryStatus.DELIVERED


@pytest.mark.parametrize("status", [None, 199, 301, 302, 400, 429, 500])
def test_anything_else_is_tried_again(status: int | None) -> None:
    result = after(answered(status), due(), 0)
    assert result.status is DeliveryStatus.PENDING
    assert result.next_attempt_at == NOW + timedelta(seconds=5)
    assert result.failing_since == NOW


def test_it_is_tried_for_three_days_and_then_given_up() -> None:
    assert timedelta(days=3) < sum(DELAYS, timedelta()) < timedelta(days=3.3)
    assert after(answered(500), due(len(DELAYS)), 0).status is DeliveryStatus.PENDING
    assert after(answered(500), due(len(DELAYS) + 1), 0).status is DeliveryStatus.FAILED


def test_tries_are_spread() -> None:
    early, late = (after(answered(500), due(2), spread).next_attempt_at for spread in (-1, 1))
    assert early == NOW + timedelta(seconds=270)
    assert late == NOW + timedelta(seconds=330)


def test_gone_disables_at_once() -> None:
    result = after(answered(410), due(), 0)
    assert (result.status, result.disable) == (DeliveryStatus.FAILED, Disabled.GONE)


def test_five_days_without_a_success_disable() -> None:
    since = NOW - FAILING_FOR
    assert after(answered(500), due(failing_since=since), 0).disable is Disabled.FAILING
    later = since + timedelta(seconds=1)
    assert after(answered(500), due(failing_since=later), 0).disable is None
    assert after(answered(200), due(failing_since=since), 0).disable is None


@dataclass
class Outside:
    """Names that resolve as the test says."""

    addresses: list[str] = field(default_factory=list)
    asked: int = 0

    def __call__(self, _host: str, _port: int) -> list[str]:
        self.asked += 1
        return self.addresses


INSIDE = [
    "127.0.0.1",
    "127.8.9.1",
    "0.0.0.0",  # noqa: S104 (nothing is bound)
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::a00:1",
    "2002:7f00:1::",
    "2001:0:53aa:64c::1",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd12:3456::1",
    "ff02::1",
    "2001:db8::1",
    "nonsense",
]


@pytest.mark.parametrize("address", INSIDE)
def test_no_address_inside_is_called(address: str) -> None:
    assert not is_outside(address)
    attempt = HttpSender(resolve=Outside([address])).send(due(), NOW)
    assert attempt.status is None
    assert attempt.error == "the host is not one of the public Internet"


def test_one_address_inside_spoils_the_name() -> None:
    attempt = HttpSender(resolve=Outside(["8.8.8.8", "10.0.0.1"])).send(due(), NOW)
    assert "public Internet" in attempt.error


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700:4700::1111", "64:ff9b::808:808"])
def test_addresses_outside_may_be_called(address: str) -> None:
    assert is_outside(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "ftp://example.com/",
        "https://user:secret@example.com/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:169.254.169.254]/",
        "https://localhost/",
        "https://contracts-api/",
        "https:///path",
    ],
)
def test_addresses_that_look_wrong_are_refused_when_they_are_named(url: str) -> None:
    names = Outside(["8.8.8.8"])
    sender = HttpSender(resolve=names)
    assert sender.refusal(url)
    attempt = sender.send(due(url=url), NOW)
    assert (attempt.status, names.asked) == (None, 0)


def test_a_name_that_is_gone_is_an_error_of_the_attempt() -> None:
    def gone(_host: str, _port: int) -> list[str]:
        raise OSError("no such name")

    assert HttpSender(resolve=gone).send(due(), NOW).error == "OSError"


def fact(**more: object) -> dict[str, object]:
    ids = ("contract_id", "milestone_id", "client_id", "assistant_id")
    return {name: new_id() for name in ids} | more


def test_a_payload_has_ids_times_and_states_and_no_words() -> None:
    words = {"title": "canary", "comment": "canary", "criterion": "canary"}
    told = ChangesRequested.model_validate(fact(**words, requested_at=NOW))
    event_type, text = payload(told, NOW)
    assert event_type == "contracts.changes_requested"
    assert "canary" not in text
    assert str(told.milestone_id) in text


def test_every_event_type_is_one_that_people_are_told_of() -> None:
    assert "contracts.milestone_delivered" in EVENT_TYPES
    assert not any(name.startswith("accounts.") for name in EVENT_TYPES)


def test_both_parties_hear_of_it() -> None:
    facts = fact()
    told = MilestoneDelivered.model_construct(**facts)  # type: ignore[arg-type]
    assert set(parties(told)) == {facts["client_id"], facts["assistant_id"]}
    assert all(isinstance(each, UUID) for each in parties(told))


def test_an_old_secret_signs_for_a_day_more() -> None:
    first = Endpoint(
        new_id(), new_id(), "https://example.com", frozenset(), "", (Secret("whsec_a"),), NOW
    )
    second = replace(first, secrets=first.rotated(NOW))
    assert len(second.signing(NOW + timedelta(hours=23))) == 2
    assert second.signing(NOW + timedelta(hours=24)) == [second.secrets[0].value]
